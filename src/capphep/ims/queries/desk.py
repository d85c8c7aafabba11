"""Reads of the desk: its queue, whether a request may be decided, and what that changes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from capphep.catalog.models import Resource
from capphep.ims import options
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, may, not_permitted, require, sees_all
from capphep.provisioning import explanations, reviews
from capphep.provisioning import queries as provisioning
from capphep.provisioning.information import InfoChange, changes_of
from capphep.provisioning.models import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.reviews import Review, ReviewedLine, ReviewedQuantity
from capphep.provisioning.states import REQUEST_STATUS, RequestKind, RequestStatus
from capphep.pure.errors import Conflict, Forbidden, gettext_noop

SENT: Final = (
    RequestStatus.WAITING,
    RequestStatus.RETURNED,
    RequestStatus.APPROVED,
    RequestStatus.REJECTED,
    RequestStatus.WITHDRAWN,
)

# What an officer decided last, so that the next one may follow.
DECIDED: Final = (RequestStatus.RETURNED, RequestStatus.APPROVED, RequestStatus.REJECTED)

# --- the queue ---------------------------------------------------------------------------------


def require_desk(actor: Actor) -> None:
    """Raise Forbidden ``not_permitted`` for a salesperson: the desk is not theirs to read."""
    if not sees_all(actor):
        raise not_permitted()


def desk_requests(actor: Actor) -> QuerySet[LicenceRequest]:
    """What lies at the desk: requests that wait or were decided. Raises Forbidden."""
    require_desk(actor)
    rows = provisioning.visible_requests(actor).filter(status__in=SENT)
    return rows.select_related("sent_by", "decided_by")


def desk_request(actor: Actor, request_id: int) -> LicenceRequest:
    """A request that was ever sent, one that was recalled since too. Raises Forbidden, NotFound."""
    require_desk(actor)
    shown = ("assigned_to", "sent_by", "decided_by", "sector")
    rows = provisioning.visible_requests(actor).select_related(*shown)
    record = rows.filter(pk=request_id).first()
    if not record:
        raise provisioning.request_not_found()
    return record


# --- may it be decided? ------------------------------------------------------------------------


def require_decision(actor: Actor, request: LicenceRequest, verb: str) -> None:
    """Raise unless the actor may ``approve`` or ``reject`` the request as it stands.

    Forbidden ``not_permitted``, Conflict ``wrong_state`` which says who was faster (R4),
    Forbidden ``two_people`` (R6).
    """
    require(actor, Permission.REQUEST_DECIDE)
    if not REQUEST_STATUS.allows(verb, request.status):
        raise _decided_already(request)
    if made_by(actor, request):
        raise Forbidden(
            "two_people",
            gettext_noop("Who made or sent a request cannot decide on it."),
            rule="R6",
        )


def require_waiting(request: LicenceRequest) -> None:
    """Raise Conflict ``wrong_state``, which says who was faster (R4), unless it waits."""
    if not waits(request):
        raise _decided_already(request)


def waits(request: LicenceRequest) -> bool:
    return request.status == RequestStatus.WAITING


def may_decide(actor: Actor, request: LicenceRequest) -> bool:
    """True where the role and the state allow a decision; R6 is another matter."""
    waits = REQUEST_STATUS.allows("approve", request.status)
    return waits and may(actor, Permission.REQUEST_DECIDE)


def made_by(actor: Actor, request: LicenceRequest) -> bool:
    """RULE R6: the actor made or sent the request, and the setting forbids to decide on it."""
    return is_made_by(actor.pk, request)


def is_made_by(user_id: int | None, request: LicenceRequest) -> bool:
    """RULE R6: as `made_by`, for a person who is only named."""
    return user_id in (request.created_by_id, request.sent_by_id) and options.TWO_PEOPLE.value()


def _decided_already(request: LicenceRequest) -> Conflict:
    messages = {
        RequestStatus.APPROVED: gettext_noop("%(who)s approved this request on %(when)s."),
        RequestStatus.REJECTED: gettext_noop("%(who)s rejected this request on %(when)s."),
        RequestStatus.RETURNED: gettext_noop("%(who)s returned this request on %(when)s."),
        RequestStatus.WITHDRAWN: gettext_noop(
            "%(who)s approved this request on %(when)s; it was withdrawn since."
        ),
    }
    message = messages.get(RequestStatus(request.status))
    who, when = _decided(request)
    if not message or not when:
        text = gettext_noop("The salesperson has taken this request back: it no longer waits.")
        return Conflict("wrong_state", text, rule="R4")
    params = {
        "who": who.full_name if who else "capphep",
        "when": f"{timezone.localtime(when):%d/%m/%Y %H:%M}",
    }
    return Conflict("wrong_state", message, rule="R4", params=params)


def _decided(request: LicenceRequest) -> tuple[User | None, datetime.datetime | None]:
    """Who decided and when; a return is kept with its round."""
    if request.status != RequestStatus.RETURNED:
        return request.decided_by, request.decided_at
    last = request.rounds.select_related("ended_by").last()
    return (last.ended_by, last.ended_at) if last else (None, None)


# --- what an approval changes ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amount:
    """RULE R1: what is held of one resource, what is bought, and what that makes.

    ``then`` is what was held when the request was sent (R3).
    """

    resource: Resource
    then: int
    base: int
    added: int
    base_request_no: str
    lapsed: int
    kind: str
    first_day: datetime.date | None

    @property
    def total(self) -> int:
        return self.base + self.added

    @property
    def has_moved(self) -> bool:
        return self.then != self.base

    @property
    def explanation(self) -> str:
        return explanations.quantity_sum(
            base=self.base,
            base_request_no=self.base_request_no,
            added=self.added,
            kind=self.kind,
            first_day=self.first_day,
        )

    @property
    def remark(self) -> str:
        return explanations.lapsed_remark(
            base=self.base,
            base_request_no=self.base_request_no,
            lapsed=self.lapsed,
            kind=self.kind,
        )


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One module of a request; the days are None where it was never approved."""

    line: RequestLine
    months: int
    first_day: datetime.date | None
    last_day: datetime.date | None
    span_remark: str
    amounts: Sequence[Amount]


@dataclass(frozen=True, slots=True)
class Difference:
    """*Đang có → mua thêm → sau duyệt*. ``fingerprint`` is what an approval confirms.

    ``changes`` are the fields of a change of information, which has no lines;
    ``ends_trial_on`` the day on which the approval would end the rest of a trial.
    """

    lines: Sequence[DeskLine]
    fingerprint: str = ""
    changes: Sequence[InfoChange] = ()
    ends_trial_on: datetime.date | None = None

    @property
    def has_moved(self) -> bool:
        amounts = (amount for line in self.lines for amount in line.amounts)
        return any(one.has_moved for one in amounts) or any(one.has_moved for one in self.changes)


def difference_of(request: LicenceRequest, day: datetime.date) -> Difference:
    """While it waits: what an approval on the day would do; decided: what it did or would have."""
    lines = provisioning.whole_lines_of(request)
    if request.status == RequestStatus.WAITING:
        return previewed(reviews.review(request, day, lines))
    if request.kind == RequestKind.INFO_CHANGE:
        return Difference([], changes=changes_of(request))
    return Difference([_stored_line(line) for line in lines])


def previewed(review: Review) -> Difference:
    lines = [_reviewed_line(line) for line in review.lines]
    return Difference(lines, review.fingerprint, review.changes, review.ends_trial_on)


def _reviewed_line(reviewed: ReviewedLine) -> DeskLine:
    amounts = [_reviewed_amount(reviewed, quantity) for quantity in reviewed.quantities]
    span = reviewed.span
    remark = explanations.span_remark(
        ends_with=span.ends_with, follows=span.follows, module=reviewed.module.name
    )
    term = span.term
    return DeskLine(reviewed.line, span.months, term.first, term.last, remark, amounts)


def _reviewed_amount(reviewed: ReviewedLine, quantity: ReviewedQuantity) -> Amount:
    return Amount(
        resource=quantity.resource,
        then=quantity.then,
        base=quantity.base.quantity,
        added=quantity.added,
        base_request_no=quantity.base.request_no,
        lapsed=quantity.base.lapsed,
        kind=reviewed.line.request.kind,
        first_day=reviewed.term.first,
    )


def _stored_line(line: RequestLine) -> DeskLine:
    records = sorted(line.quantities.all(), key=lambda one: one.pk)
    amounts = [_stored_amount(line, record) for record in records]
    remark = explanations.span_remark(
        ends_with=line.ends_with, follows=line.follows, module=line.module.name
    )
    return DeskLine(line, line.months, line.first_day, line.last_day, remark, amounts)


def _stored_amount(line: RequestLine, record: RequestQuantity) -> Amount:
    return Amount(
        resource=record.resource,
        then=record.base,
        base=record.base,
        added=record.added,
        base_request_no=record.base_request_no,
        lapsed=record.lapsed,
        kind=line.request.kind,
        first_day=line.first_day,
    )
