"""Filters by a range: of days, of amounts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capphep.platform import clock
from capphep.platform.kit import Text
from capphep.platform.list_filters import FilterKind, FilterState, InForce, ListFilter
from capphep.pure.day_spans import DaySpan, days_of
from capphep.pure.errors import Invalid
from capphep.pure.money import format_dong, format_number, parse_dong

M = TypeVar("M", bound=Model)

DayLookup: TypeAlias = Callable[
    [QuerySet[M], datetime.date | None, datetime.date | None], QuerySet[M]
]

_LONGEST_TOLD: Final = 60
_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y")
_LABELS: Final[dict[DaySpan, Text]] = {
    DaySpan.TODAY: _("Today"),
    DaySpan.YESTERDAY: _("Yesterday"),
    DaySpan.TOMORROW: _("Tomorrow"),
    DaySpan.THIS_WEEK: _("This week"),
    DaySpan.LAST_WEEK: _("Last week"),
    DaySpan.NEXT_WEEK: _("Next week"),
    DaySpan.THIS_MONTH: _("This month"),
    DaySpan.LAST_MONTH: _("Last month"),
    DaySpan.NEXT_MONTH: _("Next month"),
    DaySpan.THIS_QUARTER: _("This quarter"),
    DaySpan.LAST_QUARTER: _("Last quarter"),
    DaySpan.NEXT_QUARTER: _("Next quarter"),
    DaySpan.THIS_YEAR: _("This year"),
    DaySpan.LAST_YEAR: _("Last year"),
    DaySpan.LAST_7_DAYS: _("Last 7 days"),
    DaySpan.LAST_30_DAYS: _("Last 30 days"),
    DaySpan.LAST_90_DAYS: _("Last 90 days"),
    DaySpan.NEXT_7_DAYS: _("Next 7 days"),
    DaySpan.NEXT_30_DAYS: _("Next 30 days"),
    DaySpan.NEXT_60_DAYS: _("Next 60 days"),
    DaySpan.NEXT_90_DAYS: _("Next 90 days"),
}
PAST: Final = (
    DaySpan.TODAY,
    DaySpan.YESTERDAY,
    DaySpan.THIS_WEEK,
    DaySpan.LAST_WEEK,
    DaySpan.THIS_MONTH,
    DaySpan.LAST_MONTH,
    DaySpan.THIS_QUARTER,
    DaySpan.LAST_QUARTER,
    DaySpan.THIS_YEAR,
    DaySpan.LAST_YEAR,
    DaySpan.LAST_7_DAYS,
    DaySpan.LAST_30_DAYS,
    DaySpan.LAST_90_DAYS,
)
FUTURE: Final = (
    DaySpan.TODAY,
    DaySpan.THIS_WEEK,
    DaySpan.NEXT_WEEK,
    DaySpan.THIS_MONTH,
    DaySpan.NEXT_MONTH,
    DaySpan.THIS_QUARTER,
    DaySpan.NEXT_QUARTER,
    DaySpan.THIS_YEAR,
    DaySpan.NEXT_7_DAYS,
    DaySpan.NEXT_30_DAYS,
    DaySpan.NEXT_60_DAYS,
    DaySpan.NEXT_90_DAYS,
)


@dataclass(frozen=True)
class DayRange(ListFilter[M]):
    """From one day to another, or a span by its words ("this_month"), which moves on with time.

    ``lookup`` is the path of a date (with ``of_moment`` of a datetime, whose local day counts),
    or a function of the queryset and both days. In the address: ``name`` is the word,
    ``name_from`` and ``name_to`` are ISO days, either alone too.
    """

    name: str
    label: Text
    lookup: str | DayLookup[M]
    of_moment: bool = False
    spans: Sequence[DaySpan] = PAST
    kind: FilterKind = field(default="days", init=False)

    @property
    def parameters(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}_from", f"{self.name}_to")

    def options(self) -> Sequence[tuple[str, Text]]:
        return [(span.value, _LABELS[span]) for span in self.spans]

    def state(self, asked: QueryDict) -> FilterState[M]:
        """Days that were given say more than a word; of several, the first one counts."""
        unknown: list[str] = []
        first, last = (_first_read(asked, name, _day, unknown) for name in self.parameters[1:])
        span = _first_read(asked, self.name, _span, unknown)
        none: dict[str, list[str]] = {name: [] for name in self.parameters}
        if first or last:
            if first and last and first > last:
                first, last = last, first
            values = [day.isoformat() if day else "" for day in (first, last)]
            canonical = none | dict(zip(self.parameters[1:], ([v] for v in values), strict=True))
            shown = (f"{day:%d/%m/%Y}" if day else "" for day in (first, last))
            return FilterState(self, values, [InForce(_range(*shown), none)], canonical, unknown)
        if span:
            exact = _range(*(f"{day:%d/%m/%Y}" for day in days_of(span, clock.today())))
            shown_span = [InForce(_LABELS[span], none, exact)]
            canonical = none | {self.name: [span.value]}
            return FilterState(self, [span.value], shown_span, canonical, unknown)
        return FilterState(self, [], (), none if unknown else {}, unknown)

    def narrow(self, queryset: QuerySet[M], values: list[str]) -> QuerySet[M]:
        first, last = self._days(values)
        path = self.lookup
        if callable(path):
            return path(queryset, first, last)
        if self.of_moment:
            if first:
                queryset = queryset.filter(**{f"{path}__gte": _midnight(first)})
            if last:
                after = last + datetime.timedelta(days=1)
                queryset = queryset.filter(**{f"{path}__lt": _midnight(after)})
            return queryset
        if first:
            queryset = queryset.filter(**{f"{path}__gte": first})
        return queryset.filter(**{f"{path}__lte": last}) if last else queryset

    def _days(self, values: list[str]) -> tuple[datetime.date | None, datetime.date | None]:
        if len(values) == 1:
            return days_of(DaySpan(values[0]), clock.today())
        first, last = (datetime.date.fromisoformat(value) if value else None for value in values)
        return first, last


@dataclass(frozen=True)
class NumberRange(ListFilter[M]):
    """From one whole number to another, either alone too; ``is_money``: whole đồng."""

    name: str
    label: Text
    path: str
    is_money: bool = True
    kind: FilterKind = field(default="numbers", init=False)

    @property
    def parameters(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to")

    def state(self, asked: QueryDict) -> FilterState[M]:
        unknown: list[str] = []
        low, high = (_first_read(asked, name, _number, unknown) for name in self.parameters)
        none: dict[str, list[str]] = {name: [] for name in self.parameters}
        if low is None and high is None:
            return FilterState(self, [], (), none if unknown else {}, unknown)
        if low is not None and high is not None and low > high:
            low, high = high, low
        values = ["" if number is None else str(number) for number in (low, high)]
        canonical = dict(zip(self.parameters, ([value] for value in values), strict=True))
        written = format_dong if self.is_money else format_number
        shown = ("" if number is None else written(number) for number in (low, high))
        return FilterState(self, values, [InForce(_range(*shown), none)], canonical, unknown)

    def narrow(self, queryset: QuerySet[M], values: list[str]) -> QuerySet[M]:
        low, high = values
        if low:
            queryset = queryset.filter(**{f"{self.path}__gte": int(low)})
        return queryset.filter(**{f"{self.path}__lte": int(high)}) if high else queryset


T = TypeVar("T")


def _first_read(
    asked: QueryDict, name: str, read: Callable[[str], T | None], unknown: list[str]
) -> T | None:
    """The first value, read: what a person has just chosen stands before what was in force."""
    text = next(iter(asked.getlist(name)), "").strip()
    value = read(text) if text else None
    if text and value is None:
        unknown.append(text[:_LONGEST_TOLD])
    return value


def _day(text: str) -> datetime.date | None:
    for form in _FORMATS:
        try:
            # Before the year 1000 Python writes days that it does not read again.
            day = datetime.datetime.strptime(text, form).date()
            return day if 1900 <= day.year <= 9000 else None
        except ValueError:
            continue
    return None


def _span(text: str) -> DaySpan | None:
    return DaySpan(text) if text in tuple(DaySpan) else None


def _number(text: str) -> int | None:
    try:
        return parse_dong(text)
    except Invalid:
        return None


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _range(low: str, high: str) -> str:
    if low and high:
        return low if low == high else f"{low} – {high}"
    return (
        gettext("from %(low)s") % {"low": low} if low else gettext("to %(high)s") % {"high": high}
    )
