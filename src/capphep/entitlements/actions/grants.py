"""Grants appended to the ledger: what is added and what is taken back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer
from capphep.entitlements import rules
from capphep.entitlements.actions.balances import next_version, rebuild_balances
from capphep.entitlements.models import TRIALS, Grant, GrantKind, Subscription
from capphep.entitlements.queries import opposites
from capphep.platform import audit, rows
from capphep.platform.prepared import prepared
from capphep.pure.errors import Conflict, Invalid, gettext_noop


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What one request line adds of one resource; days are local, both included."""

    module: Module
    resource: Resource
    quantity: int
    months: int
    first_day: datetime.date
    last_day: datetime.date
    source: str


def lock_subscription(customer: Customer, product: Product) -> Subscription:
    """The customer's subscription, made where there is none, locked until the commit.

    Whoever holds it is alone in changing what this customer has of the product (R3).
    """
    known = _locked(customer.pk, product.pk)
    if not known:
        new = Subscription(customer=customer, product=product)
        Subscription.objects.bulk_create([new], ignore_conflicts=True)
        known = _locked(customer.pk, product.pk)
    [found] = known
    # The caller has both at hand; without this they would be read again.
    found.customer, found.product = customer, product
    return found


@prepared
def _locked(customer_id: int, product_id: int) -> QuerySet[Subscription]:
    subscriptions = Subscription.objects.select_for_update()
    return subscriptions.filter(customer_id=customer_id, product_id=product_id)


def append_grants(
    *,
    subscription: Subscription,
    request_no: str,
    grants: Sequence[NewGrant],
    day: datetime.date,
    kind: GrantKind = GrantKind.APPROVAL,
) -> audit.Change:
    """RULE R2, R4: append what an approved request grants; the ledger refuses a second time.

    ``day`` is the local day of the decision, ``kind`` an approval or a trial. The caller
    holds the subscription's lock. Raises IntegrityError where a grant of the same source
    and resource exists.
    """
    appended = [
        Grant(
            subscription=subscription,
            kind=kind,
            request_no=request_no,
            module=grant.module,
            resource=grant.resource,
            quantity=grant.quantity,
            months=grant.months,
            first_day=grant.first_day,
            last_day=grant.last_day,
            source=grant.source,
            granted_on=day,
        )
        for grant in grants
    ]
    _append(subscription, appended)
    return _change(subscription, "granted", request_no, appended, _names(appended))


def withdraw_grants(
    *, subscription: Subscription, request_no: str, from_day: datetime.date, day: datetime.date
) -> audit.Change:
    """RULE R2: take back, from a day on, all that this request granted and that is left.

    ``day`` is the local day of the decision. The caller holds the subscription's lock.
    Raises Invalid ``withdrawal_in_past`` and Conflict ``nothing_to_withdraw``.
    """
    if from_day < day:
        raise Invalid(
            "withdrawal_in_past",
            gettext_noop("What was used cannot be taken back: choose today or a later day."),
            rule="R2",
            field="from_day",
        )
    grants = _with_names(subscription).filter(request_no=request_no).order_by("id")
    taken = opposites(grants, from_day, day)
    if not taken:
        raise Conflict(
            "nothing_to_withdraw",
            gettext_noop("From that day on, nothing of this request is left to take back."),
            rule="R2",
        )
    _append(subscription, taken)
    names = _names(grants)
    return _change(subscription, "grants_withdrawn", request_no, taken, names, from_day)


def end_trials(
    *, subscription: Subscription, from_day: datetime.date, day: datetime.date
) -> list[audit.Change]:
    """RULE R2: end every trial that would still run on a day or later, from that day on.

    A sale that begins on ``from_day`` ends the trial; ``day`` is the local day of the
    decision. The caller holds the subscription's lock. One change for each trial request.
    """
    grants = _with_names(subscription).filter(kind__in=TRIALS).order_by("request_no", "id")
    ended = opposites(grants, from_day, day)
    if ended:
        _append(subscription, ended)
    names = _names(grants)
    return [
        _change(subscription, "trial_ended", request_no, list(of_request), names, from_day)
        for request_no, of_request in groupby(ended, key=lambda grant: grant.request_no)
    ]


def _append(subscription: Subscription, grants: Sequence[Grant]) -> None:
    rows.insert(grants)
    next_version([subscription])
    rebuild_balances([subscription])


def _with_names(subscription: Subscription) -> QuerySet[Grant]:
    return subscription.grants.select_related("module", "resource")


def _names(grants: Iterable[Grant]) -> dict[rules.Key, str]:
    """What the audit trail calls a resource of a module, for people who read it years later."""
    return {
        (grant.module_id, grant.resource_id): f"{grant.module.name} – {grant.resource.name}"
        for grant in grants
    }


def _change(
    subscription: Subscription,
    verb: str,
    request_no: str,
    grants: Sequence[Grant],
    names: Mapping[rules.Key, str],
    from_day: datetime.date | None = None,
) -> audit.Change:
    after: dict[str, object] = {
        "request_no": request_no,
        "version": subscription.version,
        "grants": [
            f"{names[grant.module_id, grant.resource_id]} {grant.quantity:+} ({grant.source})"
            for grant in grants
        ],
    }
    if from_day:
        after["from_day"] = from_day.isoformat()
    return audit.Change(subscription, verb, after=after)
