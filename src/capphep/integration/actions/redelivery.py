"""Delivering again what was delivered, given up, or never handed over."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from capphep.integration.actions.handing import codes_of, delivery_of, wants
from capphep.integration.models import Delivery, Endpoint
from capphep.integration.states import DELIVERY_STATUS, DeliveryStatus
from capphep.integration.webhook_queries import delivery_for_update, endpoint_for_update
from capphep.platform import audit, rows
from capphep.platform.models import OutboxEvent
from capphep.platform.moves import move
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, gettext_noop

MOST = 10_000
_BATCH = 500


@transaction.atomic
def redeliver(*, actor: Actor, delivery_id: int) -> Delivery:
    """Send it again, with the same id, as often as the first time.

    Raises Forbidden, NotFound; Conflict ``wrong_state`` while it is on its way.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    delivery = delivery_for_update(actor, delivery_id)
    _send_again(delivery)
    told = {"event": str(delivery.event or delivery.pk)}
    audit.record(actor, [audit.Change(delivery.endpoint, "redelivered", after=told)])
    return delivery


@transaction.atomic
def redeliver_range(
    *,
    actor: Actor,
    endpoint_id: int,
    since: datetime.datetime,
    until: datetime.datetime,
    only_missing: bool = True,
) -> int:
    """Deliver what happened from ``since`` up to, not including, ``until``; returns how much.

    ``only_missing`` leaves out what was delivered. Of what the endpoint was not set up for
    at that time it gets what it is set up for now. Raises Forbidden, NotFound; Invalid
    ``range_invalid``, ``range_too_long``.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    endpoint = endpoint_for_update(actor, endpoint_id)
    if until <= since:
        message = gettext_noop("The end comes after the beginning.")
        raise Invalid("range_invalid", message, field="until")
    count = sum(_again(endpoint, batch, only_missing) for batch in _wanted(endpoint, since, until))
    told = {"since": since.isoformat(), "until": until.isoformat(), "count": count}
    audit.record(actor, [audit.Change(endpoint, "range_redelivered", after=told)])
    return count


def _wanted(
    endpoint: Endpoint, since: datetime.datetime, until: datetime.datetime
) -> Iterator[list[OutboxEvent]]:
    """What the endpoint is set up for and was handed over already: the rest comes anyway."""
    events = OutboxEvent.objects.filter(
        at__gte=since, at__lt=until, position__lte=endpoint.position
    )
    if endpoint.types:
        events = events.filter(type__in=endpoint.types)
    codes, newest = codes_of(endpoint), events.order_by("position")[: MOST + 1]
    found = [event for event in newest if wants(endpoint, event, codes)]
    if len(found) > MOST:
        message = gettext_noop("These are more than 10,000 events: choose a shorter time.")
        raise Invalid("range_too_long", message, field="until")
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]


def _again(endpoint: Endpoint, events: list[OutboxEvent], only_missing: bool) -> int:
    known = Delivery.objects.select_for_update().filter(endpoint=endpoint, event__in=events)
    by_event = {delivery.event_id: delivery for delivery in known.order_by("pk")}
    new = rows.insert(delivery_of(endpoint, one) for one in events if one.pk not in by_event)
    left_out = {DeliveryStatus.WAITING}
    if only_missing:
        left_out.add(DeliveryStatus.DELIVERED)
    again = [one for one in by_event.values() if one.status not in left_out]
    for delivery in again:
        _send_again(delivery)
    return len(new) + len(again)


def _send_again(delivery: Delivery) -> None:
    move(
        delivery,
        DELIVERY_STATUS,
        "redeliver",
        next_at=timezone.now(),
        tries_before=delivery.attempts,
        ended_at=None,
    )
