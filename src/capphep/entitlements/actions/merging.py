"""What a merged customer has of products moves to the other one, by the ledger's own means."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from capphep.crm.actions.ownership import note_ownership
from capphep.crm.models import Customer
from capphep.entitlements import events
from capphep.entitlements.actions.balances import next_version, rebuild_balances
from capphep.entitlements.actions.licences import issue_licence
from capphep.entitlements.models import (
    TRIALS,
    CheckDocument,
    Grant,
    GrantKind,
    LicenceCause,
    Subscription,
)
from capphep.entitlements.queries import granted_to, is_anything_in_force, rests
from capphep.platform import audit, rows
from capphep.platform.outbox import Event


@dataclass(slots=True)
class Moved:
    changes: list[audit.Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def lock_subscriptions(*customers: Customer) -> list[Subscription]:
    """All subscriptions of these customers, locked in the order of their keys."""
    subscriptions = Subscription.objects.select_for_update(of=("self",))
    found = subscriptions.filter(customer__in=customers).select_related("product")
    return list(found.order_by("pk"))


def move_subscriptions(gone: Customer, kept: Customer, day: datetime.date) -> Moved:
    """RULE D2: what is in force of ``gone`` on the day or later is in force for ``kept``.

    A subscription to a product that only ``gone`` has changes its customer. Where both have it,
    opposites are appended to the one and as much to the other, from the day on, with the same
    days and sources. ``gone`` leads to ``kept`` already; the caller holds both locks.
    Customers of both subscriptions are set to the records that were passed.
    """
    subscriptions = lock_subscriptions(gone, kept)
    theirs = {one.product_id: one for one in subscriptions if one.customer_id == kept.pk}
    moved = Moved()
    for one in (each for each in subscriptions if each.customer_id == gone.pk):
        other = theirs.get(one.product_id)
        if other is None:
            one.customer = gone
            survivor, changes = _hand_over(one, kept)
        else:
            one.customer, other.customer = gone, kept
            survivor, changes = other, _transfer(one, other, day)
        moved.changes += changes
        if changes:
            moved.events += told_by_both_codes(
                survivor, gone.budget_code, day, events.BY_MERGE, LicenceCause.MERGE
            )
    return moved


def _hand_over(
    subscription: Subscription, kept: Customer
) -> tuple[Subscription, list[audit.Change]]:
    before = str(subscription.customer)
    note_ownership({(subscription.customer_id, subscription.product_id): []})
    Subscription.objects.filter(pk=subscription.pk).update(customer=kept)
    subscription.customer = kept
    _changed(subscription)
    change = audit.Change(
        subscription, "subscription_moved", {"customer": before}, {"customer": str(kept)}
    )
    return subscription, [change]


def _transfer(gone: Subscription, kept: Subscription, day: datetime.date) -> list[audit.Change]:
    grants = gone.grants.select_related("module", "resource").order_by("id")
    left = [(grant, term) for grant, term in rests(grants, day)]
    taken: list[Grant] = []
    given: list[Grant] = []
    for grant, term in left:
        facts = {
            "module_id": grant.module_id,
            "resource_id": grant.resource_id,
            "months": grant.months,
            "first_day": term.first,
            "last_day": term.last,
            "request_no": grant.request_no,
            "source": grant.source,
            "granted_on": day,
        }
        is_trial = grant.kind in TRIALS
        out = GrantKind.TRIAL_OUT if is_trial else GrantKind.MOVED_OUT
        into = GrantKind.TRIAL_IN if is_trial else GrantKind.MOVED_IN
        taken.append(Grant(subscription=gone, kind=out, quantity=-grant.quantity, **facts))
        given.append(Grant(subscription=kept, kind=into, quantity=grant.quantity, **facts))
    CheckDocument.objects.filter(subscription=gone).delete()
    if not left:
        return []
    rows.insert([*taken, *given])
    _changed(gone)
    _changed(kept)
    names = [
        f"{grant.module.name} – {grant.resource.name} {grant.quantity:+} ({grant.source})"
        for grant, _ in left
    ]
    return [
        audit.Change(gone, "grants_moved_out", after={"grants": names, "from_day": day}),
        audit.Change(kept, "grants_moved_in", after={"grants": names, "from_day": day}),
    ]


def _changed(subscription: Subscription) -> None:
    next_version([subscription])
    rebuild_balances([subscription])


def told_by_both_codes(
    subscription: Subscription, before: str, day: datetime.date, cause: str, certified: str
) -> Sequence[Event]:
    """What the unit may use now, and that nothing is held by the code ``before``.

    A licence certifies what is in force. ``cause`` is that of the events, ``certified`` its.
    """
    granted = granted_to([subscription.pk])
    holding = events.of_spans(granted.spans[subscription.pk], granted.codes, day)
    told = [
        events.changed(subscription, holding, cause=cause, effective_on=day),
        events.changed(subscription, {}, cause=cause, effective_on=day, customer=before),
    ]
    if is_anything_in_force(subscription, day):
        licence = issue_licence(subscription=subscription, request_no="", day=day, cause=certified)
        told.append(events.issued(subscription, licence, day))
    return told
