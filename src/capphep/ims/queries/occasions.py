"""Occasions that somebody may know of."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import prefetch_related_objects

from capphep.crm.queries.sales import visible_opportunities
from capphep.entitlements.models import Occasion, Subscription
from capphep.entitlements.queries import visible_subscriptions
from capphep.entitlements.rules import Key
from capphep.platform.roles import Actor
from capphep.pure.errors import NotFound, gettext_noop


def occasion_of(actor: Actor, occasion_id: int) -> Occasion:
    """The occasion with its subscription. Raises NotFound where the actor may not know of it."""
    found = (
        Occasion.objects.filter(pk=occasion_id, subscription__in=visible_subscriptions(actor))
        .select_related("subscription__customer", "subscription__product", "module", "resource")
        .first()
    )
    if not found:
        raise NotFound("occasion_not_found", gettext_noop("There is no such occasion."))
    return found


def locked_thing(occasion: Occasion) -> Sequence[Occasion]:
    """All occasions of the same thing, locked: two clicks make one opportunity."""
    rows = Occasion.objects.filter(thing=occasion.thing)
    locked = list(rows.select_for_update().order_by("level"))
    # Read once the lock is held: a join would still hold what stood before somebody let go.
    prefetch_related_objects(locked, "opportunity")
    return locked


def newest_by_key(subscription: Subscription) -> dict[Key, Occasion]:
    """The newest occasion of each resource's usage. One statement."""
    rows = subscription.occasions.filter(ends_on__isnull=True).order_by("id")
    return {
        (one.module_id, one.resource_id): one for one in rows if one.module_id and one.resource_id
    }


def may_see_opportunity(actor: Actor, opportunity_id: int) -> bool:
    return visible_opportunities(actor).filter(pk=opportunity_id).exists()
