"""What a report's page is made of: tiles, charts and tables, the same for all of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from capphep.platform.kit import Text
from capphep.platform.models import User
from capphep.reporting import rules, texts
from capphep.reporting.charts import Chart, Part
from capphep.reporting.queries.asked import Asked

Kind: TypeAlias = Literal["text", "money", "number", "date", "duration", "change", "percent"]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for which report, and on which local day; ``query`` is what the report alone
    knows of the query string."""

    actor: User
    asked: Asked
    day: datetime.date
    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    def url(self, **changes: Any) -> str:
        """The same report with other filters."""
        query = urlencode(self.asked.query(**{**self.query, **changes}))
        return f"{self.path}?{query}" if query else self.path


@dataclass(frozen=True, slots=True)
class Tile:
    """One number. ``grown`` says by how many percent, ``is_good`` whether that pleases."""

    label: Text
    text: str
    grown: int | None = None
    note: Text = ""
    is_good: bool | None = None
    url: str = ""

    @property
    def change(self) -> str:
        return "" if self.grown is None else texts.change(self.grown)


@dataclass(frozen=True, slots=True)
class Heading:
    label: Text
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """``value`` as a workbook takes it; ``share`` draws a bar of so many percent below it."""

    value: Any
    kind: Kind = "text"
    url: str = ""
    share: int | None = None
    note: str = ""

    @property
    def text(self) -> str:
        return _text(self.kind, self.value)


@dataclass(frozen=True, slots=True)
class Bar:
    """A divided bar with what it is about."""

    label: str
    parts: Sequence[Part]
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Divided bars below each other, and what their tones mean."""

    title: Text
    bars: Sequence[Bar]
    legend: Sequence[Text]
    scale: str = "places"


@dataclass(frozen=True, slots=True)
class Table:
    title: Text
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    note: Text = ""
    choices: Sequence[tuple[Text, str, bool]] = ()
    """Other ways to see it: (label, address, is current)."""


@dataclass(frozen=True, slots=True)
class Report:
    tiles: Sequence[Tile] = ()
    charts: Sequence[Chart] = ()
    bars: Sequence[Bars] = ()
    tables: Sequence[Table] = ()
    choices: Sequence[tuple[Text, str, bool]] = ()
    note: Text = ""


def _text(kind: Kind, value: Any) -> str:
    if value is None or value == "":
        return "–" if kind in ("change", "percent", "duration") else ""
    if kind == "money":
        return texts.dong(value)
    if kind == "number":
        return texts.number(value)
    if kind == "date":
        return f"{value:%d/%m/%Y}"
    if kind == "duration":
        return texts.duration(value)
    if kind == "change":
        return texts.change(value)
    if kind == "percent":
        return f"{texts.number(value)}%"
    return str(value)


def row(*cells: tuple[Any, Kind] | Cell | str) -> list[Cell]:
    """Cells from (value, kind), from texts, or as they are."""
    return [
        each
        if isinstance(each, Cell)
        else Cell(each)
        if isinstance(each, str)
        else Cell(each[0], each[1])
        for each in cells
    ]


def share(value: int, largest: int) -> int:
    return round(100 * value / largest) if largest else 0


def compared(now: int, before: int) -> Cell:
    return Cell(rules.change(now, before), "change")


def before_note(asking: Asking) -> str:
    """Which months the one before is."""
    before = asking.asked.span.before
    if before.first == before.last:
        if before.is_running:
            return _("against %(first)s to %(last)s") % {
                "first": f"{before.first:%d/%m}",
                "last": f"{before.until:%d/%m/%Y}",
            }
        return _("against %(month)s") % {"month": texts.month(before.first)}
    return _("against %(first)s – %(last)s") % {
        "first": texts.month(before.first),
        "last": texts.month(before.last),
    }
