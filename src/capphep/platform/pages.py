"""One page of a list: rows, headings, chips and links, all following from the query string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from capphep.platform.keyset import Window, window
from capphep.platform.kit import MenuItem, Text
from capphep.platform.list_filters import (
    SEARCH,
    Filter,
    FilterState,
    ListFilter,
    Related,
    Words,
    yes_or_no,
)
from capphep.platform.list_spec import Bulk, Column, Kind, ListSpec
from capphep.platform.narrowing import COLUMNS, PAGING, Narrowing, Unknown
from capphep.platform.range_filters import FUTURE, DayRange, NumberRange

__all__ = [
    "FUTURE",
    "Bulk",
    "Column",
    "DayRange",
    "Filter",
    "Kind",
    "ListFilter",
    "ListPage",
    "ListSpec",
    "NumberRange",
    "Related",
    "Words",
    "list_page",
    "yes_or_no",
]

M = TypeVar("M", bound=Model)
Direction: TypeAlias = Literal["ascending", "descending", "none"]

COUNT_CAP: Final = 10_000
# What holds some words is no index's neighbour: each row that is counted is fetched.
FOUND_CAP: Final = 1_000
# Which saved view the address came from; "0": from none, although the list opens with one.
VIEW: Final = "view"
COUNT: Final = "count"
PLACE: Final = (*PAGING, COUNT, VIEW)
"""Where somebody stands in the list, apart from what it shows."""
# So many choices stand open above the list, the other filters are behind a button.
_OPEN_FILTERS: Final = 3


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
    """What narrows the list; ``href`` is the list without it."""

    label: Text
    value: Text
    href: str


class ListPage(Generic[M]):
    """One page of a list, ready for `platform/_list.html`."""

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet[M],
        spec: ListSpec[M],
        *,
        usual: Sequence[str] = (),
        opens_with_view: bool = False,
        bulk: Sequence[Bulk] = (),
    ) -> None:
        self._spec = spec
        # Templates would call the functions of a spec; they get plain values.
        self.has_search = spec.search is not None
        self.search_hint = spec.search_hint
        self.has_menu = spec.row_menu is not None
        self.bulk = (*spec.bulk, *bulk)
        self.path = request.path
        self.opens_with_view = opens_with_view
        self._narrowing = Narrowing(spec, request.GET, usual)
        self._asked = self._narrowing.asked
        self.search = self._narrowing.search
        self.sort = self._narrowing.sort
        self.filters = self._narrowing.filters
        narrowed = self._narrowing.narrow(queryset)
        self._window: Window[M] = window(
            narrowed,
            self._narrowing.order,
            spec.size,
            after=self._asked.get("after", ""),
            before=self._asked.get("before", ""),
            never_null=self._narrowing.never_null,
        )
        self.count = self._count(narrowed)

    def _count(self, queryset: QuerySet[M]) -> int:
        if self._window.is_all:
            return len(self._window.rows)
        # Of a part, Django would count with all that is annotated for the cells.
        keys = queryset.order_by().values("pk")
        return keys.count() if self._asked.get(COUNT) == "exact" else keys[: self.cap + 1].count()

    @property
    def cap(self) -> int:
        """Counting ends here."""
        return FOUND_CAP if self.search else COUNT_CAP

    @cached_property
    def rows(self) -> list[Row[M]]:
        return [
            Row(
                record=record,
                url=self._spec.row_url(record),
                cells=[(column.kind, column.cell(record)) for column in self.columns],
                menu=self._spec.row_menu(record) if self._spec.row_menu else (),
            )
            for record in self._window.rows
        ]

    @property
    def columns(self) -> Sequence[Column[M]]:
        return self._narrowing.columns

    @cached_property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.columns]

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
            self._first_page(sort=[turned]),
        )

    @cached_property
    def open_filters(self) -> list[FilterState[M]]:
        return [state for state in self.filters if state.kind == "choice"][:_OPEN_FILTERS]

    @cached_property
    def more_filters(self) -> list[FilterState[M]]:
        return [state for state in self.filters if state not in self.open_filters]

    @cached_property
    def chips(self) -> list[Chip]:
        searched = [Chip(_("Search"), self.search, self._first_page(q=[]))] if self.search else []
        return searched + [
            Chip(state.label, each.text, self._first_page(**each.without))
            for state in self.filters
            for each in state.in_force
        ]

    @property
    def unknown(self) -> Sequence[Unknown]:
        """What the address asks for and the list does not know."""
        return self._narrowing.unknown

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chips)

    @property
    def count_is_capped(self) -> bool:
        return self.count > self.cap and self._asked.get(COUNT) != "exact"

    @property
    def most(self) -> int:
        """As many results are taken at once (`selection`)."""
        return COUNT_CAP

    @property
    def is_one_page(self) -> bool:
        """Whether the ticks of this page are those of all results."""
        return self._window.is_all

    @property
    def exact_count_href(self) -> str:
        return self._href(count=["exact"])

    @property
    def clear_href(self) -> str:
        cleared: dict[str, list[str]] = {name: [] for name in self._narrowing.parameters}
        return self._first_page(**cleared, view=[])

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
    def view(self) -> str:
        return self._asked.get(VIEW, "")

    @property
    def query(self) -> str:
        """What a saved view, an export or a bulk action of this list takes: all but the place."""
        return self._without_place().urlencode()

    @property
    def query_with_columns(self) -> str:
        """The same, with the columns that are shown for this person."""
        asked = self._without_place()
        asked[COLUMNS] = ",".join(column.key for column in self.columns)
        return asked.urlencode()

    def _without_place(self) -> QueryDict:
        asked = self._asked.copy()
        for name in PLACE:
            asked.setlist(name, [])
        return asked

    @property
    def kept_fields(self) -> list[tuple[str, str]]:
        """What the search form carries along unseen: filters, sort, the page's own scope."""
        return [
            (name, value)
            for name, values in self._asked.lists()
            if name not in (SEARCH, COUNT, *PAGING)
            for value in values
            if value
        ]

    def _neighbour(self, name: str, token: str | None) -> str:
        return self._first_page(**{name: [token]}) if token else ""

    def _first_page(self, **changes: list[str]) -> str:
        return self._href(**{name: [] for name in PAGING} | changes)

    def _href(self, **changes: list[str]) -> str:
        query = self._asked.copy()
        for name, values in changes.items():
            query.setlist(name, values)
        text = query.urlencode()
        if not text and self.opens_with_view:
            text = f"{VIEW}=0"
        return f"{self.path}?{text}" if text else self.path


def list_page(
    request: HttpRequest, queryset: QuerySet[M], *, spec: ListSpec[M], **more: Any
) -> ListPage[M]:
    """The page that the query string asks for: two statements, whatever the list's length, one
    where all rows are on it.

    A cursor, sort key, column or filter value that is not known is not obeyed.
    """
    return ListPage(request, queryset, spec, **more)
