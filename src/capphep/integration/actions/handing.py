"""Events handed over to the endpoints that want them, once each, in their order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils import timezone

from capphep.crm.queries.former import codes_ever
from capphep.integration.models import Delivery, Endpoint
from capphep.integration.states import EndpointStatus
from capphep.integration.webhook_queries import behind
from capphep.platform import feed, rows
from capphep.platform.models import OutboxEvent

BATCH: Final = 500


def hand_over() -> int:
    """Make deliveries of what was committed since; returns how many events were looked at.

    Of two workers at the same time the second finds nothing left.
    """
    if not Endpoint.objects.filter(status=EndpointStatus.ACTIVE).exists():
        return 0
    feed.place()
    last = feed.last_position()
    looked_at = 0
    for endpoint_id in list(behind(last).values_list("pk", flat=True)):
        while handed := _hand_some(endpoint_id, last):
            looked_at += handed
    return looked_at


@transaction.atomic
def _hand_some(endpoint_id: int, last: int) -> int:
    """The deliveries and how far the endpoint has come are one transaction."""
    locked = behind(last).select_for_update(of=("self",), no_key=True)
    endpoint = locked.select_related("product").filter(pk=endpoint_id).first()
    if endpoint is None:
        return 0
    events = feed.after(endpoint.position, limit=BATCH)
    codes = codes_of(endpoint)
    wanted = [event for event in events if wants(endpoint, event, codes)]
    rows.insert(delivery_of(endpoint, event) for event in wanted)
    Endpoint.objects.filter(pk=endpoint.pk).update(position=events[-1].position)
    return len(events)


def codes_of(endpoint: Endpoint) -> Collection[str]:
    """RULE D3: the codes under which the endpoint's customer is told of; none for all."""
    return codes_ever(endpoint.customer_id) if endpoint.customer_id else ()


def wants(endpoint: Endpoint, event: OutboxEvent, codes: Collection[str]) -> bool:
    """Whether the endpoint was set up for events such as this one; ``codes`` as `codes_of`."""
    if endpoint.types and event.type not in endpoint.types:
        return False
    if endpoint.customer_id and event.customer not in codes:
        return False
    return not endpoint.product or event.product == endpoint.product.code


def delivery_of(endpoint: Endpoint, event: OutboxEvent) -> Delivery:
    """A delivery of the event that is due at once; not saved."""
    assert event.position is not None
    return Delivery(
        endpoint=endpoint,
        event=event,
        position=event.position,
        order_key=event.customer or event.subject,
        next_at=timezone.now(),
    )
