"""The goods grid of an order's form: what was typed in each row, its amount, its errors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from capphep.catalog.goods import Goods
from capphep.catalog.models import TAX_LABELS
from capphep.crm.actions import order_lines
from capphep.crm.forms.order_sums import Sums, fact_of
from capphep.crm.models import Opportunity, OrderLine
from capphep.crm.queries.orders import GoodsOffer
from capphep.crm.rules import LineInput
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Refusal, gettext_noop
from capphep.pure.money import (
    MAX_LINES,
    Discount,
    DiscountKind,
    OrderAmounts,
    format_number,
)
from capphep.pure.words import amount_in_words

COLUMNS: Final = {
    "item": gettext_noop("Item"),
    "quantity": gettext_noop("Quantity"),
    "discount_percent": gettext_noop("Discount (%)"),
}
_ROW: Final = re.compile(r"lines-([0-9]{1,6})-item")
_CELL: Final = re.compile(r"lines-([0-9]+)-([a-z_]+)")
_LONGEST_QUANTITY: Final = 15
_ID: Final = re.compile(r"[0-9]{1,18}")


@dataclass(slots=True)
class GridRow:
    """One row as the screen shows it; ``line`` only where its numbers can be read."""

    position: int
    typed: LineInput
    source: Goods | OrderLine | None
    goods: Goods | None
    line: OrderLine | None
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def amount(self) -> int | None:
        """Quantity × price, less the row's own discount: it depends on this row alone."""
        if self.line is None:
            return None
        return self.line.net if self.line.discount_percent else self.line.gross

    @property
    def fact(self) -> str:
        return fact_of(self.line)

    @property
    def tax(self) -> str:
        return str(TAX_LABELS[self.goods.tax_rate]) if self.goods else ""

    @property
    def term(self) -> str:
        months = self.goods.term_months if self.goods else 0
        return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}

    @property
    def is_bad(self) -> bool:
        return any(self.errors.values())


class OrderGrid:
    """The rows, the totals over those that can be read, and what is wrong with them."""

    def __init__(self, lines: Sequence[LineInput], discount: Discount, offer: GoodsOffer) -> None:
        self.with_discount = discount.kind is DiscountKind.LINE
        self.errors: list[str] = []
        self._refusals: list[Refusal] = []
        found = order_lines.examined(
            lines, offer.goods, offer.kept, with_discount=self.with_discount
        )
        self.rows = [
            GridRow(
                position,
                typed,
                source=offer.kept.get(typed.item_id) or offer.goods.get(typed.item_id),
                goods=offer.goods.get(typed.item_id),
                line=line,
            )
            for position, (typed, line) in enumerate(zip(lines, found.lines, strict=True), 1)
        ]
        self.examined = found.refusals
        self.discount_error = ""
        self.totals = self._totals(discount)

    def _totals(self, discount: Discount) -> OrderAmounts:
        lines = [row.line for row in self.rows if row.line]
        try:
            return order_lines.with_amounts(lines, discount)
        except Refusal as refusal:
            self.discount_error = refusal_text(refusal)
            return order_lines.with_amounts(lines, Discount(DiscountKind.NONE))

    @property
    def in_words(self) -> str:
        return amount_in_words(self.totals.total)

    @property
    def sums(self) -> Sums:
        totals, unread = self.totals, sum(row.line is None for row in self.rows)
        return Sums(totals.gross, totals.discount, totals.tax, unread)

    def show_rows(self) -> None:
        """Show what is wrong with single rows; that there are none yet is not shown."""
        for refusal in self.examined:
            if _CELL.fullmatch(refusal.field):
                self.show(refusal)

    def show(self, refusal: Refusal) -> None:
        """Show the refusal at its row and column, or above the grid."""
        text, cell = refusal_text(refusal), _CELL.fullmatch(refusal.field)
        row = self.rows[int(cell[1]) - 1] if cell and 0 < int(cell[1]) <= len(self.rows) else None
        shown = row.errors[cell[2]] if cell and row else self.errors
        if text not in shown:
            shown.append(text)

    def summary(self) -> Iterator[dict[str, str]]:
        """The errors as the form's summary lists them: each names row and column."""
        for text in self.errors:
            yield {"text": text, "anchor": "choose-goods"}
        for row in self.rows:
            for column, texts in row.errors.items():
                for text in texts:
                    yield {
                        "text": gettext("Row %(row)s, %(column)s: %(text)s")
                        % {"row": row.position, "column": gettext(COLUMNS[column]), "text": text},
                        "anchor": f"lines-{row.position}-{_input(column)}",
                    }


def _input(column: str) -> str:
    """What can be changed about an item is its row: the button that removes it."""
    return "remove" if column == "item" else column


def posted_rows(data: QueryDict) -> dict[str, LineInput]:
    """The rows of the grid by their index on the page, in the order of the page."""
    rows: dict[str, LineInput] = {}
    for name in data:
        match = _ROW.fullmatch(name)
        if match:
            index = match[1]
            rows[index] = LineInput(
                item_id=item_id_of(data.get(name, "")),
                quantity=data.get(f"lines-{index}-quantity", ""),
                discount_percent=data.get(f"lines-{index}-discount_percent", ""),
            )
    return rows


def item_id_of(text: str) -> int:
    """The id that was posted; 0, which no item has, for anything else."""
    return int(text) if _ID.fullmatch(text) else 0


def asked_goods(text: str) -> list[LineInput]:
    """The rows that an address asks for: "12:100,14:1" are 100 of item 12 and 1 of item 14.

    What cannot be read is left out; quantities are checked like typed ones.
    """
    pairs = (part.partition(":") for part in text.split(",")[:MAX_LINES])
    return [
        LineInput(item_id, quantity[:_LONGEST_QUANTITY])
        for item, _colon, quantity in pairs
        if (item_id := item_id_of(item))
    ]


def stored_rows(lines: Iterable[OrderLine]) -> list[LineInput]:
    """The rows of an order as a person would type them."""
    return [
        LineInput(
            item_id=line.item_id,
            quantity=format_number(line.quantity),
            discount_percent=f"{line.discount_percent.normalize():f}".replace(".", ","),
        )
        for line in lines
    ]


def proposed_rows(opportunity: Opportunity) -> list[LineInput]:
    """The goods that an opportunity proposes, as a person would type them. One statement."""
    return [
        LineInput(line.item_id, format_number(line.quantity))
        for line in opportunity.lines.order_by("id")
    ]
