"""What a query string asks of a list, as far as the list knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from capphep.platform.kit import Text
from capphep.platform.list_filters import SEARCH, FilterState
from capphep.platform.list_spec import ListSpec

M = TypeVar("M", bound=Model)

# What an address holds beside what narrows the list.
PAGING: Final = ("after", "before")
COLUMNS: Final = "cols"
SORT: Final = "sort"
_LONGEST_SEARCH: Final = 200
_LONGEST_TOLD: Final = 60


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something in the address that the list does not know: it is not obeyed."""

    what: Text
    value: str


class Narrowing(Generic[M]):
    """``order`` is the field path or annotation that ``sort``, a column's key, sorts by.

    ``asked`` is the query string in its canonical form, without what is ``unknown``.
    ``usual`` are the keys of the columns that the person has chosen for every day.
    """

    def __init__(self, spec: ListSpec[M], query: QueryDict, usual: Sequence[str] = ()) -> None:
        self._spec = spec
        self.asked = _clean(query)
        self.search = self.asked.get(SEARCH, "").strip()[:_LONGEST_SEARCH] if spec.search else ""
        sort = self.asked.get(SORT, "")
        self.sort = sort if spec.sort_path(sort) else spec.default_sort
        self.order = spec.sort_path(self.sort) or self.sort
        self.never_null = spec.never_null(self.sort)
        self.filters = [each.state(self.asked) for each in spec.filters]
        keys = _keys(self.asked)
        self.columns = spec.shown(keys or usual)
        self.unknown = list(self._unknown(sort, keys))
        self._write_canonically(keys)

    @property
    def parameters(self) -> list[str]:
        """The names of what narrows the list."""
        return [SEARCH, *(name for each in self._spec.filters for name in each.parameters)]

    def narrow(self, queryset: QuerySet[M]) -> QuerySet[M]:
        for state in self.filters:
            if state.values:
                queryset = state.filter.narrow(queryset, state.values)
        if self.search and self._spec.search is not None:
            queryset = self._spec.search(queryset, self.search)
        return queryset

    def _unknown(self, sort: str, keys: Iterable[str]) -> Iterator[Unknown]:
        for state in self.filters:
            yield from (Unknown(state.label, value) for value in state.unknown)
        if sort and sort != self.sort:
            yield Unknown(_("Order of the rows"), sort[:_LONGEST_TOLD])
        known = {column.key for column in self._spec.columns}
        for key in keys:
            if key not in known:
                yield Unknown(_("Column"), key[:_LONGEST_TOLD])

    def _write_canonically(self, keys: Sequence[str]) -> None:
        for state in self.filters:
            _set(self.asked, state)
        if SORT in self.asked:
            self.asked.setlist(SORT, [self.sort] if self.asked[SORT] == self.sort else [])
        if keys:
            self.asked[COLUMNS] = ",".join(column.key for column in self.columns)


def _set(asked: QueryDict, state: FilterState[M]) -> None:
    for name, values in state.canonical.items():
        kept = [value for value in values if value]
        if kept or name in asked:
            asked.setlist(name, kept)


def _keys(asked: QueryDict) -> list[str]:
    return [key for key in asked.get(COLUMNS, "").split(",") if key]


def _clean(asked: QueryDict) -> QueryDict:
    """The query string without NUL bytes (PostgreSQL refuses them) and empty values."""
    query = QueryDict(mutable=True)
    for name, values in asked.lists():
        kept = [value.replace("\x00", "") for value in values]
        query.setlist(name, [value for value in kept if value])
    return query
