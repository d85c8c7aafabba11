"""Measurements written in one statement for many, each only where it is newer than what stands."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db import connection

from capphep.entitlements.models import Usage
from capphep.entitlements.usage_rules import DayMeasured, Measured, UsageKey

# Table and column names are our own. SQLite and PostgreSQL both know these statements, and
# compare moments as they are stored; a conflict locks the row even where it changes nothing.
_GAUGE: Final = """
INSERT INTO entitlements_usage (subscription_id, module_id, resource_id, in_use, measured_at)
VALUES {rows}
ON CONFLICT (subscription_id, module_id, resource_id) DO UPDATE
SET in_use = excluded.in_use, measured_at = excluded.measured_at
WHERE (excluded.measured_at, excluded.in_use)
    > (entitlements_usage.measured_at, entitlements_usage.in_use)
"""
_DAILY: Final = """
INSERT INTO entitlements_dailyusage AS known
    (subscription_id, module_id, resource_id, day, last, last_at, peak)
VALUES {rows}
ON CONFLICT (subscription_id, module_id, resource_id, day) DO UPDATE
SET last = CASE WHEN (excluded.last_at, excluded.last) > (known.last_at, known.last)
        THEN excluded.last ELSE known.last END,
    last_at = CASE WHEN excluded.last_at > known.last_at
        THEN excluded.last_at ELSE known.last_at END,
    peak = CASE WHEN excluded.peak > known.peak THEN excluded.peak ELSE known.peak END
WHERE (excluded.last_at, excluded.last) > (known.last_at, known.last)
    OR excluded.peak > known.peak
"""


def keep_newest(gauges: Mapping[UsageKey, Measured]) -> dict[UsageKey, Measured]:
    """Write those that are newer; returns what stands of each then. Two statements.

    Whoever writes the same at the same time waits until this transaction ends.
    """
    _execute(_GAUGE, [(*key, one.in_use, _moment(one.at)) for key, one in gauges.items()])
    subscriptions = {subscription for subscription, _module, _resource in gauges}
    rows = Usage.objects.filter(subscription__in=subscriptions).values_list(
        "subscription_id", "module_id", "resource_id", "measured_at", "in_use"
    )
    stand = {(row[0], row[1], row[2]): Measured(row[3], row[4]) for row in rows}
    return {key: stand[key] for key in gauges}


def keep_daily(days: Mapping[tuple[UsageKey, datetime.date], DayMeasured]) -> None:
    """Write the trend; what is known already changes nothing. One statement."""
    _execute(
        _DAILY,
        [
            (*key, _day(day), one.last.in_use, _moment(one.last.at), one.peak)
            for (key, day), one in days.items()
        ],
    )


def _execute(statement: str, rows: Sequence[Collection[Any]]) -> None:
    if not rows:
        return
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(rows=", ".join([marks] * len(rows))),
            [value for row in rows for value in row],
        )


def _moment(value: datetime.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _day(value: datetime.date) -> Any:
    return connection.ops.adapt_datefield_value(value)
