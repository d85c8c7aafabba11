"""Who is away, and who stands in for whom."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from capphep.ims.models import Absence
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, Role, may, not_permitted
from capphep.pure.errors import Forbidden, NotFound, gettext_noop


def absences() -> QuerySet[Absence]:
    """All that were entered and not cancelled."""
    return Absence.objects.filter(cancelled_at=None).select_related(
        "officer", "substitute", "created_by"
    )


def absences_on(day: datetime.date) -> dict[int, Absence]:
    """Who is away on the local day, by officer id. One statement."""
    rows = absences().filter(first_day__lte=day, last_day__gte=day)
    return {absence.officer_id: absence for absence in rows}


def stood_in_for(actor: Actor, away: Iterable[Absence]) -> list[int]:
    """The ids of those among the absent officers whose substitute the actor is."""
    return [absence.officer_id for absence in away if absence.substitute_id == actor.pk]


def state_of(absence: Absence, day: datetime.date) -> str:
    """ "now", "later" or "over" on the local day."""
    if absence.last_day < day:
        return "over"
    return "later" if absence.first_day > day else "now"


def in_states(
    rows: QuerySet[Absence], states: Iterable[str], day: datetime.date
) -> QuerySet[Absence]:
    conditions = {
        "now": Q(first_day__lte=day, last_day__gte=day),
        "later": Q(first_day__gt=day),
        "over": Q(last_day__lt=day),
    }
    wanted = Q(pk__in=[])
    for state in states:
        wanted |= conditions[state]
    return rows.filter(wanted)


def counting_on(absence: Absence) -> list[Absence]:
    """The absences of others in which this officer would stand in, on any of these days."""
    rows = overlapping(absence.first_day, absence.last_day)
    return list(rows.filter(substitute=absence.officer_id).order_by("first_day", "id"))


def overlapping(first_day: datetime.date, last_day: datetime.date) -> QuerySet[Absence]:
    """The absences of anybody on any of these local days."""
    return absences().filter(first_day__lte=last_day, last_day__gte=first_day)


def officers() -> QuerySet[User]:
    """Those to whom a request may be given."""
    return User.objects.filter(role=Role.OFFICER, is_active=True).order_by("sort_key", "id")


def may_enter(actor: Actor) -> bool:
    """Officers enter their own absences, administrators anybody's."""
    return may(actor, Permission.REQUEST_DECIDE) or may(actor, Permission.USER_WRITE)


def may_enter_for(actor: Actor, officer_id: int) -> bool:
    is_own = may(actor, Permission.REQUEST_DECIDE) and actor.pk == officer_id
    return is_own or may(actor, Permission.USER_WRITE)


def require_may_enter(actor: Actor) -> None:
    if not may_enter(actor):
        raise not_permitted()


def require_absence_of(actor: Actor, officer_id: int) -> None:
    """Raise Forbidden unless it is the officer's own, or an administrator enters it for them."""
    require_may_enter(actor)
    if not may_enter_for(actor, officer_id):
        message = gettext_noop("Only an administrator enters the absence of somebody else.")
        raise Forbidden("not_own_absence", message)


def absence_of(absence_id: int) -> Absence:
    """Raises NotFound for one that does not exist or was cancelled."""
    found = absences().filter(pk=absence_id).first()
    if not found:
        raise NotFound("absence_not_found", gettext_noop("There is no such absence."))
    return found
