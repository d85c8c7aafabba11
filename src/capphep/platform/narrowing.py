"""What a query string asks of a list: filters, search and sort, as far as the list knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

from capphep.platform.kit import Text
from capphep.platform.list_spec import Filter, ListSpec

M = TypeVar("M", bound=Model)

_LONGEST_SEARCH: Final = 200


@dataclass(frozen=True, slots=True)
class FilterState:
    name: str
    label: Text
    options: list[tuple[str, Text]]
    values: list[str]


class Narrowing(Generic[M]):
    """``order`` is the field path or annotation that ``sort``, a column's key, sorts by."""

    def __init__(self, spec: ListSpec[M], query: QueryDict) -> None:
        self._spec = spec
        self.asked = _clean(query)
        self.search = self.asked.get("q", "").strip()[:_LONGEST_SEARCH] if spec.search else ""
        sort = self.asked.get("sort", "")
        self.sort = sort if spec.sort_path(sort) else spec.default_sort
        self.order = spec.sort_path(self.sort) or self.sort
        self.filters = [self._filter_state(each) for each in spec.filters]

    def _filter_state(self, each: Filter[M]) -> FilterState:
        options = each.options()
        known = {value for value, _ in options}
        values = [value for value in dict.fromkeys(self.asked.getlist(each.name)) if value in known]
        return FilterState(each.name, each.label, options, values)

    def narrow(self, queryset: QuerySet[M]) -> QuerySet[M]:
        for each, state in zip(self._spec.filters, self.filters, strict=True):
            if state.values:
                queryset = each.narrow(queryset, state.values)
        if self.search and self._spec.search is not None:
            queryset = self._spec.search(queryset, self.search)
        return queryset


def _clean(asked: QueryDict) -> QueryDict:
    """The query string without NUL bytes (PostgreSQL refuses them) and empty values."""
    query = QueryDict(mutable=True)
    for name, values in asked.lists():
        kept = [value.replace("\x00", "") for value in values]
        query.setlist(name, [value for value in kept if value])
    return query
