"""An order as it stands in the form: head, discount and goods together."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from capphep.crm.actions.order_lines import differences
from capphep.crm.forms.order_grid import OrderGrid, posted_rows, stored_rows
from capphep.crm.forms.orders import (
    DiscountForm,
    OrderForm,
    discount_initial_of,
    initial_of,
    posted_customer,
    posted_day,
)
from capphep.crm.models import Customer, Order
from capphep.crm.queries.orders import goods_offer
from capphep.crm.rules import LineInput, is_frozen
from capphep.platform import clock
from capphep.platform.conflicts import Difference, StaleEdit, stale_edit
from capphep.platform.models import User
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Refusal
from capphep.pure.money import Discount, DiscountKind

DETAILS_ONLY = "details"


@dataclass(slots=True)
class OrderGoods:
    """*Thông tin hàng hóa*: the rows, the discount, and the totals that follow from them.

    Nothing is kept between requests: each posts the rows as they stand on the page.
    """

    lines: list[LineInput]
    discount_form: DiscountForm
    discount: Discount
    customer: Customer | None
    grid: OrderGrid

    @classmethod
    def posted(
        cls,
        actor: User,
        data: QueryDict,
        order: Order | None,
        lines: Sequence[LineInput] | None = None,
    ) -> OrderGoods:
        """The goods as they stand on the page, or ``lines`` in the place of its rows."""
        rows = list(posted_rows(data).values()) if lines is None else list(lines)
        form = DiscountForm(data)
        discount, customer = form.read(), posted_customer(actor, data)
        grid = _grid(rows, discount, customer, posted_day(data), order)
        if grid.discount_error:
            form.note(f"discount_{discount.kind}", grid.discount_error)
        return cls(rows, form, discount, customer, grid)

    @classmethod
    def stored(cls, order: Order) -> OrderGoods:
        discount = Discount(
            DiscountKind(order.discount_kind), order.discount_percent, order.discount_amount
        )
        rows = stored_rows(order.lines.order_by("position"))
        form = DiscountForm(initial=discount_initial_of(order))
        grid = _grid(rows, discount, order.customer, order.ordered_on, order)
        return cls(rows, form, discount, order.customer, grid)

    @classmethod
    def copied(cls, order: Order) -> OrderGoods:
        """The rows and the discount of another order, at today's prices and tax."""
        goods = cls.stored(order)
        goods.grid = _grid(goods.lines, goods.discount, goods.customer, clock.today(), None)
        return goods

    @classmethod
    def empty(cls, customer: Customer | None) -> OrderGoods:
        discount = Discount(DiscountKind.NONE)
        grid = _grid([], discount, customer, clock.today(), None)
        return cls([], DiscountForm(), discount, customer, grid)


def _grid(
    lines: Iterable[LineInput],
    discount: Discount,
    customer: Customer | None,
    day: datetime.date,
    order: Order | None,
) -> OrderGrid:
    rows = list(lines)
    offer = goods_offer(customer, [line.item_id for line in rows], day, order)
    return OrderGrid(rows, discount, offer)


@dataclass(slots=True)
class OrderSheet:
    """The whole form. ``order`` is what is being changed; None for a new one.

    ``details_only``: customer, goods and discount are shown, but locked (R12).
    """

    form: OrderForm
    goods: OrderGoods
    order: Order | None
    details_only: bool = False
    conflict: StaleEdit | None = None

    @classmethod
    def posted(cls, actor: User, data: QueryDict, order: Order | None = None) -> OrderSheet:
        """What was typed, with what is wrong in single rows."""
        if order is not None and data.get("scope") == DETAILS_ONLY:
            initial = initial_of(order)
            form = OrderForm(actor, order, details_only=True, data=data, initial=initial)
            return cls(form, OrderGoods.stored(order), order, details_only=True)
        initial = {"salesperson": (order.salesperson if order else actor).full_name}
        form = OrderForm(actor, order, data=data, initial=initial)
        sheet = cls(form, OrderGoods.posted(actor, data, order), order)
        sheet.goods.grid.show_rows()
        return sheet

    @classmethod
    def stored(cls, actor: User, order: Order) -> OrderSheet:
        locked = is_frozen(order.licence_status)
        form = OrderForm(actor, order, details_only=locked, initial=initial_of(order))
        return cls(form, OrderGoods.stored(order), order, details_only=locked)

    @classmethod
    def new(cls, actor: User, filled: Mapping[str, Any]) -> OrderSheet:
        """An empty form, or one that is filled in from a customer or an opportunity."""
        initial = {
            "salesperson": actor.full_name,
            "ordered_on": clock.today(),
            "token": uuid4(),
            **filled,
        }
        form = OrderForm(actor, None, initial=initial)
        form.mark_filled(filled)
        return cls(form, OrderGoods.empty(filled.get("customer")), None)

    @classmethod
    def copied(cls, actor: User, order: Order) -> OrderSheet:
        """*Nhân bản*: a new order like another one, at today's prices."""
        kept = ("customer", "budget_code", "description", "project")
        contact = ("contact_name", "contact_position", "contact_phone", "contact_email")
        initial = initial_of(order)
        sheet = cls.new(actor, {name: initial[name] for name in (*kept, *contact)})
        sheet.goods = OrderGoods.copied(order)
        sheet.goods.grid.show_rows()
        return sheet

    def is_valid(self) -> bool:
        """Whether all of it can be read; what it means is checked by the action."""
        is_read = self.form.is_valid() and not self.goods.discount_form.errors
        if not is_read and not self.details_only:
            self.refuse(self.goods.grid.examined)
        return is_read

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Show each refusal at its input."""
        for refusal in refusals:
            if refusal.field in self.form.fields:
                self.form.add_error(refusal.field, refusal_text(refusal))
            elif refusal.field in self.goods.discount_form.fields:
                self.goods.discount_form.note(refusal.field, refusal_text(refusal))
            elif refusal.field.startswith("lines"):
                self.goods.grid.show(refusal)
            else:
                self.form.add_error(None, refusal_text(refusal))

    def compare(self, fresh: Order) -> None:
        """Show what somebody else saved meanwhile, beside what was typed here."""
        theirs = {name: value for name, value in initial_of(fresh).items() if name != "budget_code"}
        more = [] if self.details_only else list(self._goods_differences(fresh))
        self.order = fresh
        self.conflict = stale_edit(self.form, fresh, theirs=theirs, more=more)

    def _goods_differences(self, fresh: Order) -> Iterable[Difference]:
        stored = OrderGoods.stored(fresh)
        typed = [row.line for row in self.goods.grid.rows if row.line]
        theirs, yours = differences(fresh.lines.order_by("position"), typed)
        for sku in sorted(theirs.keys() | yours.keys()):
            yield Difference(sku, theirs.get(sku, ""), yours.get(sku, ""))
        before, after = stored.discount_form.in_words(), self.goods.discount_form.in_words()
        if before != after:
            yield Difference(_("Discount"), before, after)

    def more_errors(self) -> list[dict[str, str]]:
        """What `platform/_errors.html` lists beside the errors of the head."""
        return [*self.goods.discount_form.summary(), *self.goods.grid.summary()]
