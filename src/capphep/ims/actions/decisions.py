"""Deciding on a request that waits: *Phê duyệt*, *Trả lại*, *Từ chối*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from capphep.entitlements import actions as entitlements
from capphep.entitlements.events import changed_by_decision
from capphep.entitlements.events import issued as issued_event
from capphep.entitlements.models import Licence, Subscription
from capphep.ims.actions.effects import granted
from capphep.ims.actions.information import take_information
from capphep.ims.actions.sales import take_sale
from capphep.ims.queries.checks import require_unblocked
from capphep.ims.queries.desk import previewed, require_decision
from capphep.platform import audit, clock, outbox
from capphep.platform.roles import Actor, Permission, require
from capphep.provisioning import plans, reviews
from capphep.provisioning.actions.locks import lock_request
from capphep.provisioning.actions.rounds import Answer
from capphep.provisioning.actions.status import move_request
from capphep.provisioning.events import moved_events
from capphep.provisioning.kind_rules import check_kind
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.reviews import Review
from capphep.provisioning.round_rules import checked_comments, comment_fields
from capphep.provisioning.rules import same_sending
from capphep.provisioning.states import RequestKind
from capphep.pure.errors import Conflict, Invalid, gettext_noop
from capphep.pure.folding import clean


@dataclass(frozen=True, slots=True)
class Approval:
    request: LicenceRequest
    subscription: Subscription
    licence: Licence


class BaseMoved(Conflict):
    """RULE R3: what the customer has differs from what the officer saw; look and confirm again."""

    def __init__(self, review: Review) -> None:
        message = gettext_noop(
            "The customer's resources have changed since you looked: "
            "check the new totals and confirm again."
        )
        if review.changes:
            message = gettext_noop(
                "The customer's data have changed since you looked: "
                "check what they are now and confirm again."
            )
        super().__init__("base_moved", message, rule="R3")
        self.review = review


@transaction.atomic
def approve(*, actor: Actor, request_id: int, seen: str) -> Approval:
    """RULE R5: do what was asked for, exactly once, with everything that belongs to it.

    Grants (or the changed information), subscription, order status, licence, account, audit
    trail and outgoing events are one transaction. ``seen`` is the fingerprint of the review
    that the officer confirms. Raises Forbidden ``not_permitted`` or ``two_people`` (R6),
    Conflict ``wrong_state`` (R4), Invalid where the customer may no longer have what the
    request asks for (R8), Conflict ``sent_again`` and `BaseMoved` (R3), Invalid ``check_blocks``.
    """
    request = _lock_for_decision(actor, request_id, "approve")
    day = clock.today()
    subscription = entitlements.lock_subscription(request.customer, request.product)
    review = reviews.review(request, day)
    check_kind(request.product.name, review.holdings, plans.timing_of(request, day))
    _check_seen(review, seen)
    require_unblocked(request, previewed(review), day)
    take_effect = take_information if request.kind == RequestKind.INFO_CHANGE else take_sale
    effect = take_effect(actor, request, subscription, review, day)
    licence = effect.licence
    decided = _decided(actor, request, "approve")
    issued = audit.Change(subscription, "licence_issued", after={"licence_no": licence.licence_no})
    audit.record(actor, [*decided, *effect.changes, issued])
    outbox.enqueue(
        [
            *moved_events("request.approved", request, decided, lines=granted(review)),
            changed_by_decision(subscription, licence, effect.day),
            issued_event(subscription, licence, effect.day),
        ]
    )
    return Approval(request, subscription, licence)


@transaction.atomic
def reject(*, actor: Actor, request_id: int, reason: str) -> LicenceRequest:
    """*Từ chối*, with a reason that reaches the salesperson; the order is free again.

    Raises Invalid ``reason_required``, Forbidden and Conflict as `approve` does.
    """
    request = _lock_for_decision(actor, request_id, "reject")
    text = clean(reason)
    if not text:
        raise Invalid("reason_required", gettext_noop("Give the reason."), field="reason")
    decided = _decided(actor, request, "reject", reject_reason=text)
    audit.record(actor, decided)
    outbox.enqueue(moved_events("request.rejected", request, decided))
    return request


@transaction.atomic
def return_request(
    *, actor: Actor, request_id: int, comment: str, comments: Mapping[str, str]
) -> LicenceRequest:
    """*Trả lại*: the salesperson changes what is commented on and sends again; the order is free.

    ``comments`` are by the field that they are about (`round_rules.comment_fields`). Raises
    Invalid ``comment_required`` or ``comment_field``, Forbidden and Conflict as `approve` does.
    """
    request = _lock_for_decision(actor, request_id, "return")
    positions = request.lines.values_list("position", flat=True)
    fields = comment_fields(positions, kind=request.kind)
    answer = Answer(*checked_comments(comment, comments, fields))
    # It comes back to who knows it.
    moved = move_request(actor, request, "return", answer=answer, assigned_to_id=actor.pk)
    audit.record(actor, moved)
    said = {"comment": answer.comment, "comments": answer.comments}
    outbox.enqueue(moved_events("request.returned", request, moved, **said))
    return request


def _check_seen(review: Review, seen: str) -> None:
    """RULE R3: what the officer confirms is what they saw. Raises ``sent_again``, `BaseMoved`."""
    if not same_sending(seen, review.fingerprint):
        message = gettext_noop(
            "The salesperson has taken this request back and sent it again since you looked: "
            "look at what it says now."
        )
        raise Conflict("sent_again", message, rule="R3")
    if review.fingerprint != seen:
        raise BaseMoved(review)


def _lock_for_decision(actor: Actor, request_id: int, verb: str) -> LicenceRequest:
    require(actor, Permission.REQUEST_DECIDE)
    request = lock_request(actor, request_id)
    require_decision(actor, request, verb)
    return request


def _decided(
    actor: Actor, request: LicenceRequest, verb: str, **changes: Any
) -> list[audit.Change]:
    return move_request(
        actor,
        request,
        verb,
        decided_by_id=actor.pk,
        decided_at=timezone.now(),
        assigned_to_id=actor.pk,
        **changes,
    )
