"""Writes to the ledger: appending grants, deriving balances, issuing licences.

These run inside the transaction of the action that decided (an approval, an import),
which has checked the permission and records the returned changes in the audit trail.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from capphep.catalog.models import Product
from capphep.crm.actions.ownership import note_ownership
from capphep.crm.models import Customer
from capphep.entitlements import rules
from capphep.entitlements.models import BalanceStep, Grant, GrantKind, Licence, Subscription
from capphep.entitlements.queries import span_of
from capphep.platform import audit, numbers
from capphep.platform.roles import Actor, Permission, require

_BATCH = 500


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What one request line adds of one resource; days are local, both included."""

    module_id: int
    resource_id: int
    quantity: int
    months: int
    first_day: datetime.date
    last_day: datetime.date
    source: str


@dataclass(frozen=True, slots=True)
class OpeningGrant:
    """A resource that was in force before capphep, with the request that granted it then."""

    customer_id: int
    product_id: int
    module_id: int
    resource_id: int
    quantity: int
    first_day: datetime.date
    last_day: datetime.date
    request_no: str
    source: str


def lock_subscription(customer: Customer, product: Product) -> Subscription:
    """The customer's subscription, made where there is none, locked until the commit.

    Whoever holds it is alone in changing what this customer has of the product (R3).
    """
    rows = Subscription.objects.select_for_update().filter(customer=customer, product=product)
    found = rows.first()
    if not found:
        new = Subscription(customer=customer, product=product)
        Subscription.objects.bulk_create([new], ignore_conflicts=True)
        found = rows.get()
    # The caller has both at hand; without this they would be read again.
    found.customer, found.product = customer, product
    return found


def append_grants(
    *, subscription: Subscription, request_no: str, grants: Sequence[NewGrant]
) -> audit.Change:
    """RULE R2, R4: append what an approved request grants; the ledger refuses a second time.

    The caller holds the subscription's lock. Raises IntegrityError where a grant of
    the same source and resource exists.
    """
    Grant.objects.bulk_create(
        Grant(
            subscription=subscription,
            kind=GrantKind.APPROVAL,
            request_no=request_no,
            module_id=grant.module_id,
            resource_id=grant.resource_id,
            quantity=grant.quantity,
            months=grant.months,
            first_day=grant.first_day,
            last_day=grant.last_day,
            source=grant.source,
        )
        for grant in grants
    )
    _next_version([subscription])
    rebuild_balances([subscription])
    return audit.Change(
        subscription,
        "granted",
        after={
            "request_no": request_no,
            "version": subscription.version,
            "grants": [f"{grant.source}: +{grant.quantity}" for grant in grants],
        },
    )


@transaction.atomic
def open_grants(*, actor: Actor, grants: Sequence[OpeningGrant]) -> None:
    """Enter what was in force before capphep began, so that R1 has a base.

    The old request numbers are kept from being given again (R14).
    """
    require(actor, Permission.CUSTOMER_WRITE)
    owners = {(grant.customer_id, grant.product_id) for grant in grants}
    subscriptions = _subscriptions(owners)
    Grant.objects.bulk_create(
        (_opening(subscriptions[grant.customer_id, grant.product_id], grant) for grant in grants),
        batch_size=_BATCH,
    )
    numbers.reserve(grant.request_no for grant in grants)
    _next_version(subscriptions.values())
    rebuild_balances(subscriptions.values())
    audit.record(actor, _opened(subscriptions, grants))


def rebuild_balances(subscriptions: Collection[Subscription]) -> None:
    """RULE R2: derive the stored balances and the CRM's ownership from the grants alone."""
    spans: dict[int, list[rules.Span]] = defaultdict(list)
    for grant in Grant.objects.filter(subscription__in=subscriptions).order_by("id"):
        spans[grant.subscription_id].append(span_of(grant))
    steps = {found.pk: rules.steps(spans[found.pk]) for found in subscriptions}
    BalanceStep.objects.filter(subscription__in=subscriptions).delete()
    BalanceStep.objects.bulk_create(
        (
            BalanceStep(
                subscription_id=subscription_id,
                module_id=module_id,
                resource_id=resource_id,
                from_day=step.from_day,
                quantity=step.quantity,
            )
            for subscription_id, by_key in steps.items()
            for (module_id, resource_id), found in by_key.items()
            for step in found
        ),
        batch_size=_BATCH,
    )
    note_ownership(
        {
            (found.customer_id, found.product_id): rules.owned_spans(steps[found.pk])
            for found in subscriptions
        }
    )


def issue_licence(*, subscription: Subscription, request_no: str, day: datetime.date) -> Licence:
    """RULE R14: the certificate of what the subscription holds after this approval."""
    running = subscription.grants.filter(last_day__gte=day).select_related("module", "resource")
    return Licence.objects.create(
        licence_no=numbers.next_number(numbers.LICENCE, day),
        subscription=subscription,
        version=subscription.version,
        request_no=request_no,
        content={
            "customer": subscription.customer.budget_code,
            "product": subscription.product.code,
            "grants": [_certified(grant) for grant in running.order_by("id")],
        },
    )


def _certified(grant: Grant) -> dict[str, object]:
    return {
        "module": grant.module.code,
        "resource": grant.resource.code,
        "quantity": grant.quantity,
        "first_day": grant.first_day.isoformat(),
        "last_day": grant.last_day.isoformat(),
        "request_no": grant.request_no,
    }


def _subscriptions(owners: set[tuple[int, int]]) -> dict[tuple[int, int], Subscription]:
    Subscription.objects.bulk_create(
        (Subscription(customer_id=customer, product_id=product) for customer, product in owners),
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    rows = Subscription.objects.select_for_update(of=("self",)).filter(
        customer_id__in={customer for customer, _ in owners}
    )
    found = {
        (row.customer_id, row.product_id): row for row in rows.select_related("customer", "product")
    }
    return {owner: found[owner] for owner in owners}


def _opening(subscription: Subscription, grant: OpeningGrant) -> Grant:
    return Grant(
        subscription=subscription,
        kind=GrantKind.OPENING,
        request_no=grant.request_no,
        module_id=grant.module_id,
        resource_id=grant.resource_id,
        quantity=grant.quantity,
        first_day=grant.first_day,
        last_day=grant.last_day,
        source=grant.source,
    )


def _next_version(subscriptions: Collection[Subscription]) -> None:
    Subscription.objects.filter(pk__in=[found.pk for found in subscriptions]).update(
        version=F("version") + 1
    )
    for subscription in subscriptions:
        subscription.version += 1


def _opened(
    subscriptions: Mapping[tuple[int, int], Subscription], grants: Iterable[OpeningGrant]
) -> Iterable[audit.Change]:
    entered: dict[tuple[int, int], list[str]] = defaultdict(list)
    for grant in grants:
        owner = (grant.customer_id, grant.product_id)
        entered[owner].append(f"{grant.source}: +{grant.quantity}")
    for owner, found in subscriptions.items():
        yield audit.Change(found, "opened", after={"grants": entered[owner]})
