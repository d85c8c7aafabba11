"""What a list shows, said once: its columns, filters, search and what may be done with rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from django.db.models import Model, QuerySet

from capphep.platform.kit import MenuItem, Text
from capphep.platform.list_filters import ListFilter

M = TypeVar("M", bound=Model)
Kind: TypeAlias = Literal[
    "text", "name", "sentence", "code", "money", "number", "date", "moment", "status"
]


@dataclass(frozen=True, slots=True)
class Column(Generic[M]):
    """One column. ``value`` reads the cell from the row (default: the attribute ``key``).

    A ``sentence`` is broken into lines, everything else stays on one. A ``name`` takes the room
    that the others leave, and gives way first where there is little.
    A ``status`` cell is a `kit.Status`, ``money`` whole đồng, ``date`` and ``moment`` a
    date and an aware datetime. ``sort`` is the field path or annotation to sort by, served by
    an index where the table grows; ``never_null``: no row of the list has NULL there, although
    others may. A ``hidden`` column is shown once a person has chosen it.
    """

    key: str
    label: Text
    kind: Kind = "text"
    sort: str | None = None
    value: Callable[[M], object] | None = None
    hidden: bool = False
    never_null: bool = False

    def cell(self, row: M) -> object:
        if self.value is not None:
            return self.value(row)
        found: Any = row
        for part in self.key.split("__"):
            found = getattr(found, part, None)
        return found


@dataclass(frozen=True, slots=True)
class Bulk:
    """What may be done with ticked rows: the dialog at ``url`` gets ``?id=`` once for each."""

    label: Text
    url: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ListSpec(Generic[M]):
    """What a list shows. The first column always stands first: it carries the link of ``row_url``.

    ``filters``: the first choices stand open, what comes after them is behind a button.
    """

    columns: Sequence[Column[M]]
    default_sort: str
    row_url: Callable[[M], str]
    row_menu: Callable[[M], Sequence[MenuItem]] | None = None
    bulk: Sequence[Bulk] = ()
    filters: Sequence[ListFilter[M]] = ()
    search: Callable[[QuerySet[M], str], QuerySet[M]] | None = None
    search_hint: Text = ""
    size: int = 50

    def sort_path(self, sort: str) -> str | None:
        """The ordering of ``key`` or ``-key``; None for a key that nothing sorts by."""
        key = sort.removeprefix("-")
        path = next((c.sort for c in self.columns if c.key == key), None)
        return path and f"{'-' if sort.startswith('-') else ''}{path}"

    def never_null(self, sort: str) -> bool:
        key = sort.removeprefix("-")
        return any(column.never_null for column in self.columns if column.key == key)

    def name_of(self, row: M) -> str:
        """What the row is called in a sentence: its first cell, and the ``name`` beside it."""
        first, *others = self.columns
        named = next((column for column in others if column.kind == "name"), None)
        cells = [each.cell(row) for each in (first, named) if each]
        return " · ".join(str(cell) for cell in cells if cell)

    def shown(self, keys: Sequence[str] = ()) -> list[Column[M]]:
        """The first column and those of the keys, in their order; the usual ones without keys."""
        first, *others = self.columns
        if not keys:
            return [first, *(column for column in others if not column.hidden)]
        known = {column.key: column for column in others}
        return [first, *(known[key] for key in dict.fromkeys(keys) if key in known)]
