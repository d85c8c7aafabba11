"""What a list shows, said once: its columns, filters, search and what may be done with rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from django.db.models import Model, QuerySet

from capphep.platform.kit import MenuItem, Text

M = TypeVar("M", bound=Model)
Kind: TypeAlias = Literal["text", "sentence", "code", "money", "number", "date", "moment", "status"]
Choices: TypeAlias = Iterable[tuple[Any, Text]]


@dataclass(frozen=True, slots=True)
class Column(Generic[M]):
    """One column. ``value`` reads the cell from the row (default: the attribute ``key``).

    A ``sentence`` is broken into lines, everything else stays on one.
    A ``status`` cell is a `kit.Status`, ``money`` whole đồng, ``date`` and ``moment`` a
    date and an aware datetime. ``sort`` is the field path or annotation to sort by.
    """

    key: str
    label: Text
    kind: Kind = "text"
    sort: str | None = None
    value: Callable[[M], object] | None = None

    def cell(self, row: M) -> object:
        if self.value is not None:
            return self.value(row)
        found: Any = row
        for part in self.key.split("__"):
            found = getattr(found, part, None)
        return found


@dataclass(frozen=True, slots=True)
class Filter(Generic[M]):
    """A filter by one of some choices; several chosen values of one filter are OR-ed.

    ``lookup`` is a field path ("status") or a function of the queryset and the values.
    """

    name: str
    label: Text
    choices: Choices | Callable[[], Choices]
    lookup: str | Callable[[QuerySet[M], list[str]], QuerySet[M]]

    def options(self) -> list[tuple[str, Text]]:
        choices = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in choices]

    def narrow(self, queryset: QuerySet[M], values: list[str]) -> QuerySet[M]:
        if callable(self.lookup):
            return self.lookup(queryset, values)
        return queryset.filter(**{f"{self.lookup}__in": values})


@dataclass(frozen=True, slots=True)
class ListSpec(Generic[M]):
    """What a list shows. The first column carries the link that ``row_url`` gives.

    ``bulk`` is what may be done with ticked rows: dialogs that get ``?id=`` once for each.
    """

    columns: Sequence[Column[M]]
    default_sort: str
    row_url: Callable[[M], str]
    row_menu: Callable[[M], Sequence[MenuItem]] | None = None
    bulk: Sequence[MenuItem] = ()
    filters: Sequence[Filter[M]] = ()
    search: Callable[[QuerySet[M], str], QuerySet[M]] | None = None
    search_hint: Text = ""
    size: int = 50

    def sort_path(self, sort: str) -> str | None:
        """The ordering of ``key`` or ``-key``; None for a key that nothing sorts by."""
        key = sort.removeprefix("-")
        path = next((c.sort for c in self.columns if c.key == key), None)
        return path and f"{'-' if sort.startswith('-') else ''}{path}"
