"""What is in use of what is in force, and how it came to that (R16)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.catalog.models import Module, Resource
from capphep.entitlements import options
from capphep.entitlements.models import DailyUsage, Occasion, Subscription
from capphep.entitlements.queries import Gauge, gauges_of_subscription
from capphep.entitlements.rules import Turn, quantity_on
from capphep.ims.queries.holdings import HeldModule
from capphep.ims.queries.occasions import newest_by_key
from capphep.ims.views.charts import Scale
from capphep.platform.kit import MenuItem, Status
from capphep.platform.roles import Actor
from capphep.provisioning.renewals import may_renew

DAYS: Final = 90
_FULL: Final = 100
_ONE_DAY = datetime.timedelta(days=1)
_ENOUGH = Status(gettext_lazy("Enough left"), "good")
_NEARLY = Status(gettext_lazy("Nearly used up"), "waiting")
_USED_UP = Status(gettext_lazy("Used up"), "bad")
_OVER = Status(gettext_lazy("Over what is in force"), "bad")
_NOTHING = Status(gettext_lazy("Nothing in force"), "bad")


@dataclass(frozen=True, slots=True)
class Trend:
    """The days on which something was measured, drawn beside what was in force on them.

    Coordinates are texts: no language may write them with its own comma.
    """

    line: str
    dots: Sequence[tuple[str, str]]
    limit: str
    first: datetime.date
    last: datetime.date
    top: int
    days: Sequence[DailyUsage]


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One resource; ``gauge`` is None where the product has not reported it yet."""

    module: Module
    resource: Resource
    in_force: int
    gauge: Gauge | None = None
    status: Status | None = None
    act: MenuItem | None = None
    trend: Trend | None = None


def usage_rows(
    actor: Actor, record: Subscription, modules: Sequence[HeldModule], today: datetime.date
) -> list[UsageRow]:
    """Each resource that is in force today or was measured ever, in the order of the modules.

    One statement where nothing was measured, else four.
    """
    gauges = gauges_of_subscription(record, today, DAYS)
    measured = {(one.module.pk, one.resource.pk): one for one in gauges}
    held = {(m.module.pk, one.resource.pk): (m, one) for m in modules for one in m.resources}
    sells = bool(gauges) and may_renew(actor, record.customer)
    occasions = newest_by_key(record) if sells else {}
    rows = [
        _row(measured[key], one.turns, occasions.get(key), today)
        if key in measured
        else UsageRow(module.module, one.resource, one.quantity)
        for key, (module, one) in held.items()
        if key in measured or one.quantity
    ]
    # What was never granted and is in use all the same.
    more = [_row(one, (), None, today) for key, one in measured.items() if key not in held]
    return [*rows, *more]


def _row(
    gauge: Gauge, turns: Sequence[Turn], occasion: Occasion | None, today: datetime.date
) -> UsageRow:
    status = _status(gauge)
    return UsageRow(
        module=gauge.module,
        resource=gauge.resource,
        in_force=gauge.in_force,
        gauge=gauge,
        status=status,
        act=_act(occasion) if occasion and status not in (_ENOUGH, _NOTHING) else None,
        trend=_trend(gauge.days, turns, today),
    )


def _status(gauge: Gauge) -> Status:
    percent = gauge.percent
    if percent is None:
        return _NOTHING
    if percent >= _FULL:
        return _OVER if gauge.in_use > gauge.in_force else _USED_UP
    return _NEARLY if percent >= min(options.USAGE_PERCENTS.value(), default=_FULL) else _ENOUGH


def _act(occasion: Occasion) -> MenuItem:
    url = reverse("ims:occasion_opportunity", args=[occasion.pk])
    label = _("Open the opportunity") if occasion.opportunity_id else _("Create an opportunity")
    return MenuItem(label, url, "post", icon="target")


def _trend(days: Sequence[DailyUsage], turns: Sequence[Turn], today: datetime.date) -> Trend | None:
    if not days:
        return None
    first = min(days[0].day, today - _ONE_DAY)
    limits = _limits(turns, first, today)
    top = max([one.peak for one in days] + [quantity for _day, quantity in limits])
    scale = Scale(first, today, top)
    points = [(f"{scale.x(one.day):.1f}", f"{scale.y(one.last):.1f}") for one in days]
    return Trend(
        line="M" + " L".join(f"{x} {y}" for x, y in points),
        # A line of one point would not be seen.
        dots=points if len(points) == 1 else points[-1:],
        limit=_steps(limits, scale),
        first=first,
        last=today,
        top=top,
        days=days[::-1],
    )


def _limits(
    turns: Sequence[Turn], first: datetime.date, last: datetime.date
) -> list[tuple[datetime.date, int]]:
    """What was in force on the first day, and on each on which it changed, until the last."""
    days = [first, *(turn.from_day for turn in turns if first < turn.from_day <= last)]
    return [(day, quantity_on(turns, day)) for day in days]


def _steps(limits: Sequence[tuple[datetime.date, int]], scale: Scale) -> str:
    start = f"M{scale.x(scale.first):.1f} {scale.y(limits[0][1]):.1f}"
    steps = [f"H{scale.x(day):.1f} V{scale.y(quantity):.1f}" for day, quantity in limits[1:]]
    return " ".join([start, *steps, f"H{scale.x(scale.last):.1f}"])
