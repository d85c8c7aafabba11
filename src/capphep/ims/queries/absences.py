"""Who is away, and who stands in for whom."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import QuerySet

from capphep.ims.models import Absence
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, Role, may
from capphep.pure.errors import Forbidden, NotFound, gettext_noop


def absences() -> QuerySet[Absence]:
    """All that were entered and not cancelled."""
    return Absence.objects.filter(cancelled_at=None).select_related("officer", "substitute")


def absences_on(day: datetime.date) -> dict[int, Absence]:
    """Who is away on the local day, by officer id. One statement."""
    rows = absences().filter(first_day__lte=day, last_day__gte=day)
    return {absence.officer_id: absence for absence in rows}


def stood_in_for(actor: Actor, away: Iterable[Absence]) -> list[int]:
    """The ids of those among the absent officers whose substitute the actor is."""
    return [absence.officer_id for absence in away if absence.substitute_id == actor.pk]


def overlapping(first_day: datetime.date, last_day: datetime.date) -> QuerySet[Absence]:
    """The absences of anybody on any of these local days."""
    return absences().filter(first_day__lte=last_day, last_day__gte=first_day)


def officers() -> QuerySet[User]:
    """Those to whom a request may be given."""
    return User.objects.filter(role=Role.OFFICER, is_active=True).order_by("full_name", "id")


def require_absence_of(actor: Actor, officer_id: int) -> None:
    """Raise Forbidden unless it is the officer's own, or an administrator enters it for them."""
    is_own = may(actor, Permission.REQUEST_DECIDE) and actor.pk == officer_id
    if not is_own and not may(actor, Permission.USER_WRITE):
        message = gettext_noop("Only an administrator enters the absence of somebody else.")
        raise Forbidden("not_own_absence", message)


def absence_of(absence_id: int) -> Absence:
    """Raises NotFound for one that does not exist or was cancelled."""
    found = absences().filter(pk=absence_id).first()
    if not found:
        raise NotFound("absence_not_found", gettext_noop("There is no such absence."))
    return found
