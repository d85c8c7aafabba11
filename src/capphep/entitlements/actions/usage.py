"""What the products report to be in use (R16)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db import transaction
from django.utils import timezone

from capphep.entitlements import options, usage_rules
from capphep.entitlements.actions.occasions import note_thresholds
from capphep.entitlements.actions.usage_rows import keep_daily, keep_newest
from capphep.entitlements.models import DailyUsage
from capphep.entitlements.queries.gauges import EVERYTHING, ReportedRow, Within, gauges_of
from capphep.entitlements.usage_rules import Measured, UsageKey
from capphep.platform import clock
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, Refusal, gettext_noop

MOST_ROWS: Final = 10_000
_BATCH: Final = 500

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row: refused, or kept; ``is_current`` where it is what is in use now.

    A row that came late is kept for the trend alone.
    """

    refusal: Refusal | None = None
    is_current: bool = False


def report_usage(
    *, actor: Actor, rows: Sequence[ReportedRow], within: Within = EVERYTHING
) -> list[RowOutcome]:
    """RULE R16: keep what the product measured; returns what became of each row, in their order.

    Rows that cannot be taken are refused one by one, the others are kept. A measurement that is
    not newer than what is known changes nothing but the trend of its day, the same report
    again nothing at all. ``within`` bounds what the caller may report of; anything else is unknown
    to it. Measurements are no decisions: they are not in the audit trail. One transaction, a
    constant number of statements for 500 gauges.
    Raises Forbidden; Invalid too_many_rows.
    """
    require(actor, Permission.USAGE_WRITE)
    if len(rows) > MOST_ROWS:
        raise Invalid(
            "too_many_rows",
            gettext_noop("A report holds at most %(most)s rows."),
            params={"most": MOST_ROWS},
        )
    read = _read(rows, within)
    taken = [
        (key, _measured(row))
        for row, key in zip(rows, read, strict=True)
        if not isinstance(key, Refusal)
    ]
    with transaction.atomic():
        stand = _keep(taken)
    return [
        RowOutcome(refusal=key)
        if isinstance(key, Refusal)
        else RowOutcome(is_current=stand[key] == _measured(row))
        for row, key in zip(rows, read, strict=True)
    ]


def _measured(row: ReportedRow) -> Measured:
    return Measured(row.measured_at, row.in_use)


def _read(rows: Sequence[ReportedRow], within: Within) -> list[UsageKey | Refusal]:
    """The gauge of each row, or why it cannot be taken."""
    now = timezone.now()
    found: list[UsageKey | Refusal] = []
    for row, key in zip(rows, gauges_of(rows, within), strict=True):
        try:
            usage_rules.check_measured(_measured(row), now)
            found.append(key)
        except Refusal as refused:
            found.append(refused)
    return found


def _keep(taken: Sequence[tuple[UsageKey, Measured]]) -> dict[UsageKey, Measured]:
    """Write all of it; what stands of each gauge then."""
    stand: dict[UsageKey, Measured] = {}
    # In one order everywhere: two reports that wait for each other's rows would block.
    newest = dict(sorted(usage_rules.newest(taken).items()))
    for gauges in _batches(newest):
        now_stand = keep_newest(gauges)
        note_thresholds(
            {key: one.in_use for key, one in now_stand.items() if one == gauges[key]},
            day=clock.today(),
        )
        stand |= now_stand
    days = usage_rules.by_day(taken, timezone.get_default_timezone())
    oldest = oldest_day(clock.today())
    kept = {place: one for place, one in days.items() if place[1] >= oldest}
    for batch in _batches(dict(sorted(kept.items(), key=lambda each: each[0]))):
        keep_daily(batch)
    return stand


def _batches(rows: Mapping[K, V]) -> Iterator[dict[K, V]]:
    items = list(rows.items())
    for start in range(0, len(items), _BATCH):
        yield dict(items[start : start + _BATCH])


def oldest_day(today: datetime.date) -> datetime.date:
    """The first local day whose usage is still kept (setting)."""
    days: int = options.USAGE_HISTORY_DAYS.value()
    return today - datetime.timedelta(days=days) if days else datetime.date.min


def forget_old_usage(*, day: datetime.date) -> int:
    """Remove the daily usage that is older than the setting, seen from the day; how much."""
    removed, _by_model = DailyUsage.objects.filter(day__lt=oldest_day(day)).delete()
    return removed
