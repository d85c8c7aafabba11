"""The trail of who looked at the screens as whom (R13)."""

from __future__ import annotations

from django.db import transaction

from capphep.platform import audit
from capphep.platform.models import Team, User
from capphep.platform.preview import SEEN_ROLES
from capphep.platform.roles import Permission, Role, require
from capphep.pure.errors import Forbidden, NotFound, gettext_noop


@transaction.atomic
def note_role(*, actor: User, role: Role, team: Team | None) -> None:
    """Raises Forbidden."""
    require(actor, Permission.USER_WRITE)
    after = {"role": role.value, **({"team": team.name} if team else {})}
    audit.record(actor, [audit.Change(actor, "preview_began", after=after)])


@transaction.atomic
def note_person(*, actor: User, person: User) -> None:
    """Raises Forbidden: also for a program, somebody inactive, and oneself."""
    require(actor, Permission.USER_WRITE)
    if person.role not in SEEN_ROLES or not person.is_active or person.pk == actor.pk:
        message = gettext_noop("The screens cannot be seen as this account.")
        raise Forbidden("not_previewed", message)
    audit.record(actor, [audit.Change(person, "preview_began", after={"name": person.full_name})])


@transaction.atomic
def note_end(*, actor: User) -> None:
    audit.record(actor, [audit.Change(actor, "preview_ended")])


def role_not_found() -> NotFound:
    return NotFound("role_not_found", gettext_noop("There is no such role."))
