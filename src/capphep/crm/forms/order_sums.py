"""What totals are made of: a line as the page keeps it, and the sums that a change moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from capphep.crm.models import OrderLine
from capphep.pure.money import (
    MAX_UNIT_PRICE,
    Discount,
    PricedLine,
    TaxRate,
    order_amounts,
)
from capphep.pure.quantities import MAX_QUANTITY

_FACT: Final = re.compile(
    r"([0-9]{1,7})\*([0-9]{1,10})\*(KCT|0|5|8|10)\*([0-9]{1,3}(?:\.[0-9]{1,2})?)"
)
_SUMS: Final = re.compile(r"([0-9]{1,19}):([0-9]{1,19}):([0-9]{1,19}):([0-9]{1,3})")


def fact_of(line: OrderLine | None) -> str:
    """What the totals need of a line, as "3*250000*8*12.5"; "" for one that is not counted."""
    if line is None:
        return ""
    percent = f"{Decimal(line.discount_percent).normalize():f}"
    return f"{line.quantity}*{line.unit_price}*{line.tax_rate}*{percent}"


def read_fact(text: str) -> PricedLine | None:
    """The line that `fact_of` wrote; None for one that is not counted, and for nonsense."""
    found = _FACT.fullmatch(text)
    if not found:
        return None
    quantity, price, percent = int(found[1]), int(found[2]), Decimal(found[4])
    if not (0 < quantity <= MAX_QUANTITY and price <= MAX_UNIT_PRICE and percent <= 100):
        return None
    return PricedLine(quantity, price, TaxRate(found[3]), percent)


@dataclass(frozen=True, slots=True)
class Sums:
    """The totals of a grid in whole đồng; ``unread`` rows with an error are not part of them."""

    gross: int = 0
    discount: int = 0
    tax: int = 0
    unread: int = 0

    @classmethod
    def read(cls, text: str) -> Sums:
        found = _SUMS.fullmatch(text)
        return cls(*map(int, found.groups())) if found else cls()

    @classmethod
    def over(cls, lines: Sequence[PricedLine | None], discount: Discount) -> Sums:
        """RULE R10: the amounts of these lines together. Raises Invalid as `order_amounts`."""
        amounts = order_amounts([line for line in lines if line], discount)
        return cls(amounts.gross, amounts.discount, amounts.tax, lines.count(None))

    @property
    def total(self) -> int:
        return self.gross - self.discount + self.tax

    @property
    def text(self) -> str:
        return f"{self.gross}:{self.discount}:{self.tax}:{self.unread}"

    def moved(self, before: Sums, after: Sums) -> Sums:
        """These totals with ``after`` in the place of ``before``; never below nought, for what
        a page says may be anything."""
        return Sums(
            gross=max(self.gross - before.gross + after.gross, 0),
            discount=max(self.discount - before.discount + after.discount, 0),
            tax=max(self.tax - before.tax + after.tax, 0),
            unread=max(self.unread - before.unread + after.unread, 0),
        )
