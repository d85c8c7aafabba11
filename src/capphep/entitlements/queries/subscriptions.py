"""Subscriptions that somebody may see, with what they hold."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from capphep.catalog.models import Module, Resource
from capphep.crm.queries.customers import visible_customers
from capphep.entitlements import rules
from capphep.entitlements.models import GrantKind, Subscription
from capphep.entitlements.queries.grants import Addition, additions_of
from capphep.platform.roles import Actor, sees_all
from capphep.pure.errors import NotFound, gettext_noop

_END: Final[Mapping[str | None, rules.Why]] = {
    None: "lapses",
    GrantKind.WITHDRAWAL: "withdrawal",
    GrantKind.TRIAL_END: "trial_end",
    GrantKind.MOVED_OUT: "moved",
    GrantKind.TRIAL_OUT: "moved",
}


@dataclass(frozen=True, slots=True)
class EntitlementLine:
    """One resource of a module: how much is in force on any day, and why.

    ``additions`` are all its grants, newest first; ``turns`` all days on which they begin
    or end, past and to come.
    """

    module: Module
    resource: Resource
    additions: Sequence[Addition]
    turns: Sequence[rules.Turn]

    def quantity(self, day: datetime.date) -> int:
        return rules.quantity_on(self.turns, day)


def visible_subscriptions(actor: Actor) -> QuerySet[Subscription]:
    """The subscriptions of the customers that the actor may see."""
    rows = Subscription.objects.select_related("customer", "product")
    return rows if sees_all(actor) else rows.filter(customer__in=visible_customers(actor))


def subscription_of(actor: Actor, subscription_id: int) -> Subscription:
    """Raises NotFound for one that does not exist or that the actor may not see."""
    found = visible_subscriptions(actor).filter(pk=subscription_id).first()
    if not found:
        raise subscription_not_found()
    return found


def subscription_not_found() -> NotFound:
    return NotFound("subscription_not_found", gettext_noop("There is no such subscription."))


def entitlement_lines(subscription: Subscription) -> list[EntitlementLine]:
    """Every resource that was ever granted, explained. One statement."""
    grants = subscription.grants.select_related("module", "resource").order_by(
        "module__position", "module_id", "resource__name", "id"
    )
    by_key: dict[rules.Key, list[Addition]] = defaultdict(list)
    for addition in additions_of(grants):
        by_key[addition.grant.module_id, addition.grant.resource_id].append(addition)
    return [
        EntitlementLine(
            module=found[0].grant.module,
            resource=found[0].grant.resource,
            additions=found[::-1],
            turns=rules.turns(_stays(found)).get(key, []),
        )
        for key, found in by_key.items()
    ]


def _stays(additions: Iterable[Addition]) -> Iterator[rules.Stay]:
    for addition in additions:
        grant, ended_by = addition.grant, addition.ended_by
        if addition.left:
            yield rules.Stay(
                key=(grant.module_id, grant.resource_id),
                grant_id=grant.pk,
                quantity=grant.quantity,
                days=addition.left,
                ends=_END[ended_by.kind if ended_by else None],
            )
