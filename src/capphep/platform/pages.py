"""List pages: columns, filters, search, sorting and paging, all kept in the query string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, Literal, TypeAlias, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from capphep.platform.keyset import Window, window
from capphep.platform.kit import MenuItem, Text
from capphep.platform.list_spec import Column, Filter, Kind, ListSpec
from capphep.platform.narrowing import Narrowing

__all__ = ["Column", "Filter", "Kind", "ListPage", "ListSpec", "list_page"]

M = TypeVar("M", bound=Model)
Direction: TypeAlias = Literal["ascending", "descending", "none"]

COUNT_CAP: Final = 10_000
_PAGING: Final = ("after", "before")


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
        narrowing = Narrowing(spec, request.GET)
        self._asked = narrowing.asked
        self.search = narrowing.search
        self.sort = narrowing.sort
        self.filters = narrowing.filters
        narrowed = narrowing.narrow(queryset)
        self._window: Window[M] = window(
            narrowed,
            narrowing.order,
            spec.size,
            after=self._asked.get("after", ""),
            before=self._asked.get("before", ""),
        )
        self.count = self._count(narrowed)

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
