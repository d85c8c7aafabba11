"""A record as its paper says it, before an administrator's texts are put around it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from capphep.paper.kinds import PaperKind
from capphep.pure.words import amount_in_words

Fact: TypeAlias = tuple[str, str]
"""Label and value; an empty value becomes a dotted line, to be filled in by hand."""


@dataclass(frozen=True, slots=True)
class Block:
    heading: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Total:
    """A row below the table; ``is_strong`` for what it all comes to."""

    label: str
    value: str
    is_strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """``rows`` hold the cells by the column's key; a column that is empty in all of them is left
    out. ``amount`` (whole đồng) is said in words, where there is one. ``people`` are who signs, by
    the name of the signature's text.
    """

    kind: PaperKind
    number: str
    day: datetime.date
    values: Mapping[str, str]
    customer: Sequence[Fact]
    blocks: Sequence[Block] = ()
    rows: Sequence[Mapping[str, str]] = ()
    totals: Sequence[Total] = ()
    amount: int | None = None
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return "" if self.amount is None else amount_in_words(self.amount)


def day_values(day: datetime.date) -> dict[str, str]:
    """Day and month with two digits, as Vietnamese offices write them."""
    return {"day": f"{day:%d}", "month": f"{day:%m}", "year": f"{day:%Y}"}


def money(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def on_day(day: datetime.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
