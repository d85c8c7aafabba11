"""Writing endpoints of webhooks, for administrators (R13)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.integration.actions.waking import wake_deliveries
from capphep.integration.endpoint_rules import check_url
from capphep.integration.endpoint_secrets import sealed
from capphep.integration.models import BodyFormat, Delivery, Endpoint
from capphep.integration.signatures import new_secret
from capphep.integration.states import ENDPOINT_STATUS
from capphep.integration.webhook_queries import endpoint_for_update
from capphep.platform import audit, feed, versions
from capphep.platform.event_types import TEST, TYPES
from capphep.platform.moves import move
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop

LONGEST_OVERLAP: Final = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class EndpointInput:
    """What an administrator decides about an endpoint; no ``types`` means all of them."""

    name: str
    url: str
    types: Sequence[str] = ()
    product: Product | None = None
    customer: Customer | None = None
    body_format: str = BodyFormat.STANDARD


@transaction.atomic
def create_endpoint(*, actor: Actor, typed: EndpointInput) -> tuple[Endpoint, str]:
    """Make an endpoint; returns it with its secret, which is never shown again.

    It gets what happens from now on. Raises Forbidden; Invalids ``name_missing``,
    ``url_invalid``, ``event_type_unknown``, ``format_unknown``.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    values = _checked(typed)
    feed.place()
    secret = new_secret()
    endpoint = Endpoint.objects.create(
        secret=sealed(secret),
        position=feed.last_position(),
        updated_by_id=actor.pk,
        **values,
    )
    audit.record(actor, [audit.Change(endpoint, "created", after=_plain(values))])
    return endpoint, secret


@transaction.atomic
def edit_endpoint(
    *, actor: Actor, endpoint_id: int, seen_version: int, typed: EndpointInput
) -> Endpoint:
    """Change an endpoint. What is on its way goes to the new address too.

    Raises Forbidden, NotFound; `versions.Stale`; Invalids as `create_endpoint`.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    endpoint = endpoint_for_update(actor, endpoint_id)
    if endpoint.version != seen_version:
        raise versions.Stale
    found = _checked(typed)
    values = {name: one for name, one in found.items() if getattr(endpoint, name) != one}
    if values:
        before, after = versions.write(endpoint, seen_version, values, actor)
        audit.record(actor, [audit.Change(endpoint, "edited", before, after)])
    return endpoint


@transaction.atomic
def rotate_secret(
    *, actor: Actor, endpoint_id: int, overlap: datetime.timedelta
) -> tuple[Endpoint, str]:
    """Give the endpoint a new secret; both sign until the overlap is over.

    Returns the endpoint with the new secret, which is never shown again. Raises Forbidden,
    NotFound; Invalid ``overlap_invalid``.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    endpoint = endpoint_for_update(actor, endpoint_id)
    if not datetime.timedelta() <= overlap <= LONGEST_OVERLAP:
        message = gettext_noop("The old secret goes on for 30 days at most.")
        raise Invalid("overlap_invalid", message, field="overlap")
    secret = new_secret()
    until = timezone.now() + overlap
    values = {
        "secret": sealed(secret),
        "old_secret": endpoint.secret if overlap else "",
        "old_secret_until": until if overlap else None,
    }
    versions.write(endpoint, endpoint.version, values, actor)
    told = {"until": until.isoformat()} if overlap else {}
    audit.record(actor, [audit.Change(endpoint, "secret_rotated", after=told)])
    return endpoint, secret


@transaction.atomic
def pause_endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """Deliver nothing until it is resumed; what is on its way waits.

    Raises Forbidden, NotFound; Conflict ``wrong_state``.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    endpoint = endpoint_for_update(actor, endpoint_id)
    _move(actor, endpoint, "pause", "endpoint_paused")
    return endpoint


@transaction.atomic
def resume_endpoint(*, actor: Actor, endpoint_id: int, with_missed: bool = True) -> Endpoint:
    """Deliver again: ``with_missed`` what happened meanwhile too, in its order.

    Raises Forbidden, NotFound; Conflict ``wrong_state``.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    endpoint = endpoint_for_update(actor, endpoint_id)
    values: dict[str, Any] = {"failing_since": None, "failures": 0, "rests_until": None}
    if not with_missed:
        feed.place()
        values["position"] = feed.last_position()
    _move(actor, endpoint, "resume", "endpoint_resumed", **values)
    wake_deliveries(endpoint.pk)
    return endpoint


@transaction.atomic
def send_test(*, actor: Actor, endpoint_id: int) -> Delivery:
    """Let the worker send a `webhook.test`, once, whatever the endpoint's status.

    Raises Forbidden, NotFound.
    """
    require(actor, Permission.INTEGRATION_WRITE)
    endpoint = endpoint_for_update(actor, endpoint_id)
    return Delivery.objects.create(endpoint=endpoint, order_key=TEST, next_at=timezone.now())


def _move(actor: Actor, endpoint: Endpoint, verb: str, told: str, **values: Any) -> None:
    stamp: dict[str, Any] = {"version": endpoint.version + 1, "updated_at": timezone.now()}
    before, after = move(endpoint, ENDPOINT_STATUS, verb, updated_by_id=actor.pk, **stamp, **values)
    audit.record(actor, [audit.Change(endpoint, told, {"status": before}, {"status": after})])


def _checked(typed: EndpointInput) -> dict[str, Any]:
    """The columns of a valid endpoint. Raises Invalids."""
    problems: list[Refusal] = []
    if not typed.name.strip():
        message = gettext_noop("Give the webhook a name.")
        problems.append(Invalid("name_missing", message, field="name"))
    try:
        check_url(typed.url.strip(), settings.WEBHOOK_HOSTS)
    except Invalid as refusal:
        problems.append(refusal)
    if not set(typed.types) <= TYPES.keys():
        message = gettext_noop("There is no such type of event.")
        problems.append(Invalid("event_type_unknown", message, field="types"))
    if typed.body_format not in BodyFormat.values:
        message = gettext_noop("There is no such format.")
        problems.append(Invalid("format_unknown", message, field="body_format"))
    if problems:
        raise Invalids(problems)
    return {
        "name": typed.name.strip(),
        "url": typed.url.strip(),
        "types": sorted(set(typed.types)),
        "product": typed.product,
        "customer": typed.customer,
        "body_format": typed.body_format,
    }


def _plain(values: dict[str, Any]) -> dict[str, object]:
    records = {name: str(values[name]) for name in ("product", "customer") if values[name]}
    return {**{name: one for name, one in values.items() if one}, **records}
