"""The goods and the discount of an order as they stand in the form, and what follows from them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from capphep.catalog.kinds import OrderPurpose
from capphep.crm.forms.order_grid import OrderGrid, posted_rows, stored_rows
from capphep.crm.forms.orders import (
    DiscountForm,
    discount_initial_of,
    posted_customer,
    posted_day,
    posted_renewal,
)
from capphep.crm.models import Customer, Order
from capphep.crm.queries.orders import goods_offer
from capphep.crm.rules import LineInput
from capphep.platform import clock
from capphep.platform.models import User
from capphep.pure.money import Discount, DiscountKind


@dataclass(frozen=True, slots=True)
class Basis:
    """What decides which goods may be bought, and at which price and tax."""

    customer: Customer | None
    day: datetime.date
    order: Order | None = None
    renews: int | None = None

    @property
    def renewed_id(self) -> int | None:
        """The product that is renewed: what an order is for does not change."""
        if not self.order:
            return self.renews
        is_renewal = self.order.purpose == OrderPurpose.RENEWAL
        return self.order.product_id if is_renewal else None

    @property
    def purpose(self) -> str:
        return OrderPurpose.RENEWAL if self.renewed_id else OrderPurpose.SALE


class OrderGoods:
    """*Thông tin hàng hóa*: the rows, the discount, and the totals that follow from them.

    The grid is only priced and checked where it is shown; what a single change costs is
    `order_change`'s.
    """

    def __init__(
        self,
        lines: Iterable[LineInput],
        discount_form: DiscountForm,
        discount: Discount,
        basis: Callable[[], Basis],
    ) -> None:
        self.lines = list(lines)
        self.discount_form = discount_form
        self.discount = discount
        self._basis = basis

    @classmethod
    def posted(
        cls,
        actor: User,
        data: QueryDict,
        order: Order | None,
    ) -> OrderGoods:
        """The goods as they stand on the page."""
        form = DiscountForm(data)
        day, renews = posted_day(data), posted_renewal(data)
        return cls(
            posted_rows(data).values(),
            form,
            form.read(),
            lambda: Basis(posted_customer(actor, data), day, order, renews=renews),
        )

    @classmethod
    def stored(cls, order: Order) -> OrderGoods:
        return cls._like(order, Basis(order.customer, order.ordered_on, order))

    @classmethod
    def copied(cls, order: Order) -> OrderGoods:
        """The rows and the discount of another order, at today's prices and tax."""
        renews = order.product_id if order.purpose == OrderPurpose.RENEWAL else None
        return cls._like(order, Basis(order.customer, clock.today(), renews=renews))

    @classmethod
    def begun(
        cls,
        customer: Customer | None,
        renews: int | None = None,
        lines: Iterable[LineInput] = (),
    ) -> OrderGoods:
        """What a new order begins with: nothing, or the goods that are to be renewed."""
        basis = Basis(customer, clock.today(), renews=renews)
        return cls(lines, DiscountForm(), Discount(DiscountKind.NONE), lambda: basis)

    @classmethod
    def _like(cls, order: Order, basis: Basis) -> OrderGoods:
        kind = DiscountKind(order.discount_kind)
        return cls(
            stored_rows(order.lines.order_by("position")),
            DiscountForm(initial=discount_initial_of(order)),
            Discount(kind, order.discount_percent, order.discount_amount),
            lambda: basis,
        )

    @cached_property
    def basis(self) -> Basis:
        return self._basis()

    @property
    def customer(self) -> Customer | None:
        return self.basis.customer

    @cached_property
    def grid(self) -> OrderGrid:
        basis = self.basis
        ids = [line.item_id for line in self.lines]
        offer = goods_offer(basis.customer, ids, basis.day, basis.order, basis.purpose)
        return OrderGrid(self.lines, self.discount, offer)
