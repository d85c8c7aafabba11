"""What somebody asks a report for: the months, by what it is narrowed, and what they may see."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from capphep.platform.kit import Text
from capphep.platform.list_filters import is_key
from capphep.platform.roles import Actor, sees_all
from capphep.pure.provinces import PROVINCES
from capphep.reporting import rules

M = TypeVar("M", bound=Model)
PERIODS: Final[Mapping[str, Text]] = {
    "month": _("This month"),
    "3m": _("3 months"),
    "6m": _("6 months"),
    "12m": _("12 months"),
    "24m": _("24 months"),
    "year": _("This year"),
    "last_year": _("Last year"),
}
DEFAULT: Final = "12m"
_MONTHS: Final = {"month": 1, "3m": 3, "6m": 6, "12m": 12, "24m": 24}
NUMBERED: Final = ("product", "project", "salesperson", "team")
"""Filters whose value is a record's key."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months, and the last day that counts: today where the last month is running."""

    first: datetime.date
    last: datetime.date
    until: datetime.date

    @property
    def months(self) -> list[datetime.date]:
        return rules.months_from(self.first, self.last)

    @property
    def is_running(self) -> bool:
        return self.until < rules.months_later(self.last, 1) - datetime.timedelta(days=1)

    @property
    def before(self) -> Span:
        """As many months before; of its last one as many days as this one has yet."""
        count = -len(self.months)
        last = rules.months_later(self.last, count)
        end = rules.months_later(last, 1) - datetime.timedelta(days=1)
        until = rules.same_day(last, self.until) if self.is_running else end
        return Span(rules.months_later(self.first, count), last, until)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of a report as the query string has them; 0 and "" ask for everything."""

    span: Span
    period: str = DEFAULT
    filters: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, rows: QuerySet[M], actor: Actor, *, by: Sequence[str] = ()) -> QuerySet[M]:
        """Those of the filters (``by`` names the ones that the table knows, all by default)
        that the actor may see."""
        known = {name: value for name, value in self.filters.items() if not by or name in by}
        return may_see(rows, actor, by=by).filter(**known)

    def query(self, **changes: Any) -> dict[str, Any]:
        """As a query string has it, with changes; what asks for everything is left out."""
        asked = {"period": "" if self.period == DEFAULT else self.period, **self.filters}
        return {name: value for name, value in {**asked, **changes}.items() if value}


def may_see(
    rows: QuerySet[M], actor: Actor, *, by: Sequence[str] = (), pool: bool = False
) -> QuerySet[M]:
    """Who sells, and who leads a team, sees their own and the team's, as with orders.

    ``pool``: what nobody has in charge too, as with customers. A table that does not know the
    salesperson (``by``) shows the team's.
    """
    if sees_all(actor):
        return rows
    mine = Q(pk__in=[]) if by and "salesperson" not in by else Q(salesperson=actor.pk)
    if pool:
        mine |= Q(salesperson=0)
    return rows.filter(mine | Q(team=actor.team_id) if actor.team_id else mine)


def asked_of(query: Mapping[str, str], day: datetime.date) -> Asked:
    """What the query string asks for; what it says wrongly is as if it said nothing."""
    period = query.get("period", "")
    period = period if period in PERIODS else DEFAULT
    filters: dict[str, Any] = {}
    for name in NUMBERED:
        text = query.get(name, "")
        if is_key(text) and int(text):
            filters[name] = int(text)
    if query.get("province", "") in PROVINCES:
        filters["province"] = query["province"]
    return Asked(span_of(period, day), period, filters)


def span_of(period: str, day: datetime.date) -> Span:
    month = rules.first_of_month(day)
    if period == "last_year":
        year = day.year - 1
        return Span(
            datetime.date(year, 1, 1), datetime.date(year, 12, 1), datetime.date(year, 12, 31)
        )
    if period == "year":
        return Span(datetime.date(day.year, 1, 1), month, day)
    return Span(rules.months_later(month, 1 - _MONTHS[period]), month, day)
