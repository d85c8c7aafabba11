"""The events in the order of their commits, without gaps (docs/decisions/0010-events.md).

Keys are given when a row is written, and a transaction that wrote early may commit late: whoever
had read beyond its key would never see its events. So an event gets its position only after
its commit, by whoever looks first, one at a time.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from capphep.platform import rows
from capphep.platform.models import NumberSeries, OutboxEvent

SERIES: Final = "events"
BATCH: Final = 1000

_PLACE = """
    UPDATE platform_outboxevent SET position = %s + placed.number
    FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS number
        FROM (
            SELECT id FROM platform_outboxevent WHERE position IS NULL ORDER BY id LIMIT %s
        ) AS next
    ) AS placed
    WHERE platform_outboxevent.id = placed.id
"""


def place() -> int:
    """Give each committed event that has none its position; returns how many.

    One statement where there is none.
    """
    placed = 0
    while OutboxEvent.objects.filter(position=None).exists():
        placed += _place_some()
    return placed


def after(
    position: int,
    *,
    types: Sequence[str] = (),
    customers: Sequence[str] = (),
    product: str = "",
    limit: int = BATCH,
) -> list[OutboxEvent]:
    """The next events behind a position, 0 for the first: of some types, of whom they concern.

    Whatever commits later has a higher position than all that was ever returned.
    """
    found = OutboxEvent.objects.filter(position__gt=position).order_by("position")
    if types:
        found = found.filter(type__in=types)
    if customers:
        found = found.filter(customer__in=customers)
    if product:
        found = found.filter(product=product)
    return list(found[:limit])


def last_position() -> int:
    """That of the newest event that has one; 0 before the first."""
    found = OutboxEvent.objects.exclude(position=None).order_by("-position")
    return found.values_list("position", flat=True).first() or 0


def body(event: OutboxEvent) -> dict[str, object]:
    """The event as the world reads it: as Standard Webhooks and as CloudEvents 1.0.2 have it.

    ``timestamp`` and ``time`` are the same moment, in UTC.
    """
    moment = moment_text(event.at)
    return {
        "type": event.type,
        "timestamp": moment,
        "specversion": "1.0",
        "id": event.public_id,
        "source": settings.PUBLIC_URL,
        "subject": event.subject,
        "time": moment,
        "datacontenttype": "application/json",
        "data": event.payload,
    }


def moment_text(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


@transaction.atomic
def _place_some() -> int:
    """The lock is held to the commit: whoever comes next counts on from there."""
    rows.insert_new(NumberSeries(series=SERIES, last=0))
    last = NumberSeries.objects.select_for_update().get(series=SERIES).last
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [last, BATCH])
        count: int = cursor.rowcount
    NumberSeries.objects.filter(series=SERIES).update(last=last + count)
    return count
