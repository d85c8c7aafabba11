"""Orders and their amounts, by month and by whatever else."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum

from capphep.platform.roles import Actor
from capphep.reporting.models import OrderFact, OrderFigure
from capphep.reporting.queries.asked import Asked, Span

BY: Final = ("month", "salesperson", "team", "project", "province", "product", "status")


@dataclass(frozen=True, slots=True)
class Sold:
    """How many orders, and what they come to in whole đồng."""

    number: int = 0
    amount: int = 0

    def __add__(self, other: Sold) -> Sold:
        return Sold(self.number + other.number, self.amount + other.amount)


NOTHING: Final = Sold()


def sold_by(actor: Actor, asked: Asked, key: str, span: Span) -> dict[Any, Sold]:
    """By month or another name of `BY`: all of the span. One statement over the sums of its whole
    months, one over the days of its last month where not all of them count."""
    rows = asked.rows(OrderFigure.objects.all(), actor)
    is_cut = span.is_running and span.until != _today(asked)
    whole = rows.filter(month__gte=span.first, month__lte=span.last)
    if is_cut:
        whole = whole.filter(month__lt=span.last)
    found = {} if is_cut and span.first == span.last else _summed(whole, key)
    if is_cut:
        days = asked.rows(OrderFact.objects.all(), actor)
        days = days.filter(day__range=(span.last, span.until))
        for each, sold in _counted(days, key).items():
            found[each] = found.get(each, NOTHING) + sold
    return found


def _today(asked: Asked) -> datetime.date:
    """The running month has no days to come: all of it counts."""
    return asked.span.until


def _summed(rows: QuerySet[OrderFigure], key: str) -> dict[Any, Sold]:
    sums = rows.order_by().values_list(key).annotate(Sum("number"), Sum("amount"))
    return {row[0]: Sold(row[1], row[2]) for row in sums}


def _counted(rows: QuerySet[OrderFact], key: str) -> dict[Any, Sold]:
    sums = rows.order_by().values_list(key).annotate(Count("pk"), Sum("amount"))
    return {row[0]: Sold(row[1], row[2]) for row in sums}


def total(found: Mapping[Any, Sold]) -> Sold:
    return sum(found.values(), NOTHING)
