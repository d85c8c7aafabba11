"""The worker's job: who has to know of what was announced is told of it.

The events are read in the order of their commits; what is told and how far was read are one
transaction: each thing is told once, whoever dies (docs/decisions/0013-live-by-asking.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.db import transaction

from capphep.collaboration.models import Reading
from capphep.collaboration.records import page_for
from capphep.entitlements.actions.occasions import settle_ends
from capphep.platform import feed, notices
from capphep.platform.models import OutboxEvent, User
from capphep.platform.notices import News
from capphep.platform.roles import Role
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import gettext_noop

BATCH: Final = 50
_AT_THE_DESK: Final = ("sent", "overdue")
_ANSWERS: Final = ("returned", "rejected", "approved")

Told = Iterator[tuple[User, str, str, str, str]]
"""(person, kind, what the key ends with, message, what was written)"""


def tell_next() -> int:
    """RULE N3: tell of some of the events that were not read yet; returns how many.

    Two statements where there is nothing.
    """
    feed.place()
    read = Reading.objects.values_list("position", flat=True).first() or 0
    if not feed.after(read, types=tuple(_TOLD), limit=1):
        return 0
    return _tell_some()


@transaction.atomic
def _tell_some() -> int:
    """Whoever comes at the same time waits, and goes on behind."""
    Reading.objects.bulk_create([Reading(id=1)], ignore_conflicts=True)
    reading = Reading.objects.select_for_update().get(id=1)
    events = feed.after(reading.position, types=tuple(_TOLD), limit=BATCH)
    for event in events:
        request = _request(event)
        if request:
            _tell(event, request)
    if events:
        reading.position = events[-1].position or reading.position
        reading.save(update_fields=["position"])
    return len(events)


def _request(event: OutboxEvent) -> LicenceRequest | None:
    related = ("customer", "product", "created_by", "assigned_to", "decided_by")
    rows = LicenceRequest.objects.select_related(*related)
    return rows.filter(request_no=event.subject).first()


def _tell(event: OutboxEvent, request: LicenceRequest) -> None:
    settled, told = _TOLD[event.type]
    notices.settle(settled(request))
    about = {
        "number": request.request_no,
        "customer": request.customer.name,
        "product": request.product.name,
        "salesperson": request.created_by.full_name,
    }
    notices.tell(
        (
            person.pk,
            News(
                kind=kind,
                key=f"request/{request.request_no}/{ending}",
                message=message,
                link=page_for(person, "request", request.pk),
                params={**about, **({"text": text} if text else {})},
            ),
        )
        for person, kind, ending, message, text in told(event, request)
    )
    if event.type in ("request.approved", "request.withdrawn"):
        settle_ends(customer_id=request.customer_id, product_id=request.product_id)


# --- to the desk ---------------------------------------------------------------------------------


def _sent(event: OutboxEvent, request: LicenceRequest) -> Told:
    message = gettext_noop("%(salesperson)s sent %(number)s for %(customer)s.")
    for person in _desk(request):
        yield person, "request.sent", f"sent/{_round(event, request)}", message, ""


def _overdue(event: OutboxEvent, request: LicenceRequest) -> Told:
    """Only while it still waits: the day may be noted late."""
    if request.status != "waiting":
        return
    message = gettext_noop("%(number)s for %(customer)s waits longer than it should.")
    for person in _desk(request):
        yield person, "request.overdue", f"overdue/{_round(event, request)}", message, ""


def _proposed(event: OutboxEvent, request: LicenceRequest) -> Told:
    """A second officer has to confirm it."""
    withdrawal = request.withdrawals.order_by("-id").first()
    if withdrawal is None:
        return
    message = gettext_noop("The withdrawal of %(number)s of %(customer)s waits to be confirmed.")
    for person in _officers():
        if person.pk != withdrawal.proposed_by_id:
            ending = f"proposed/{withdrawal.pk}"
            yield person, "request.withdrawal_proposed", ending, message, withdrawal.reason


def _desk(request: LicenceRequest) -> list[User]:
    """Who handles the request, else every officer; nobody of what they sent themselves."""
    if request.assigned_to and request.assigned_to.is_active:
        return [request.assigned_to]
    return [person for person in _officers() if person.pk != request.created_by_id]


def _officers() -> list[User]:
    return list(User.objects.filter(role=Role.OFFICER, is_active=True).order_by("id"))


# --- to the salesperson --------------------------------------------------------------------------


def _answered(verb: str, message: str) -> Callable[[OutboxEvent, LicenceRequest], Told]:
    def told(event: OutboxEvent, request: LicenceRequest) -> Told:
        if request.created_by.is_active and request.created_by_id != request.decided_by_id:
            text = _said(event) if verb != "approved" else ""
            ending = f"{verb}/{_round(event, request)}"
            yield request.created_by, f"request.{verb}", ending, message, text

    return told


def _said(event: OutboxEvent) -> str:
    """What the officer wrote: the reason, the comment, or those at the fields."""
    payload: Mapping[str, object] = event.payload
    comments = payload.get("comments")
    by_field = "; ".join(map(str, comments.values())) if isinstance(comments, dict) else ""
    return str(payload.get("reject_reason") or payload.get("comment") or by_field)


def _withdrawn(event: OutboxEvent, request: LicenceRequest) -> Told:
    if request.created_by.is_active:
        message = gettext_noop("What was approved by %(number)s for %(customer)s was withdrawn.")
        yield request.created_by, "request.withdrawn", "withdrawn", message, ""


# --- what need not be read any more --------------------------------------------------------------


def _round(event: OutboxEvent, request: LicenceRequest) -> int:
    """Which sending the event belongs to: it may be read after a later one."""
    sent_at = event.payload.get("sent_at")
    return request.rounds.filter(sent_at__lte=sent_at).count() if sent_at else 0


def _keys(*endings: str) -> Callable[[LicenceRequest], list[str]]:
    def keys(request: LicenceRequest) -> list[str]:
        rounds = range(request.rounds.count() + 1)
        of_rounds = [f"{ending}/{number}" for ending in endings for number in rounds]
        return [f"request/{request.request_no}/{ending}" for ending in of_rounds]

    return keys


def _proposals(request: LicenceRequest) -> list[str]:
    ids = request.withdrawals.values_list("pk", flat=True)
    return [f"request/{request.request_no}/proposed/{pk}" for pk in ids]


_Settled = Callable[[LicenceRequest], list[str]]
_TOLD: Final[Mapping[str, tuple[_Settled, Callable[[OutboxEvent, LicenceRequest], Told]]]] = {
    "request.sent": (_keys(*_ANSWERS), _sent),
    "request.recalled": (_keys(*_AT_THE_DESK), lambda event, request: iter(())),
    "request.overdue": (lambda request: [], _overdue),
    "request.returned": (
        _keys(*_AT_THE_DESK),
        _answered("returned", gettext_noop("%(number)s for %(customer)s came back for changes.")),
    ),
    "request.approved": (
        _keys(*_AT_THE_DESK, "returned", "rejected"),
        _answered("approved", gettext_noop("%(number)s for %(customer)s was approved.")),
    ),
    "request.rejected": (
        _keys(*_AT_THE_DESK),
        _answered("rejected", gettext_noop("%(number)s for %(customer)s was rejected.")),
    ),
    "request.withdrawal_proposed": (lambda request: [], _proposed),
    "request.withdrawal_declined": (_proposals, lambda event, request: iter(())),
    "request.withdrawn": (_proposals, _withdrawn),
}
"""By type: the keys of what need not be read any more, and who is told what."""
