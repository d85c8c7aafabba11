"""The kinds of filters that a list may have, and what a query string says of each.

A filter reads its own parameters (`state`) and narrows the rows (`narrow`). What it cannot
read is not obeyed, and told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text

M = TypeVar("M", bound=Model)
Choices: TypeAlias = Iterable[tuple[Any, Text]]
Lookup: TypeAlias = str | Callable[[QuerySet[M], list[str]], QuerySet[M]]
FilterKind: TypeAlias = Literal["choice", "picker", "days", "numbers"]

_LONGEST_ID: Final = 18
_LONGEST_TOLD: Final = 60
SEARCH: Final = "q"
"""The parameter that searches a list."""
YES_OR_NO: Final = (("1", _("Yes")), ("0", _("No")))


@dataclass(frozen=True, slots=True)
class InForce:
    """A value that narrows the list; ``without`` are the parameters once it is taken off.

    ``exact`` is what words that move on with time ("this month") mean today.
    """

    text: Text
    without: Mapping[str, list[str]]
    exact: str = ""


@dataclass(frozen=True)
class FilterState(Generic[M]):
    """What a query string says of one filter.

    ``values`` narrow the rows; ``canonical`` are the same as parameters, for addresses;
    ``unknown`` is what could not be read, ``known`` the options where they were asked for.
    """

    filter: ListFilter[M]
    values: list[str]
    in_force: Sequence[InForce] = ()
    canonical: Mapping[str, list[str]] = field(default_factory=dict)
    unknown: Sequence[str] = ()
    known: Sequence[tuple[str, Text]] | None = None

    @property
    def name(self) -> str:
        return self.filter.name

    @property
    def label(self) -> Text:
        return self.filter.label

    @property
    def kind(self) -> FilterKind:
        return self.filter.kind

    @cached_property
    def options(self) -> Sequence[tuple[str, Text]]:
        """What the person may choose from; asked for only where it is shown."""
        return self.filter.options() if self.known is None else self.known

    @property
    def picker_url(self) -> str:
        return self.filter.picker_url()


class ListFilter(ABC, Generic[M]):
    name: str
    label: Text
    kind: FilterKind

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters in the address."""
        return (self.name,)

    def options(self) -> Sequence[tuple[str, Text]]:
        return ()

    def picker_url(self) -> str:
        return ""

    @abstractmethod
    def state(self, asked: QueryDict) -> FilterState[M]:
        """What the query string says of it."""

    @abstractmethod
    def narrow(self, queryset: QuerySet[M], values: list[str]) -> QuerySet[M]:
        """The rows that the values of its `state` leave."""


def _looked_up(queryset: QuerySet[M], lookup: Lookup[M], values: list[str]) -> QuerySet[M]:
    if callable(lookup):
        return lookup(queryset, values)
    return queryset.filter(**{f"{lookup}__in": values})


def _each_taken_off(name: str, shown: Mapping[str, Text]) -> list[InForce]:
    return [
        InForce(text, {name: [other for other in shown if other != value]})
        for value, text in shown.items()
    ]


def _told(values: Iterable[str]) -> list[str]:
    return [value[:_LONGEST_TOLD] for value in values]


@dataclass(frozen=True)
class Filter(ListFilter[M]):
    """A filter by one of some choices; several chosen values of one filter are OR-ed.

    ``lookup`` is a field path ("status") or a function of the queryset and the values.
    ``usual`` values are in force without being told while neither the filter nor a search is
    asked for: what one searches for is found, wherever it stands.
    """

    name: str
    label: Text
    choices: Choices | Callable[[], Choices]
    lookup: Lookup[M]
    kind: FilterKind = field(default="choice", init=False)
    usual: tuple[str, ...] = field(default=(), kw_only=True)

    def options(self) -> Sequence[tuple[str, Text]]:
        choices = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in choices]

    def state(self, asked: QueryDict) -> FilterState[M]:
        values = list(dict.fromkeys(asked.getlist(self.name)))
        if not values:
            return FilterState(self, [] if asked.get(SEARCH) else list(self.usual))
        options = self.options()
        labels = dict(options)
        shown = {value: labels[value] for value in values if value in labels}
        return FilterState(
            self,
            list(shown),
            _each_taken_off(self.name, shown),
            {self.name: list(shown)},
            _told(value for value in values if value not in labels),
            options,
        )

    def narrow(self, queryset: QuerySet[M], values: list[str]) -> QuerySet[M]:
        return _looked_up(queryset, self.lookup, values)


def yes_or_no(name: str, label: Text, lookup: Lookup[M]) -> Filter[M]:
    """The values are "1" and "0", as a boolean's column takes them."""
    return Filter(name, label, YES_OR_NO, lookup)


@dataclass(frozen=True)
class Related(ListFilter[M]):
    """A filter by records that a picker finds; several of them are OR-ed.

    ``url_name`` answers as for `widgets.Picker`. ``records`` are those that the person may
    know of: a record beyond them is told as unknown. One statement, while it is in force.
    """

    name: str
    label: Text
    url_name: str
    records: Callable[[], QuerySet[Any]]
    lookup: Lookup[M]
    kind: FilterKind = field(default="picker", init=False)

    def picker_url(self) -> str:
        return reverse(self.url_name)

    def state(self, asked: QueryDict) -> FilterState[M]:
        values = list(dict.fromkeys(asked.getlist(self.name)))
        if not values:
            return FilterState(self, [])
        keys = [value for value in values if is_key(value)]
        found = {str(record.pk): record for record in self.records().filter(pk__in=keys)}
        shown = {value: str(found[value]) for value in keys if value in found}
        return FilterState(
            self,
            list(shown),
            _each_taken_off(self.name, shown),
            {self.name: list(shown)},
            _told(value for value in values if value not in shown),
        )

    def narrow(self, queryset: QuerySet[M], values: list[str]) -> QuerySet[M]:
        return _looked_up(queryset, self.lookup, values)


@dataclass(frozen=True)
class Words(ListFilter[M]):
    """A filter by words that a picker finds among those in use; several of them are OR-ed."""

    name: str
    label: Text
    url_name: str
    lookup: Lookup[M]
    kind: FilterKind = field(default="picker", init=False)

    def picker_url(self) -> str:
        return reverse(self.url_name)

    def state(self, asked: QueryDict) -> FilterState[M]:
        values = list(dict.fromkeys(asked.getlist(self.name)))
        shown = {value: value for value in values}
        return FilterState(self, values, _each_taken_off(self.name, shown), {self.name: values})

    def narrow(self, queryset: QuerySet[M], values: list[str]) -> QuerySet[M]:
        return _looked_up(queryset, self.lookup, values)


def is_key(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= _LONGEST_ID
