"""How long it takes from the order to the approval, and where it waits meanwhile."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum

from capphep.platform.roles import Actor, sees_all
from capphep.reporting import rules
from capphep.reporting.models import LeadFigure, RequestFact
from capphep.reporting.queries.asked import Asked, Span

_COARSE = ("product", "team")


@dataclass(slots=True)
class Lead:
    """Approvals together: how many took about how long, and minutes in each place, summed."""

    buckets: dict[int, int] = field(default_factory=dict)
    draft: int = 0
    desk: int = 0
    sales: int = 0

    @property
    def number(self) -> int:
        return sum(self.buckets.values())

    @property
    def median(self) -> int | None:
        return rules.quantile(self.buckets, 0.5)

    @property
    def p90(self) -> int | None:
        return rules.quantile(self.buckets, 0.9)

    @property
    def means(self) -> tuple[int, int, int]:
        """Minutes of an average approval: being written, with an officer, back with sales."""
        number = self.number or 1
        return self.draft // number, self.desk // number, self.sales // number

    def add(self, bucket: int, number: int, draft: int, desk: int, sales: int) -> None:
        self.buckets[bucket] = self.buckets.get(bucket, 0) + number
        self.draft, self.desk, self.sales = (
            self.draft + draft,
            self.desk + desk,
            self.sales + sales,
        )


def leads_by_month(actor: Actor, asked: Asked, span: Span) -> dict[datetime.date, Lead]:
    """Approvals by the month of the approval. One statement: over sums, or over the approvals
    of a salesperson, province or project, which are few."""
    found: dict[datetime.date, Lead] = defaultdict(Lead)
    for month, *numbers in _rows(actor, asked, span):
        found[month].add(*numbers)
    return dict(found)


def together(leads: Iterable[Lead]) -> Lead:
    found = Lead()
    for lead in leads:
        for number, count in lead.buckets.items():
            found.buckets[number] = found.buckets.get(number, 0) + count
        found.draft, found.desk, found.sales = (
            found.draft + lead.draft,
            found.desk + lead.desk,
            found.sales + lead.sales,
        )
    return found


def _rows(actor: Actor, asked: Asked, span: Span) -> Iterable[Any]:
    sums = (Sum("draft"), Sum("desk"), Sum("sales"))
    months = {"month__gte": span.first, "month__lte": span.last}
    is_coarse = set(asked.filters) <= set(_COARSE) and (sees_all(actor) or actor.team_id)
    if is_coarse:
        figures = asked.rows(LeadFigure.objects.filter(**months), actor, by=_COARSE)
        rows = figures.order_by().values_list("month", "bucket")
        return rows.annotate(Sum("number"), *sums)
    facts = asked.rows(RequestFact.objects.filter(**months), actor)
    return facts.order_by().values_list("month", "bucket").annotate(Count("pk"), *sums)
