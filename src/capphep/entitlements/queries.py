"""Reads of the ledger."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer
from capphep.crm.queries.customers import visible_customers
from capphep.entitlements import rules
from capphep.entitlements.models import BalanceStep, Grant, Subscription
from capphep.platform.roles import Actor, sees_all
from capphep.pure.errors import NotFound, gettext_noop


@dataclass(frozen=True, slots=True)
class EntitlementLine:
    """One resource of a module: what is in force on the day, and the grants behind it."""

    module: Module
    resource: Resource
    quantity: int
    grants: Sequence[Grant]


def span_of(grant: Grant) -> rules.Span:
    return rules.Span(
        key=(grant.module_id, grant.resource_id),
        quantity=grant.quantity,
        first_day=grant.first_day,
        last_day=grant.last_day,
        request_no=grant.request_no,
    )


def bases(customer_id: int, product_id: int, day: datetime.date) -> dict[rules.Key, rules.Base]:
    """RULE R1: what the customer has of each resource on the day. One statement."""
    grants = Grant.objects.filter(
        subscription__customer_id=customer_id, subscription__product_id=product_id
    ).order_by("id")
    return rules.bases([span_of(grant) for grant in grants], day)


def quantity_in_force(
    customer: Customer, product: Product, module: Module, resource: Resource, day: datetime.date
) -> int:
    """What the customer may use on the day: one indexed row."""
    step = (
        BalanceStep.objects.filter(
            subscription__customer=customer,
            subscription__product=product,
            module=module,
            resource=resource,
            from_day__lte=day,
        )
        .order_by("-from_day")
        .first()
    )
    return step.quantity if step else 0


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


def ledger_differences() -> Iterator[str]:
    """Sentences that name each subscription whose stored balances differ from its grants (R2)."""
    for subscription in Subscription.objects.order_by("id").iterator(chunk_size=500):
        spans = [span_of(grant) for grant in subscription.grants.all()]
        expected = {
            (key, step.from_day, step.quantity)
            for key, found in rules.steps(spans).items()
            for step in found
        }
        stored = {
            ((step.module_id, step.resource_id), step.from_day, step.quantity)
            for step in subscription.steps.all()
        }
        if expected != stored:
            yield f"{subscription}: {len(expected ^ stored)} steps differ from the grants"
