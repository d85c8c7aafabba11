"""Who looks after a request that waits: taken, given to somebody, or put back into the queue."""

from __future__ import annotations

from django.db import transaction

from capphep.ims.queries.absences import absences_on, officers
from capphep.ims.queries.desk import is_made_by, require_waiting
from capphep.platform import audit, clock
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.provisioning.actions.locks import lock_request
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Forbidden, Invalid, gettext_noop


@transaction.atomic
def take(*, actor: User, request_id: int) -> LicenceRequest:
    """*Nhận xử lý*: of two officers who take it at once, one does; the other is told who.

    Taking what one has already changes nothing. Raises Conflict ``wrong_state`` where it
    no longer waits and ``held_already``, Forbidden ``two_people`` (R6).
    """
    request = _lock(actor, request_id)
    if is_made_by(actor.pk, request):
        message = gettext_noop("Who made or sent a request cannot decide on it.")
        raise Forbidden("two_people", message, rule="R6")
    if request.assigned_to_id != actor.pk:
        _hand_over(actor, request, "taken", holder=actor, seen=None)
    return request


@transaction.atomic
def assign(
    *,
    actor: User,
    request_id: int,
    officer_id: int,
    seen: int | None,
    although_absent: bool = False,
) -> LicenceRequest:
    """*Giao cho…* an active officer; ``seen`` is who had it when the actor looked, None: nobody.

    Raises Conflict ``wrong_state`` and ``held_already``; Invalid ``not_an_officer``,
    ``two_people`` (R6), and ``officer_absent`` with who stands in, unless
    ``although_absent``.
    """
    request = _lock(actor, request_id)
    officer = officers().filter(pk=officer_id).first()
    if not officer:
        message = gettext_noop("Choose an officer who is active.")
        raise Invalid("not_an_officer", message, field="officer")
    if is_made_by(officer.pk, request):
        message = gettext_noop("Who made or sent a request cannot decide on it.")
        raise Invalid("two_people", message, rule="R6", field="officer")
    if not although_absent:
        _check_present(officer)
    if request.assigned_to_id != officer.pk:
        _hand_over(actor, request, "assigned", holder=officer, seen=seen)
    return request


@transaction.atomic
def release(*, actor: User, request_id: int, seen: int | None) -> LicenceRequest:
    """*Trả về hàng chờ*: nobody has it any more. Raises Conflict as `assign` does."""
    request = _lock(actor, request_id)
    if request.assigned_to_id is not None:
        _hand_over(actor, request, "released", holder=None, seen=seen)
    return request


def _lock(actor: User, request_id: int) -> LicenceRequest:
    require(actor, Permission.REQUEST_DECIDE)
    request = lock_request(actor, request_id)
    require_waiting(request)
    return request


def _check_present(officer: User) -> None:
    absence = absences_on(clock.today()).get(officer.pk)
    if absence:
        raise Invalid(
            "officer_absent",
            gettext_noop("%(who)s is away until %(last)s; %(substitute)s stands in."),
            field="officer",
            params={
                "who": officer.full_name,
                "last": f"{absence.last_day:%d/%m/%Y}",
                "substitute": absence.substitute.full_name,
            },
        )


def _hand_over(
    actor: User, request: LicenceRequest, verb: str, *, holder: User | None, seen: int | None
) -> None:
    """Compare and set: nobody takes a request out of hands that they did not see."""
    before = request.assigned_to
    # Compared here, under the lock: ``seen`` may be a number that no database knows.
    if request.assigned_to_id != seen:
        raise _held_already(before)
    LicenceRequest.objects.filter(pk=request.pk).update(assigned_to=holder)
    request.assigned_to = holder
    names = [{"assigned_to": who.full_name if who else None} for who in (before, holder)]
    audit.record(actor, [audit.Change(request, verb, *names)])


def _held_already(holder: User | None) -> Conflict:
    if not holder:
        message = gettext_noop("Meanwhile it was put back into the queue: please look again.")
        return Conflict("held_already", message)
    message = gettext_noop("%(who)s is already handling this request.")
    return Conflict("held_already", message, params={"who": holder.full_name})
