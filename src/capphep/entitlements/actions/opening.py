"""What was in force before capphep began: entered, and undone where it was a mistake."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from capphep.entitlements import events
from capphep.entitlements.actions.balances import BATCH, next_version, rebuild_balances
from capphep.entitlements.actions.occasions import settle_ends_of
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.entitlements.queries import granted_to
from capphep.entitlements.queries.openings import built_on, openings_of
from capphep.platform import audit, clock, numbers, outbox, rows
from capphep.platform.roles import Actor, Permission, require


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


@transaction.atomic
def open_grants(*, actor: Actor, grants: Sequence[OpeningGrant]) -> list[int]:
    """Enter what was in force before capphep began, so that R1 has a base; returns the grants' ids.

    Raises Forbidden. The old request numbers are kept from being given again (R14).
    """
    require(actor, Permission.BULK_ENTER)
    owners = {(grant.customer_id, grant.product_id) for grant in grants}
    subscriptions = _subscriptions(owners)
    day = clock.today()
    entered = Grant.objects.bulk_create(
        (
            _opening(subscriptions[grant.customer_id, grant.product_id], grant, day)
            for grant in grants
        ),
        batch_size=BATCH,
    )
    numbers.reserve(grant.request_no for grant in grants)
    next_version(subscriptions.values())
    rebuild_balances(subscriptions.values())
    audit.record(actor, _opened(subscriptions, grants))
    outbox.enqueue(_events(list(subscriptions.values()), events.BY_OPENING, day))
    return [grant.pk for grant in entered]


@transaction.atomic
def undo_openings(*, actor: Actor, grant_ids: Collection[int]) -> int:
    """RULE R2, R13: take back grants that an import entered by mistake; returns how many.

    Each by its opposite on the very same days, for it never was so. What is undone already is
    passed over. Raises Forbidden; Conflict ``in_use`` that names what builds on them since.
    """
    require(actor, Permission.BULK_ENTER)
    locked = _lock(grant_ids)
    grants = openings_of(grant_ids)
    built_on(grants).refuse()
    whose = {grant.subscription_id for grant in grants}
    subscriptions = [one for one in locked if one.pk in whose]
    day = clock.today()
    rows.insert(_undoing(grant, day) for grant in grants)
    next_version(subscriptions)
    rebuild_balances(subscriptions)
    settle_ends_of([one.pk for one in subscriptions])
    audit.record(actor, _undone(subscriptions, grants))
    outbox.enqueue(_events(subscriptions, events.BY_UNDOING, day))
    return len(grants)


def _lock(grant_ids: Collection[int]) -> list[Subscription]:
    """The subscriptions of the grants, locked in the order of their keys."""
    holding = Grant.objects.filter(pk__in=grant_ids, kind=GrantKind.OPENING)
    rows_ = Subscription.objects.select_for_update(of=("self",)).order_by("pk")
    found = rows_.filter(pk__in=holding.values("subscription"))
    return list(found.select_related("customer", "product"))


def _undoing(grant: Grant, day: datetime.date) -> Grant:
    return Grant(
        subscription_id=grant.subscription_id,
        kind=GrantKind.UNDONE,
        request_no=grant.request_no,
        module_id=grant.module_id,
        resource_id=grant.resource_id,
        quantity=-grant.quantity,
        first_day=grant.first_day,
        last_day=grant.last_day,
        source=grant.source,
        granted_on=day,
    )


def _undone(
    subscriptions: Iterable[Subscription], grants: Iterable[Grant]
) -> Iterable[audit.Change]:
    taken: dict[int, list[str]] = defaultdict(list)
    for grant in grants:
        taken[grant.subscription_id].append(f"{grant.source}: {-grant.quantity:+}")
    for found in subscriptions:
        yield audit.Change(found, "opening_undone", after={"grants": taken[found.pk]})


def _subscriptions(owners: set[tuple[int, int]]) -> dict[tuple[int, int], Subscription]:
    Subscription.objects.bulk_create(
        (Subscription(customer_id=customer, product_id=product) for customer, product in owners),
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    locked = Subscription.objects.select_for_update(of=("self",)).order_by("pk")
    locked = locked.filter(customer_id__in={customer for customer, _ in owners})
    found = {
        (row.customer_id, row.product_id): row
        for row in locked.select_related("customer", "product")
    }
    return {owner: found[owner] for owner in owners}


def _opening(subscription: Subscription, grant: OpeningGrant, day: datetime.date) -> Grant:
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
        granted_on=day,
    )


def _opened(
    subscriptions: Mapping[tuple[int, int], Subscription], grants: Iterable[OpeningGrant]
) -> Iterable[audit.Change]:
    entered: dict[tuple[int, int], list[str]] = defaultdict(list)
    for grant in grants:
        owner = (grant.customer_id, grant.product_id)
        entered[owner].append(f"{grant.source}: +{grant.quantity}")
    for owner, found in subscriptions.items():
        yield audit.Change(found, "opened", after={"grants": entered[owner]})


def _events(
    subscriptions: Sequence[Subscription], cause: str, day: datetime.date
) -> Iterator[outbox.Event]:
    granted = granted_to([found.pk for found in subscriptions])
    for found in subscriptions:
        holding = events.of_spans(granted.spans[found.pk], granted.codes, day)
        yield events.changed(found, holding, cause=cause, effective_on=day)
