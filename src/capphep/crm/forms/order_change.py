"""A change of the goods grid: the rows that it concerns, and the totals that follow from it.

The page sends those rows alone, with what its totals hold of each and the totals as they
stand: a change costs the same beside three lines and beside five hundred. Totals made of
totals are shown to whoever sent them and never saved; saving counts everything again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from django.http import QueryDict

from capphep.crm.forms.order_goods import Basis
from capphep.crm.forms.order_grid import GridRow, OrderGrid, item_id_of, posted_rows
from capphep.crm.forms.order_sums import Sums, read_fact
from capphep.crm.forms.orders import DiscountForm, posted_customer, posted_day, posted_renewal
from capphep.crm.models import Order
from capphep.crm.queries.orders import GoodsOffer, goods_offer, kept_lines, price_offer
from capphep.crm.rules import LineInput
from capphep.platform.models import User
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Refusal
from capphep.pure.money import (
    MAX_LINES,
    Discount,
    DiscountKind,
    PricedLine,
    check_discount_amount,
)
from capphep.pure.words import amount_in_words

NEW: Final = "new"
_NONE: Final = Discount(DiscountKind.NONE)


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row as it stands now: ``index`` on the page; ``is_new`` to the totals and to the page."""

    index: str
    shown: GridRow
    is_new: bool

    @property
    def fact(self) -> str:
        return self.shown.fact


class GoodsChange:
    """Rows that were changed, added or taken away, and the totals of the whole grid after it."""

    def __init__(self, actor: User, data: QueryDict, order: Order | None) -> None:
        self._actor, self._data, self._order = actor, data, order
        self._typed = posted_rows(data)
        self.discount_form = DiscountForm(data)
        self.discount = self.discount_form.read()
        self.problem = ""

    @property
    def with_discount(self) -> bool:
        return self.discount.kind is DiscountKind.LINE

    def _was(self, index: str) -> str:
        return self._data.get(f"lines-{index}-was", NEW)

    @cached_property
    def _adds(self) -> bool:
        return any(self._was(index) == NEW for index in self._typed)

    @cached_property
    def rows(self) -> list[ChangedRow]:
        """Who may buy what is looked at for rows that are new; a number changes no answer."""
        grid = self._grid([*self._first(), *self._typed.values()])
        grid.show_rows()
        shown = grid.rows[len(grid.rows) - len(self._typed) :]
        return [
            ChangedRow(index, row, self._was(index) == NEW)
            for index, row in zip(self._typed, shown, strict=True)
        ]

    def _first(self) -> list[LineInput]:
        """The grid's first row decides the product of those that are new (`rules.one_product`)."""
        first = item_id_of(self._data.get("first", ""))
        known = {line.item_id for line in self._typed.values()}
        return [LineInput(first, "1")] if self._adds and first and first not in known else []

    def _grid(self, lines: list[LineInput]) -> OrderGrid:
        ids = [line.item_id for line in lines]
        day, order = posted_day(self._data), self._order
        if not self._adds:
            offer = price_offer(ids, day, order)
        else:
            customer = posted_customer(self._actor, self._data)
            basis = Basis(customer, day, order, renews=posted_renewal(self._data))
            offer = goods_offer(customer, ids, day, None, basis.purpose)
            offer = GoodsOffer(offer.goods, kept_lines(order, ids) if order else {})
        return OrderGrid(lines, self._own_discount, offer)

    @property
    def _own_discount(self) -> Discount:
        """What a line by itself is reduced by: an amount off the order is nobody's own."""
        is_amount = self.discount.kind is DiscountKind.AMOUNT
        return _NONE if is_amount else self.discount

    @cached_property
    def totals(self) -> Sums:
        """RULE R10: exact also where the page sends sums: each line is rounded by itself."""
        if "others" in self._data:
            lines = [*self._others(), *self._counted]
            return self._checked(Sums.over(lines, _NONE), lambda: Sums.over(lines, self.discount))
        sums = Sums.read(self._data.get("sums", "")).moved(self._before(), self._after())
        if self.discount.kind is not DiscountKind.AMOUNT:
            return sums
        # Without tax an amount simply goes off; how it is spread over the lines does not show.
        whole = replace(sums, discount=0, tax=0)
        return self._checked(whole, lambda: self._less_amount(whole))

    def _checked(self, undiscounted: Sums, counted: Callable[[], Sums]) -> Sums:
        try:
            return counted()
        except Refusal as refusal:
            self.problem = refusal_text(refusal)
            return undiscounted

    def _less_amount(self, whole: Sums) -> Sums:
        check_discount_amount(self.discount.amount, whole.gross)
        return replace(whole, discount=self.discount.amount)

    @property
    def _counted(self) -> list[PricedLine | None]:
        return [read_fact(row.fact) for row in self.rows]

    def _after(self) -> Sums:
        return Sums.over(self._counted, self._own_discount)

    def _before(self) -> Sums:
        """What the totals hold of the rows that were changed or taken away."""
        facts = [self._was(index) for index in self._typed] + self._data.getlist("gone")
        lines = [read_fact(fact) for fact in facts[:MAX_LINES] if fact != NEW]
        return Sums.over(lines, self._own_discount)

    def _others(self) -> list[PricedLine | None]:
        """Every other line of the grid. Sent where no sum will do: an amount is spread over
        lines that are taxed, or the discount of the order itself was changed."""
        facts = self._data.get("others", "").split()[: MAX_LINES - len(self._typed)]
        return [read_fact(fact) for fact in facts]

    @property
    def in_words(self) -> str:
        return amount_in_words(max(self.totals.total, 0))

    @property
    def discount_problem(self) -> str:
        """What is wrong with the discount, beside the totals that change while one types."""
        wrong = [text for texts in self.discount_form.errors.values() for text in texts]
        self.totals  # noqa: B018  what it finds out is said here
        return str(wrong[0]) if wrong else self.problem
