"""*Thu hồi cấp phép*: one officer proposes to take an approved request back, another confirms."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from capphep.entitlements import actions as entitlements
from capphep.entitlements.events import changed_by_decision
from capphep.entitlements.events import issued as issued_event
from capphep.entitlements.models import Licence, LicenceCause, Subscription
from capphep.entitlements.queries import Shortfall, is_anything_in_force
from capphep.identity.actions import close_links
from capphep.identity.events import account_event
from capphep.identity.models import AccountLink
from capphep.ims import rules
from capphep.ims.queries import withdrawals as queries
from capphep.platform import audit, clock, outbox
from capphep.platform.models import User
from capphep.platform.moves import move
from capphep.platform.roles import Permission, require
from capphep.provisioning.actions.locks import lock_request
from capphep.provisioning.actions.status import move_request
from capphep.provisioning.events import moved_events, request_event
from capphep.provisioning.models import Withdrawal
from capphep.provisioning.states import REQUEST_STATUS, WITHDRAWAL_STATUS
from capphep.pure.errors import Conflict, Invalid, Invalids, gettext_noop
from capphep.pure.folding import clean


@dataclass(frozen=True, slots=True)
class Withdrawn:
    withdrawal: Withdrawal
    subscription: Subscription
    licence: Licence


class InUse(Invalids):
    """More is in use than would remain; one refusal for each resource, with its numbers."""

    def __init__(self, shortfalls: Sequence[Shortfall]) -> None:
        super().__init__(_in_use(short) for short in shortfalls)
        self.shortfalls = shortfalls


class WithdrawalMoved(Conflict):
    """RULE R3: what the withdrawal would change differs from what the officer saw."""

    def __init__(self, preview: queries.Preview) -> None:
        message = gettext_noop(
            "The numbers have changed since you looked: check them and confirm again."
        )
        super().__init__("withdrawal_moved", message, rule="R3")
        self.preview = preview


@transaction.atomic
def propose_withdrawal(
    *,
    actor: User,
    request_id: int,
    from_day: datetime.date,
    reason: str,
    force_reason: str = "",
) -> Withdrawal:
    """Propose to take back, from a local day on, all that is left of an approved request.

    ``force_reason`` is kept only where more is in use than would remain. Raises Conflict
    ``wrong_state``, ``withdrawal_proposed`` and ``nothing_to_withdraw``, Invalid
    ``reason_required``, ``withdrawal_in_past`` and ``withdrawal_too_late``, and `InUse`
    without a force reason.
    """
    require(actor, Permission.REQUEST_DECIDE)
    request = lock_request(actor, request_id)
    REQUEST_STATUS.after("withdraw", request.status)
    queries.require_none_proposed(request)
    text = _required(reason)
    day = clock.today()
    preview = queries.preview_of(request, from_day, day)
    rules.check_withdrawal_day(from_day, day=day, last_left=preview.last_left)
    nevertheless = clean(force_reason) if preview.shortfalls else ""
    if preview.shortfalls and not nevertheless:
        raise InUse(preview.shortfalls)
    withdrawal = Withdrawal.objects.create(
        request=request,
        from_day=from_day,
        reason=text,
        force_reason=nevertheless,
        proposed_by_id=actor.pk,
    )
    told = audit.Change(request, "withdrawal_proposed", after=_said(withdrawal))
    audit.record(actor, [told])
    outbox.enqueue([_event("request.withdrawal_proposed", withdrawal)])
    return withdrawal


@transaction.atomic
def confirm_withdrawal(*, actor: User, withdrawal_id: int, seen: str) -> Withdrawn:
    """RULE R5: take back what the request granted, with everything that belongs to it.

    Opposite grants, both statuses, the licence that supersedes the last one, the account's
    link where nothing is left, audit trail and outgoing events are one transaction. It
    takes effect on the proposed day, or today where that day has passed. ``seen`` is the
    fingerprint of the preview that the officer confirms. Raises Forbidden ``two_people``,
    Conflict ``wrong_state`` and ``nothing_to_withdraw``, `WithdrawalMoved` (R3), and `InUse`
    where more is in use than would remain and no reason was given for that.
    """
    withdrawal = _lock(actor, withdrawal_id, "confirm")
    request, day = withdrawal.request, clock.today()
    queries.require_other_person(actor, withdrawal)
    subscription = entitlements.lock_subscription(request.customer, request.product)
    from_day = max(withdrawal.from_day, day)
    preview = queries.preview(subscription, request.request_no, from_day, day)
    rules.check_withdrawal_day(from_day, day=day, last_left=preview.last_left)
    if preview.fingerprint != seen:
        raise WithdrawalMoved(preview)
    if preview.shortfalls and not withdrawal.force_reason:
        raise InUse(preview.shortfalls)
    return _withdraw(actor, withdrawal, subscription, from_day, day)


def _withdraw(
    actor: User,
    withdrawal: Withdrawal,
    subscription: Subscription,
    from_day: datetime.date,
    day: datetime.date,
) -> Withdrawn:
    request = withdrawal.request
    taken = entitlements.withdraw_grants(
        subscription=subscription, request_no=request.request_no, from_day=from_day, day=day
    )
    licence = entitlements.issue_licence(
        subscription=subscription,
        request_no=request.request_no,
        day=day,
        cause=LicenceCause.WITHDRAWAL,
    )
    _decide(actor, withdrawal, "confirm", from_day=from_day)
    told, *moved = move_request(actor, request, "withdraw")
    told = replace(told, after={**told.after, **_said(withdrawal)})
    links, closed = _close_links(subscription, request.request_no, from_day, day)
    issued = audit.Change(subscription, "licence_issued", after={"licence_no": licence.licence_no})
    audit.record(actor, [told, *moved, taken, issued, *closed])
    outbox.enqueue(
        [
            *moved_events("request.withdrawn", request, moved, effective_on=from_day),
            changed_by_decision(subscription, licence, from_day),
            issued_event(subscription, licence, from_day),
            *(
                account_event("account.closed", link, effective_on=link.closed_from)
                for link in links
            ),
        ]
    )
    return Withdrawn(withdrawal, subscription, licence)


@transaction.atomic
def decline_withdrawal(*, actor: User, withdrawal_id: int, reason: str = "") -> Withdrawal:
    """Leave the request as it is. Who proposed it takes it back; anybody else says why.

    Raises Conflict ``wrong_state``, Invalid ``reason_required``.
    """
    withdrawal = _lock(actor, withdrawal_id, "decline")
    is_own = withdrawal.proposed_by_id == actor.pk
    text = clean(reason) if is_own else _required(reason)
    _decide(actor, withdrawal, "decline", decline_reason=text)
    told = audit.Change(withdrawal.request, "withdrawal_declined", after=_said(withdrawal))
    audit.record(actor, [told])
    outbox.enqueue([_event("request.withdrawal_declined", withdrawal)])
    return withdrawal


def _lock(actor: User, withdrawal_id: int, verb: str) -> Withdrawal:
    """The withdrawal as it stands once its request is locked: they are decided under that."""
    require(actor, Permission.REQUEST_DECIDE)
    request = lock_request(actor, queries.withdrawal_of(actor, withdrawal_id).request_id)
    withdrawal = queries.withdrawal_of(actor, withdrawal_id)
    withdrawal.request = request
    queries.require_proposed(withdrawal, verb)
    return withdrawal


def _decide(actor: User, withdrawal: Withdrawal, verb: str, **changes: Any) -> None:
    who = {"decided_by_id": actor.pk, "decided_at": timezone.now()}
    move(withdrawal, WITHDRAWAL_STATUS, verb, **{**who, **changes})


def _said(withdrawal: Withdrawal) -> dict[str, object]:
    """What the audit trail of the request says of it."""
    said = ("from_day", "reason", "force_reason", "decline_reason")
    return {name: getattr(withdrawal, name) for name in said if getattr(withdrawal, name)}


def _required(reason: str) -> str:
    text = clean(reason)
    if not text:
        raise Invalid("reason_required", gettext_noop("Give the reason."), field="reason")
    return text


def _in_use(short: Shortfall) -> Invalid:
    return Invalid(
        "in_use",
        gettext_noop(
            "%(module)s – %(resource)s: %(in_use)s in use, only %(remaining)s would remain "
            "from %(day)s on."
        ),
        field="force_reason",
        params={
            "module": short.module.name,
            "resource": short.resource.name,
            "in_use": short.in_use,
            "remaining": short.remaining,
            "day": f"{short.remaining_from:%d/%m/%Y}",
        },
    )


def _close_links(
    subscription: Subscription, request_no: str, from_day: datetime.date, day: datetime.date
) -> tuple[list[AccountLink], list[audit.Change]]:
    """RULE R15: where that was the last thing in force, nobody administers it any more."""
    if is_anything_in_force(subscription, from_day):
        return [], []
    return close_links(
        customer=subscription.customer,
        product=subscription.product,
        request_no=request_no,
        from_day=from_day,
        day=day,
    )


def _event(type_: str, withdrawal: Withdrawal) -> outbox.Event:
    """An event about the request, with the local day on which it would take effect."""
    return request_event(type_, withdrawal.request, effective_on=withdrawal.from_day)
