"""Licences: certificates of what a subscription holds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from capphep.entitlements import events
from capphep.entitlements.actions.balances import next_version
from capphep.entitlements.actions.grants import lock_subscription
from capphep.entitlements.actions.keys import ensure_signing_key
from capphep.entitlements.models import (
    TRIALS,
    CheckDocument,
    Grant,
    Licence,
    LicenceCause,
    SigningKey,
    Subscription,
)
from capphep.entitlements.public_codes import new_code
from capphep.entitlements.queries import granted_to, licence_not_found, rests, signed_file
from capphep.entitlements.signing import KeptKey
from capphep.platform import audit, clock, numbers, outbox, rows
from capphep.platform.prepared import prepared
from capphep.platform.roles import Actor
from capphep.pure.months import Term


def issue_licence(
    *,
    subscription: Subscription,
    request_no: str,
    day: datetime.date,
    cause: str = LicenceCause.APPROVAL,
    information: Mapping[str, object] | None = None,
) -> Licence:
    """RULE R14: the certificate of what the subscription holds after this decision.

    It lists what is in force on the day or later, each addition with the days that were
    not taken back. A request causes one licence of each ``cause``: its approval, its
    withdrawal, a change of information, which grants nothing and is a version of its own;
    ``information`` is then what the unit and its administrator are now. Its signed file
    says the same to programs, without that. Raises `signing.KeyUnreadable`.
    """
    if cause == LicenceCause.INFO_CHANGE:
        next_version([subscription])
        seen = {"subscription": subscription.pk}
        rows.update(CheckDocument, seen, {"version": subscription.version})
    grants = _not_over(subscription.pk, day)
    running = [(one, left) for one, left in rests(grants) if left.last >= day]
    now = timezone.now()
    key, supersedes = _before_signing(subscription.pk, now)
    licence = Licence(
        licence_no=numbers.next_number(numbers.LICENCE, day),
        subscription=subscription,
        version=subscription.version,
        request_no=request_no,
        cause=cause,
        issued_at=now,
        public_code=new_code(),
        content={
            "customer": subscription.customer.budget_code,
            "product": subscription.product.code,
            "grants": [_certified(one, left) for one, left in running],
            **({"information": dict(information)} if information else {}),
        },
    )
    licence.file = signed_file(licence, supersedes, key, now)
    return rows.insert([licence])[0]


@transaction.atomic
def current_licence(*, actor: Actor, subscription: Subscription) -> Licence:
    """RULE R14: the licence of what the subscription holds now.

    Every decision issues one. What came in from before capphep has none until somebody
    asks for it. It needs no permission: it can only say what the ledger says. Raises
    NotFound ``licence_not_found`` where nothing was ever granted.
    """
    found = _newest(subscription)
    if found and found.version == subscription.version:
        return found
    locked = lock_subscription(subscription.customer, subscription.product)
    found = _newest(locked)
    if not found and not granted_to([locked.pk]).spans[locked.pk]:
        raise licence_not_found()
    if found and found.version == locked.version:
        return found
    day = clock.today()
    made = issue_licence(subscription=locked, request_no="", day=day, cause=LicenceCause.OPENING)
    audit.record(
        actor, [audit.Change(locked, "licence_issued", after={"licence_no": made.licence_no})]
    )
    outbox.enqueue([events.issued(locked, made, day)])
    return made


def _newest(subscription: Subscription) -> Licence | None:
    return subscription.licences.order_by("-version").first()


def _before_signing(subscription_id: int, now: datetime.datetime) -> tuple[KeptKey, str]:
    """The key that signs, and the number of the licence before this one, or an empty text."""
    for *key, newest in _key_and_newest(subscription_id, now):
        return KeptKey(*key), newest or ""
    # Only in the first approval that ever was.
    return ensure_signing_key(), _newest_first(subscription_id).first() or ""


@prepared
def _key_and_newest(
    subscription_id: int, now: datetime.datetime
) -> QuerySet[SigningKey, tuple[Any, ...]]:
    newest = Subquery(_newest_first(subscription_id)[:1])
    keys = SigningKey.objects.filter(signs_from__lte=now).order_by("-signs_from")[:1]
    return keys.values_list("kid", "public_key", "private_key", newest)


def _newest_first(subscription_id: int) -> QuerySet[Licence, str]:
    licences = Licence.objects.filter(subscription_id=subscription_id).order_by("-version")
    return licences.values_list("licence_no", flat=True)


@prepared
def _not_over(subscription_id: int, day: datetime.date) -> QuerySet[Grant]:
    grants = Grant.objects.filter(subscription_id=subscription_id, last_day__gte=day)
    return grants.select_related("module", "resource").order_by("id")


def _certified(grant: Grant, left: Term) -> dict[str, object]:
    return {
        "module": grant.module.code,
        "resource": grant.resource.code,
        "quantity": grant.quantity,
        "first_day": left.first.isoformat(),
        "last_day": left.last.isoformat(),
        "request_no": grant.request_no,
        "trial": grant.kind in TRIALS,
    }
