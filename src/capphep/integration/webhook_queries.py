"""Reads of webhooks: endpoints, and what is on its way to them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from capphep.integration.models import Delivery, Endpoint
from capphep.integration.states import EndpointStatus
from capphep.platform import leases
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import NotFound, gettext_noop


def visible_endpoints(actor: Actor) -> QuerySet[Endpoint]:
    """All of them, for administrators. Raises Forbidden."""
    require(actor, Permission.INTEGRATION_WRITE)
    return Endpoint.objects.select_related("product", "customer")


def endpoint_of(actor: Actor, endpoint_id: int) -> Endpoint:
    """Raises Forbidden, NotFound."""
    return _endpoint(visible_endpoints(actor), endpoint_id)


def endpoint_for_update(actor: Actor, endpoint_id: int) -> Endpoint:
    """The same, locked until the transaction ends. Raises Forbidden, NotFound."""
    return _endpoint(visible_endpoints(actor).select_for_update(of=("self",)), endpoint_id)


def _endpoint(rows: QuerySet[Endpoint], endpoint_id: int) -> Endpoint:
    found = rows.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound("endpoint_not_found", gettext_noop("There is no such webhook."))
    return found


def visible_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """The log, for administrators. Raises Forbidden."""
    require(actor, Permission.INTEGRATION_WRITE)
    return Delivery.objects.select_related("endpoint", "event")


def delivery_of(actor: Actor, delivery_id: int) -> Delivery:
    """Raises Forbidden, NotFound."""
    return _delivery(visible_deliveries(actor), delivery_id)


def delivery_for_update(actor: Actor, delivery_id: int) -> Delivery:
    """The same, locked until the transaction ends. Raises Forbidden, NotFound."""
    return _delivery(visible_deliveries(actor).select_for_update(of=("self",)), delivery_id)


def _delivery(rows: QuerySet[Delivery], delivery_id: int) -> Delivery:
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise NotFound("delivery_not_found", gettext_noop("There is no such delivery."))
    return found


def searched(deliveries: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
    """By the number of the record, the budget code or the id of the event, from the beginning."""
    word = text.strip()
    return deliveries.filter(
        Q(event__subject__istartswith=word)
        | Q(order_key__istartswith=word)
        | Q(event__public_id=word)
    )


# --- what is to be done -------------------------------------------------------------------------


def behind(last_position: int) -> QuerySet[Endpoint]:
    """Active endpoints that were not handed every event yet."""
    return Endpoint.objects.filter(status=EndpointStatus.ACTIVE, position__lt=last_position)


def endpoints_with_work() -> QuerySet[Endpoint]:
    """Those to which something is due: a test, or to active ones that have no rest, anything.

    In any order, so that none always comes first.
    """
    due = leases.due(Delivery.objects.filter(endpoint=OuterRef("pk")))
    tests = due.filter(event=None)
    return Endpoint.objects.filter((_is_awake() & Exists(due)) | Exists(tests)).order_by("?")


def ready(endpoint_id: int) -> QuerySet[Delivery]:
    """What may be sent to the endpoint: of each customer only the first that is on its way.

    A test even where the endpoint is paused or has a rest."""
    before = Delivery.objects.filter(
        endpoint=OuterRef("endpoint"),
        order_key=OuterRef("order_key"),
        next_at__isnull=False,
        position__lt=OuterRef("position"),
    )
    awake = Endpoint.objects.filter(_is_awake(), pk=OuterRef("endpoint"))
    is_test = Q(event=None)
    rows = Delivery.objects.filter(is_test | Exists(awake), ~Exists(before), endpoint=endpoint_id)
    return rows.order_by("position", "pk")


def _is_awake() -> Q:
    rested = Q(rests_until=None) | Q(rests_until__lte=timezone.now())
    return rested & Q(status=EndpointStatus.ACTIVE)
