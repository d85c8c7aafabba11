"""What was granted, what ends, what is used up, and what came back."""

from __future__ import annotations

import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from capphep.platform.roles import Actor
from capphep.reporting.models import AnswerFact, EndFact, GrantFigure, TightFact, UsageFigure
from capphep.reporting.queries.asked import Asked, Span, may_see

ENDING_DAYS: Final = 90
_GRANTED_BY: Final = ("product", "team", "province")
_OF_CUSTOMERS: Final = ("product", "salesperson", "team", "province")


class Granted(NamedTuple):
    module: int
    resource: int
    month: datetime.date
    number: int
    quantity: int
    withdrawn: int


def granted(actor: Actor, asked: Asked, span: Span) -> list[Granted]:
    """What approvals of each month granted of each resource. One statement over sums."""
    rows = GrantFigure.objects.filter(month__gte=span.first, month__lte=span.last)
    rows = asked.rows(rows, actor, by=_GRANTED_BY)
    sums = rows.order_by("module", "resource", "month").values_list("module", "resource", "month")
    return [
        Granted(*row) for row in sums.annotate(Sum("number"), Sum("quantity"), Sum("withdrawn"))
    ]


def ending(actor: Actor, asked: Asked, day: datetime.date) -> QuerySet[EndFact]:
    """Subscriptions of the customers that the actor may see which end in the next 90 days."""
    until = day + datetime.timedelta(days=ENDING_DAYS)
    rows = may_see(EndFact.objects.filter(ends_on__range=(day, until)), actor, pool=True)
    return rows.filter(**_known(asked))


def by_week(rows: QuerySet[EndFact], day: datetime.date) -> list[tuple[int, int]]:
    """Number and amount of each seven days from the day on. One statement."""
    weeks = [(0, 0)] * (ENDING_DAYS // 7 + 1)
    sums = rows.order_by().values_list("ends_on").annotate(Count("pk"), Sum("amount"))
    for ends_on, number, amount in sums:
        week = (ends_on - day).days // 7
        weeks[week] = (weeks[week][0] + number, weeks[week][1] + amount)
    return weeks


class Used(NamedTuple):
    module: int
    resource: int
    band: int
    number: int
    in_use: int
    in_force: int


def used(actor: Actor, asked: Asked) -> list[Used]:
    """Subscriptions by how much of each resource they use. One statement over sums."""
    rows = may_see(UsageFigure.objects.all(), actor, pool=True).filter(**_known(asked))
    keys = rows.order_by("module", "resource", "band").values_list("module", "resource", "band")
    return [Used(*row) for row in keys.annotate(Sum("number"), Sum("in_use"), Sum("in_force"))]


def tight(actor: Actor, asked: Asked) -> QuerySet[TightFact]:
    """Resources that are nearly used up, the fullest first."""
    rows = may_see(TightFact.objects.all(), actor, pool=True).filter(**_known(asked))
    return rows.order_by("-percent", "pk")


def answers(actor: Actor, asked: Asked, span: Span) -> QuerySet[AnswerFact]:
    """What came back or was rejected in the span, by what was said of it."""
    rows = asked.rows(AnswerFact.objects.all(), actor)
    return rows.filter(month__gte=span.first, month__lte=span.last, day__lte=span.until)


def answered_by(rows: QuerySet[AnswerFact], *keys: str) -> list[Any]:
    """By these names: how many rounds were returned, how many rejected; most first.

    By field, a round counts at each field that was commented on, else it counts once.
    """
    if "field" not in keys:
        rows = rows.filter(is_first=True)
    counts = rows.order_by().values_list(*keys)
    found = counts.annotate(
        returned=Count("pk", filter=Q(outcome="returned")),
        rejected=Count("pk", filter=Q(outcome="rejected")),
    )
    return sorted(found, key=lambda row: (-row[-2] - row[-1], str(row[0])))


def _known(asked: Asked) -> dict[str, Any]:
    return {name: value for name, value in asked.filters.items() if name in _OF_CUSTOMERS}
