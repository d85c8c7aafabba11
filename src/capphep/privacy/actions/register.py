"""Writes of the register of data subjects' requests (R13, R18)."""

from __future__ import annotations

import datetime
from typing import Final

from django.db import transaction

from capphep.platform import audit, clock, versions
from capphep.platform.models import PersonalAccess, User
from capphep.platform.moves import move
from capphep.platform.notices import News, settle, tell
from capphep.platform.personal import ACCESS_MONTHS
from capphep.platform.roles import Actor, Permission, Role, require
from capphep.privacy.models import SubjectRequest, SubjectRequestKind
from capphep.privacy.queries import request_of
from capphep.privacy.rules import RequestInput, access_kept_from, request_values
from capphep.privacy.states import SUBJECT_REQUEST, SubjectRequestStatus
from capphep.pure.errors import Conflict, Invalid, Invalids, gettext_noop
from capphep.pure.workdays import add_workdays

_DUE: Final = gettext_noop("To be answered until %(due)s: %(what)s.")
_OVERDUE: Final = gettext_noop("The answer is overdue since %(due)s: %(what)s.")


def locked(actor: Actor, request_id: int) -> SubjectRequest:
    """The request, held to the end of the transaction. Raises Forbidden, NotFound."""
    require(actor, Permission.PRIVACY_WRITE)
    list(SubjectRequest.objects.select_for_update().filter(pk=request_id).values_list("pk"))
    return request_of(actor, request_id)


def require_open(record: SubjectRequest) -> None:
    """Raises Conflict ``request_ended``."""
    if record.status != SubjectRequestStatus.OPEN:
        message = gettext_noop("This request has been answered: it stays as it is.")
        raise Conflict("request_ended", message)


@transaction.atomic
def enter_request(*, actor: Actor, typed: RequestInput) -> SubjectRequest:
    """Note what a person asks for. Raises Forbidden; Invalids of `rules.request_values`."""
    require(actor, Permission.PRIVACY_WRITE)
    values = request_values(typed, clock.today(), list(SubjectRequestKind))
    record = SubjectRequest.objects.create(updated_by_id=actor.pk, **values)
    after = {name: value for name, value in _told(record).items() if value not in (None, "")}
    audit.record(actor, [audit.Change(record, "created", after=after)])
    return record


@transaction.atomic
def edit_request(
    *, actor: Actor, request_id: int, seen_version: int, typed: RequestInput
) -> SubjectRequest:
    """Correct what was noted, while it is open. Raises Forbidden, NotFound; Stale; Invalids."""
    record = locked(actor, request_id)
    values = request_values(typed, clock.today(), list(SubjectRequestKind))
    if record.version != seen_version:
        raise versions.Stale
    require_open(record)
    before = _told(record)
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    if changed:
        versions.write(record, record.version, changed, actor)
        record = request_of(actor, request_id)
        audit.record(
            actor, [audit.Change(record, "edited", *audit.differences(before, _told(record)))]
        )
    return record


@transaction.atomic
def end_request(*, actor: Actor, request_id: int, verb: str, answer: str) -> SubjectRequest:
    """Answer (``answer``) or refuse (``refuse``) it; what was said is kept.

    Raises Forbidden, NotFound; Invalids answer_required; Conflict wrong_state.
    """
    record = locked(actor, request_id)
    answer = answer.strip()
    if not answer:
        message = gettext_noop("Enter what was answered.")
        raise Invalids([Invalid("answer_required", message, field="answer")])
    before, after = move(
        record,
        SUBJECT_REQUEST,
        verb,
        answer=answer,
        ended_on=clock.today(),
        version=record.version + 1,
    )
    settle([_key(record, "due"), _key(record, "overdue")])
    told = {"status": after, "answer": answer}
    audit.record(actor, [audit.Change(record, "subject_request_ended", {"status": before}, told)])
    return record


def tell_due_requests(*, day: datetime.date) -> int:
    """Tell who handles it, else every administrator, the working day before and once it is late.

    Inside the transaction of `platform.ticks`; again, it does nothing. Returns how many.
    """
    soon = add_workdays(day, 1)
    records = list(
        SubjectRequest.objects.filter(status=SubjectRequestStatus.OPEN, due_on__lte=soon)
    )
    others = User.objects.filter(role=Role.ADMIN, is_active=True).values_list("pk", flat=True)
    everybody = list(others) if records else []
    tell(
        (person, _news(record, day))
        for record in records
        for person in ([record.handler_id] if record.handler_id else everybody)
    )
    return len(records)


def forget_old_access(*, day: datetime.date) -> int:
    """Remove the entries of the access log that are older than the option says; how many."""
    oldest = access_kept_from(day, ACCESS_MONTHS.value())
    removed, _by_model = PersonalAccess.objects.filter(day__lt=oldest).delete()
    return removed


def _news(record: SubjectRequest, day: datetime.date) -> News:
    is_late = record.due_on < day
    kind = "overdue" if is_late else "due"
    return News(
        kind=f"privacy_{kind}",
        key=_key(record, kind),
        message=_OVERDUE if is_late else _DUE,
        link=f"/privacy/requests/{record.pk}/",
        params={"due": f"{record.due_on:%d/%m/%Y}", "what": record.asked_by},
    )


def _key(record: SubjectRequest, kind: str) -> str:
    return f"privacy/{record.pk}/{kind}"


def _told(record: SubjectRequest) -> dict[str, object]:
    return {
        "kind": record.kind,
        "asked_by": record.asked_by,
        "reach": record.reach,
        "customer": str(record.customer) if record.customer else "",
        "about": record.about,
        "received_on": record.received_on,
        "due_on": record.due_on,
        "handler": str(record.handler) if record.handler else "",
    }
