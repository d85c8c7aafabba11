"""Reads of the ledger."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer
from capphep.crm.queries.customers import visible_customers
from capphep.entitlements import rules
from capphep.entitlements.models import (
    ADDITIONS,
    OPPOSITES,
    TRIALS,
    BalanceStep,
    Grant,
    Subscription,
)
from capphep.platform.roles import Actor, sees_all
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.months import Term


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
        is_trial=grant.kind in TRIALS,
    )


def spans_of(customer_id: int, product_id: int) -> list[rules.Span]:
    """All that the customer was ever granted of the product, in that order. One statement."""
    grants = Grant.objects.filter(
        subscription__customer_id=customer_id, subscription__product_id=product_id
    ).order_by("id")
    return [span_of(grant) for grant in grants]


def bases(customer_id: int, product_id: int, day: datetime.date) -> dict[rules.Key, rules.Base]:
    """RULE R1: what the customer has of each resource on the day. One statement."""
    return rules.bases(spans_of(customer_id, product_id), day)


def running_until(
    customer_id: int, product_id: int, day: datetime.date
) -> dict[int, datetime.date]:
    """RULE R9: until when each module runs without a gap, by module id. One statement."""
    return rules.running_until(spans_of(customer_id, product_id), day)


def rests(
    grants: Iterable[Grant], from_day: datetime.date | None = None
) -> Iterator[tuple[Grant, Term]]:
    """RULE R2: each addition of which days are left, all or those from a day on, with them.

    ``grants`` hold with each addition whatever took it back.
    """
    granted = list(grants)
    taken_from: dict[tuple[str, int, str], datetime.date] = {}
    for grant in granted:
        key = (grant.source, grant.resource_id, grant.kind)
        taken_from[key] = min(grant.first_day, taken_from.get(key, grant.first_day))
    for grant in granted:
        if grant.kind in ADDITIONS:
            opposite = OPPOSITES.get(grant.kind, "")
            taken = taken_from.get((grant.source, grant.resource_id, opposite))
            left = rules.rest(Term(grant.first_day, grant.last_day), taken, from_day)
            if left:
                yield grant, left


def opposites(grants: Iterable[Grant], from_day: datetime.date, day: datetime.date) -> list[Grant]:
    """RULE R2: what takes back, from a day on, all that is left of the grants; not saved.

    ``day`` is the local day of the decision. What was in force before capphep stays.
    """
    return [
        Grant(
            subscription_id=grant.subscription_id,
            kind=OPPOSITES[grant.kind],
            request_no=grant.request_no,
            module_id=grant.module_id,
            resource_id=grant.resource_id,
            quantity=-grant.quantity,
            first_day=left.first,
            last_day=left.last,
            source=grant.source,
            granted_on=day,
        )
        for grant, left in rests(grants, from_day)
        if grant.kind in OPPOSITES
    ]


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


@dataclass(frozen=True, slots=True)
class Shortfall:
    """More of a resource in use than a withdrawal would leave at its lowest, from that day."""

    module: Module
    resource: Resource
    in_use: int
    remaining: int
    remaining_from: datetime.date


def shortfalls(
    subscription: Subscription, request_no: str, from_day: datetime.date
) -> list[Shortfall]:
    """What the product reports in use beyond what taking this request back would leave.

    From the day on, by the position of the module. Two statements.
    """
    grants = list(subscription.grants.order_by("id"))
    of_request = [grant for grant in grants if grant.request_no == request_no]
    taken = [span_of(one) for one in opposites(of_request, from_day, from_day)]
    lowest = rules.lowest_after([span_of(grant) for grant in grants], taken)
    reported = subscription.usage.select_related("module", "resource")
    return [
        Shortfall(usage.module, usage.resource, usage.in_use, left.quantity, left.from_day)
        for usage in reported.order_by("module__position", "module_id", "resource__name")
        if (left := lowest.get((usage.module_id, usage.resource_id)))
        and usage.in_use > left.quantity
    ]


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
