"""What products report of the sample data: now, day by day, and what is worth selling for."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Mapping
from typing import Final

from django.utils import timezone

from capphep.entitlements.actions.occasions import note_thresholds
from capphep.entitlements.models import BalanceStep, DailyUsage, Usage
from capphep.entitlements.usage_rules import UsageKey
from capphep.platform import clock

_SEED: Final = 2026
_COUNTED_FROM: Final = 10
"""Of one set of books all of it is in use: that says nothing."""
_DAYS_BETWEEN: Final = 4
_REPORTED_FOR: Final = 88
"""Days; most of what the screen of a subscription draws."""


def write_use() -> None:
    """What is in use of some of what is in force now: few use all of it, some too much.

    Who sells to them is told of these, by the usual way.
    """
    chance, today = random.Random(_SEED), clock.today()  # noqa: S311 - a sample, no secret
    gauges = [
        _gauge(key, quantity, chance)
        for key, quantity in sorted(_in_force(today).items())
        if quantity >= _COUNTED_FROM and chance.random() < 0.7
    ]
    Usage.objects.bulk_create(gauges)
    DailyUsage.objects.bulk_create(
        (one for gauge in gauges for one in _days(gauge, today, chance)), batch_size=1000
    )
    in_use = {_key(one): one.in_use for one in gauges}
    note_thresholds(in_use, day=today)


def _in_force(today: datetime.date) -> Mapping[UsageKey, int]:
    steps = BalanceStep.objects.filter(from_day__lte=today).order_by("from_day")
    return {(one.subscription_id, one.module_id, one.resource_id): one.quantity for one in steps}


def _gauge(key: UsageKey, quantity: int, chance: random.Random) -> Usage:
    share = min(chance.betavariate(2, 3) * 1.1, 1.04)
    return Usage(
        subscription_id=key[0],
        module_id=key[1],
        resource_id=key[2],
        in_use=max(round(quantity * share), 1),
        measured_at=timezone.now() - datetime.timedelta(minutes=chance.randint(5, 600)),
    )


def _key(one: Usage) -> UsageKey:
    return one.subscription_id, one.module_id, one.resource_id


def _days(gauge: Usage, today: datetime.date, chance: random.Random) -> Iterator[DailyUsage]:
    """It grew to what it is, more on some days than on others."""
    began = chance.uniform(0.45, 0.9)
    for back in range(_REPORTED_FOR, 0, -_DAYS_BETWEEN):
        share = began + (1 - began) * (1 - back / _REPORTED_FOR) - chance.uniform(0, 0.06)
        last = max(round(gauge.in_use * share), 1)
        day = today - datetime.timedelta(days=back)
        yield _day(gauge, day, clock.start_of(day) + datetime.timedelta(hours=17), last)
    yield _day(gauge, timezone.localdate(gauge.measured_at), gauge.measured_at, gauge.in_use)


def _day(gauge: Usage, day: datetime.date, at: datetime.datetime, last: int) -> DailyUsage:
    subscription, module, resource = _key(gauge)
    return DailyUsage(
        subscription_id=subscription,
        module_id=module,
        resource_id=resource,
        day=day,
        last=last,
        last_at=at,
        peak=last,
    )
