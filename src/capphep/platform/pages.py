"""List pages: columns, filters, search, sorting and paging, all kept in the query string."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

from capphep.platform.keyset import Window, window
from capphep.platform.kit import MenuItem, Text

M = TypeVar("M", bound=Model)
Kind: TypeAlias = Literal["text", "sentence", "code", "money", "number", "date", "moment", "status"]
Direction: TypeAlias = Literal["ascending", "descending", "none"]
Choices: TypeAlias = Iterable[tuple[Any, Text]]

COUNT_CAP: Final = 10_000
_LONGEST_SEARCH: Final = 200
_PAGING: Final = ("after", "before")


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


@dataclass(frozen=True, slots=True)
class Heading:
    label: Text
    kind: Kind
    direction: Direction
    href: str


@dataclass(frozen=True, slots=True)
class Row(Generic[M]):
    record: M
    url: str
    cells: list[tuple[Kind, object]]
    menu: Sequence[MenuItem]

    @property
    def menu_id(self) -> str:
        return f"row-menu-{self.record.pk}"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter value in force; ``href`` is the list without it."""

    label: Text
    value: Text
    href: str


@dataclass(frozen=True, slots=True)
class FilterState:
    name: str
    label: Text
    options: list[tuple[str, Text]]
    values: list[str]


class ListPage(Generic[M]):
    """One page of a list, ready for `platform/_list.html`."""

    def __init__(self, request: HttpRequest, queryset: QuerySet[M], spec: ListSpec[M]) -> None:
        self._spec = spec
        # Templates would call the functions of a spec; they get plain values.
        self.has_search = spec.search is not None
        self.search_hint = spec.search_hint
        self.has_menu = spec.row_menu is not None
        self.bulk = spec.bulk
        self.path = request.path
        self._asked = _clean(request.GET)
        self.search = self._asked.get("q", "").strip()[:_LONGEST_SEARCH] if spec.search else ""
        self.sort = self._known_sort(self._asked.get("sort", ""))
        self.filters = [self._filter_state(each) for each in spec.filters]
        narrowed = self._narrow(queryset)
        self._window: Window[M] = window(
            narrowed,
            spec.sort_path(self.sort) or self.sort,
            spec.size,
            after=self._asked.get("after", ""),
            before=self._asked.get("before", ""),
        )
        self.count = self._count(narrowed)

    def _known_sort(self, asked: str) -> str:
        return asked if self._spec.sort_path(asked) else self._spec.default_sort

    def _filter_state(self, each: Filter[M]) -> FilterState:
        options = each.options()
        known = {value for value, _ in options}
        values = [
            value for value in dict.fromkeys(self._asked.getlist(each.name)) if value in known
        ]
        return FilterState(each.name, each.label, options, values)

    def _narrow(self, queryset: QuerySet[M]) -> QuerySet[M]:
        for each, state in zip(self._spec.filters, self.filters, strict=True):
            if state.values:
                queryset = each.narrow(queryset, state.values)
        if self.search and self._spec.search is not None:
            queryset = self._spec.search(queryset, self.search)
        return queryset

    def _count(self, queryset: QuerySet[M]) -> int:
        if self._asked.get("count") == "exact":
            return queryset.order_by().count()
        return queryset.order_by()[: COUNT_CAP + 1].count()

    @cached_property
    def rows(self) -> list[Row[M]]:
        return [
            Row(
                record=record,
                url=self._spec.row_url(record),
                cells=[(column.kind, column.cell(record)) for column in self._spec.columns],
                menu=self._spec.row_menu(record) if self._spec.row_menu else (),
            )
            for record in self._window.rows
        ]

    @cached_property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self._spec.columns]

    def _heading(self, column: Column[M]) -> Heading:
        if not column.sort:
            return Heading(column.label, column.kind, "none", "")
        directions: dict[str, Direction] = {
            column.key: "ascending",
            f"-{column.key}": "descending",
        }
        turned = f"-{column.key}" if self.sort == column.key else column.key
        return Heading(
            column.label,
            column.kind,
            directions.get(self.sort, "none"),
            self._href(sort=[turned], after=[], before=[]),
        )

    @cached_property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                state.label,
                label,
                self._first_page(**{state.name: [v for v in state.values if v != value]}),
            )
            for state in self.filters
            for value, label in state.options
            if value in state.values
        ]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.chips)

    @property
    def count_is_capped(self) -> bool:
        return self.count > COUNT_CAP and self._asked.get("count") != "exact"

    @property
    def exact_count_href(self) -> str:
        return self._href(count=["exact"])

    @property
    def clear_href(self) -> str:
        return self._first_page(q=[], **{state.name: [] for state in self.filters})

    @property
    def previous_href(self) -> str:
        return self._neighbour("before", self._window.before)

    @property
    def next_href(self) -> str:
        return self._neighbour("after", self._window.after)

    @property
    def here(self) -> str:
        """The address of exactly this view of the list."""
        return self._href()

    @property
    def kept_fields(self) -> list[tuple[str, str]]:
        """What the search form carries along unseen: filters, sort, the page's own scope."""
        return [
            (name, value)
            for name, values in self._asked.lists()
            if name not in ("q", "count", *_PAGING)
            for value in values
            if value
        ]

    def _neighbour(self, name: str, token: str | None) -> str:
        return self._first_page(**{name: [token]}) if token else ""

    def _first_page(self, **changes: list[str]) -> str:
        return self._href(**{name: [] for name in _PAGING} | changes)

    def _href(self, **changes: list[str]) -> str:
        query = self._asked.copy()
        for name, values in changes.items():
            query.setlist(name, values)
        text = query.urlencode()
        return f"{self.path}?{text}" if text else self.path


def list_page(request: HttpRequest, queryset: QuerySet[M], *, spec: ListSpec[M]) -> ListPage[M]:
    """The page that the query string asks for: two statements, whatever the list's length.

    A cursor, sort key or filter value that is not known is ignored.
    """
    return ListPage(request, queryset, spec)


def _clean(asked: QueryDict) -> QueryDict:
    """The query string without NUL bytes (PostgreSQL refuses them) and empty values."""
    query = QueryDict(mutable=True)
    for name, values in asked.lists():
        kept = [value.replace("\x00", "") for value in values]
        query.setlist(name, [value for value in kept if value])
    return query
