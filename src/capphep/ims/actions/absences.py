"""*Vắng mặt và người thay*: who looks after an officer's requests while they are away."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from capphep.ims import rules
from capphep.ims.models import Absence
from capphep.ims.queries import absences as queries
from capphep.platform import audit
from capphep.platform.models import User
from capphep.platform.roles import Role
from capphep.pure.errors import Invalid, gettext_noop


@transaction.atomic
def enter_absence(
    *,
    actor: User,
    officer_id: int,
    substitute_id: int,
    first_day: datetime.date,
    last_day: datetime.date,
) -> Absence:
    """The officer is away from the first to the last local day; the substitute stands in.

    Raises Forbidden ``not_own_absence``; Invalid ``not_an_officer``, ``substitute_oneself``,
    ``absence_backwards``, ``absence_overlaps`` and ``substitute_absent``.
    """
    queries.require_absence_of(actor, officer_id)
    officer, substitute = _locked(officer_id, "officer"), _active(substitute_id, "substitute")
    if officer == substitute:
        message = gettext_noop("Choose somebody else: nobody stands in for themselves.")
        raise Invalid("substitute_oneself", message, field="substitute")
    _check_days(officer, substitute, first_day, last_day)
    absence = Absence.objects.create(
        officer=officer,
        substitute=substitute,
        first_day=first_day,
        last_day=last_day,
        created_by=actor,
    )
    after = {"first_day": first_day, "last_day": last_day, "substitute": substitute.full_name}
    audit.record(actor, [audit.Change(officer, "absence_entered", after=after)])
    return absence


@transaction.atomic
def cancel_absence(*, actor: User, absence_id: int) -> Absence:
    """They are here after all, or again. Raises Forbidden ``not_own_absence``, NotFound."""
    absence = queries.absence_of(absence_id)
    queries.require_absence_of(actor, absence.officer_id)
    absence.cancelled_at = timezone.now()
    absence.save(update_fields=["cancelled_at"])
    before = {"first_day": absence.first_day, "last_day": absence.last_day}
    audit.record(actor, [audit.Change(absence.officer, "absence_cancelled", before=before)])
    return absence


def _check_days(
    officer: User, substitute: User, first_day: datetime.date, last_day: datetime.date
) -> None:
    own = queries.absences().filter(officer=officer).values_list("first_day", "last_day")
    rules.check_absence(first_day=first_day, last_day=last_day, taken=own)
    theirs = queries.overlapping(first_day, last_day).filter(officer=substitute).first()
    if theirs:
        raise Invalid(
            "substitute_absent",
            gettext_noop("%(who)s is away too, from %(first)s to %(last)s."),
            field="substitute",
            params={
                "who": substitute.full_name,
                "first": f"{theirs.first_day:%d/%m/%Y}",
                "last": f"{theirs.last_day:%d/%m/%Y}",
            },
        )


def _locked(officer_id: int, field: str) -> User:
    """The officer, held until the commit, so that two absences cannot be entered at once."""
    found = User.objects.select_for_update().filter(pk=officer_id, role=Role.OFFICER).first()
    if not found:
        raise _not_an_officer(field)
    return found


def _active(officer_id: int, field: str) -> User:
    found = queries.officers().filter(pk=officer_id).first()
    if not found:
        raise _not_an_officer(field)
    return found


def _not_an_officer(field: str) -> Invalid:
    message = gettext_noop("Choose an officer who is active.")
    return Invalid("not_an_officer", message, field=field)
