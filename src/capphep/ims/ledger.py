"""The proof of the ledger: what is stored is what was granted, what was granted was approved (R2).

It reads in batches, a constant number of statements each. Whatever seems to differ is read
once more under the lock that its writers hold: what was only just being written is no
difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from capphep.entitlements import actions
from capphep.entitlements import queries as entitlements
from capphep.entitlements.models import (
    MOVES,
    OF_NO_REQUEST,
    BalanceStep,
    Grant,
    GrantKind,
    Subscription,
)
from capphep.ims.queries.proof import request_differences
from capphep.platform.append_only import is_append_only
from capphep.platform.queries import pk_batches
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.states import RequestStatus

GRANTED: Final = (RequestStatus.APPROVED, RequestStatus.WITHDRAWN)
"""Statuses of requests that granted something at some time."""


@dataclass(slots=True)
class Counts:
    """What was compared so far."""

    subscriptions: int = 0
    steps: int = 0
    grants: int = 0
    requests: int = 0
    lines: int = 0
    differences: int = 0


@dataclass(slots=True)
class Restored:
    """How many subscriptions were looked at, and at how many something differed."""

    subscriptions: int = 0
    differed: int = 0


def differences(counts: Counts | None = None) -> Iterator[str]:
    """RULE R2: a sentence for each record that disagrees with the ledger, which names it.

    One more where the database would let somebody change the grants.
    Every stored balance and span of ownership against the grants; every approved request's
    quantities against one set of grants; every grant against an approved request; every
    withdrawn request against its opposites; what a merge moved out against what came in; what
    an undone import took back against what it had entered.
    """
    counts = counts or Counts()
    for found in (
        _unguarded(),
        _in_balances(counts),
        _in_requests(counts),
        _without_request(counts),
        _moved(),
        _undone(),
    ):
        for sentence in found:
            counts.differences += 1
            yield sentence


def restore(restored: Restored | None = None) -> Iterator[str]:
    """Derive balances and ownership again wherever they differ; what differed is told.

    Each subscription in a transaction of its own, under its lock. Safe to run again.
    """
    restored = restored or Restored()
    for ids in pk_batches(Subscription.objects.all()):
        restored.subscriptions += len(ids)
        for subscription_id in entitlements.differing(ids):
            differed = actions.restore_balances(subscription_id)
            restored.differed += bool(differed)
            yield from differed
    yield from actions.remove_ownership_without_subscription()


def _unguarded() -> Iterator[str]:
    table = Grant._meta.db_table
    if not is_append_only(table):
        yield f"UNGUARDED {table}: rows can be changed"


def _in_balances(counts: Counts) -> Iterator[str]:
    for ids in pk_batches(Subscription.objects.all()):
        counts.subscriptions += len(ids)
        counts.steps += BalanceStep.objects.filter(subscription__in=ids).count()
        suspects = entitlements.differing(ids)
        if suspects:
            yield from _balances_under_lock(list(suspects))
    for span in entitlements.ownership_without_subscription():
        yield f"OWNERSHIP {span.customer.budget_code} {span}: no subscription"


@transaction.atomic
def _balances_under_lock(ids: Collection[int]) -> list[str]:
    list(Subscription.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    return [one for sentences in entitlements.differing(ids).values() for one in sentences]


def _in_requests(counts: Counts) -> Iterator[str]:
    for ids in pk_batches(LicenceRequest.objects.filter(status__in=GRANTED)):
        counts.requests += len(ids)
        counts.lines += RequestLine.objects.filter(request__in=ids).count()
        suspects = request_differences(ids)
        if suspects:
            yield from _requests_under_lock(list(suspects))


@transaction.atomic
def _requests_under_lock(ids: Collection[int]) -> list[str]:
    list(LicenceRequest.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    return [one for sentences in request_differences(ids).values() for one in sentences]


def _moved() -> Iterator[str]:
    """RULE D2: what left one subscription came into another, the same days of the same line."""
    moved = Grant.objects.filter(kind__in=MOVES).order_by()
    lines = moved.values("source", "resource__code", "first_day", "last_day")
    for line in lines.annotate(left=Sum("quantity")).exclude(left=0):
        yield (
            f"MOVED {line['source']} {line['resource__code']} {line['first_day']} to"
            f" {line['last_day']}: {line['left']:+} between the subscriptions"
        )


def _undone() -> Iterator[str]:
    """RULE R2: what was undone was entered by an import, as much on the same days."""
    same = ("subscription", "source", "module", "resource", "first_day", "last_day")
    entered = Grant.objects.filter(
        kind=GrantKind.OPENING, **{name: OuterRef(name) for name in same}
    ).filter(quantity=-OuterRef("quantity"))
    rows = Grant.objects.filter(~Exists(entered), kind=GrantKind.UNDONE)
    rows = rows.select_related("subscription__customer", "module", "resource")
    for grant in rows.order_by("id").iterator(chunk_size=500):
        yield (
            f"UNDONE {grant.source} {grant.subscription.customer.budget_code}"
            f" {grant.module.code} {grant.resource.code}: {grant.quantity:+} {grant.first_day}"
            f" to {grant.last_day}, but no import entered as much"
        )


def _without_request(counts: Counts) -> Iterator[str]:
    """Grants behind which there is no request that was ever approved."""
    counts.grants = Grant.objects.count()
    granted = LicenceRequest.objects.filter(request_no=OuterRef("request_no"), status__in=GRANTED)
    rows = Grant.objects.exclude(kind__in=OF_NO_REQUEST).filter(~Exists(granted))
    rows = rows.select_related("subscription__customer", "module", "resource")
    for grant in rows.order_by("id").iterator(chunk_size=500):
        yield (
            f"GRANT {grant.source} {grant.subscription.customer.budget_code}"
            f" {grant.module.code} {grant.resource.code}: {grant.quantity:+} as {grant.kind},"
            f" but no request {grant.request_no} was approved"
        )
