"""Subscriptions that somebody may see, with what they hold."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from capphep.catalog.models import Module, Resource
from capphep.crm.queries.customers import visible_customers
from capphep.entitlements import rules
from capphep.entitlements.models import Grant, Subscription
from capphep.entitlements.queries.grants import span_of
from capphep.platform.roles import Actor, sees_all
from capphep.pure.errors import NotFound, gettext_noop


@dataclass(frozen=True, slots=True)
class EntitlementLine:
    """One resource of a module: what is in force on the day, and the grants behind it."""

    module: Module
    resource: Resource
    quantity: int
    grants: Sequence[Grant]


def visible_subscriptions(actor: Actor) -> QuerySet[Subscription]:
    """The subscriptions of the customers that the actor may see."""
    rows = Subscription.objects.select_related("customer", "product")
    return rows if sees_all(actor) else rows.filter(customer__in=visible_customers(actor))


def subscription_of(actor: Actor, subscription_id: int) -> Subscription:
    """Raises NotFound for one that does not exist or that the actor may not see."""
    found = visible_subscriptions(actor).filter(pk=subscription_id).first()
    if not found:
        raise NotFound("subscription_not_found", gettext_noop("There is no such subscription."))
    return found


def entitlement_lines(subscription: Subscription, day: datetime.date) -> list[EntitlementLine]:
    """Every resource that was ever granted, with all its grants, newest first. One statement."""
    grants = subscription.grants.select_related("module", "resource").order_by(
        "module__position", "module_id", "resource__name", "-id"
    )
    by_key: dict[rules.Key, list[Grant]] = defaultdict(list)
    for grant in grants:
        by_key[grant.module_id, grant.resource_id].append(grant)
    totals = rules.in_force([span_of(grant) for grant in grants], day)
    return [
        EntitlementLine(found[0].module, found[0].resource, totals.get(key, 0), found)
        for key, found in by_key.items()
    ]
