"""What is in use, against what is in force, and against what would be left."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from capphep.catalog.models import Module, Resource
from capphep.entitlements import options, rules
from capphep.entitlements.models import BalanceStep, DailyUsage, Subscription, Usage
from capphep.entitlements.queries.grants import opposites, span_of


@dataclass(frozen=True, slots=True)
class Shortfall:
    """More of a resource in use than a withdrawal would leave from that day on."""

    module: Module
    resource: Resource
    in_use: int
    remaining: int
    remaining_from: datetime.date


def shortfalls(
    subscription: Subscription, request_no: str, from_day: datetime.date
) -> list[Shortfall]:
    """What the product reports in use beyond what taking this request back would leave.

    From the day on, by the position of the module. Two statements.
    """
    grants = list(subscription.grants.order_by("id"))
    of_request = [grant for grant in grants if grant.request_no == request_no]
    taken = [span_of(one) for one in opposites(of_request, from_day, from_day)]
    remaining = rules.left_after([span_of(grant) for grant in grants], taken)
    reported = subscription.usage.select_related("module", "resource")
    return [
        Shortfall(usage.module, usage.resource, usage.in_use, left.quantity, left.from_day)
        for usage in reported.order_by("module__position", "module_id", "resource__name")
        if (left := remaining.get((usage.module_id, usage.resource_id)))
        and usage.in_use > left.quantity
    ]


@dataclass(frozen=True, slots=True)
class Gauge:
    """What was last measured of a resource, what is in force of it, and the days before."""

    module: Module
    resource: Resource
    in_use: int
    measured_at: datetime.datetime
    in_force: int
    days: Sequence[DailyUsage]

    @property
    def percent(self) -> int | None:
        """How much of what is in force is in use, rounded down; None where nothing is."""
        return self.in_use * 100 // self.in_force if self.in_force > 0 else None

    @property
    def is_stale(self) -> bool:
        """Whether the product has said nothing for so many days (setting)."""
        age = timezone.now() - self.measured_at
        return age > datetime.timedelta(days=options.USAGE_STALE_DAYS.value())


def gauges_of_subscription(
    subscription: Subscription, day: datetime.date, days: int
) -> list[Gauge]:
    """RULE R16: each resource of which something was measured, with its trend of so many days
    until the day, by the position of the module. Three statements, one where there is none.
    """
    reported = list(
        subscription.usage.select_related("module", "resource").order_by(
            "module__position", "module_id", "resource__name"
        )
    )
    if not reported:
        return []
    in_force = _in_force(subscription, day)
    since = day - datetime.timedelta(days=days - 1)
    measured: dict[rules.Key, list[DailyUsage]] = defaultdict(list)
    for one in subscription.daily_usage.filter(day__range=(since, day)).order_by("day"):
        measured[one.module_id, one.resource_id].append(one)
    return [
        _gauge(usage, in_force.get(key, 0), measured[key])
        for usage in reported
        for key in [(usage.module_id, usage.resource_id)]
    ]


def _in_force(subscription: Subscription, day: datetime.date) -> dict[rules.Key, int]:
    steps = BalanceStep.objects.filter(subscription=subscription, from_day__lte=day)
    rows = steps.order_by("from_day").values_list("module_id", "resource_id", "quantity")
    return {(module, resource): quantity for module, resource, quantity in rows}


def _gauge(usage: Usage, in_force: int, days: Sequence[DailyUsage]) -> Gauge:
    return Gauge(
        module=usage.module,
        resource=usage.resource,
        in_use=usage.in_use,
        measured_at=usage.measured_at,
        in_force=in_force,
        days=days,
    )
