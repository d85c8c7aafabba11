"""Writes of teams, for administrators (R13)."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from capphep.platform import audit, versions
from capphep.platform.models import Team, User
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.collation import vietnamese_key
from capphep.pure.errors import Invalid, Invalids, NotFound, gettext_noop
from capphep.pure.folding import clean, fold
from capphep.shell.user_rules import LONGEST_TEAM


@transaction.atomic
def create_team(*, actor: Actor, name: str) -> Team:
    """Raises Forbidden; Invalids team_name, too_long, team_taken."""
    require(actor, Permission.USER_WRITE)
    name = _name(name, None)
    try:
        with transaction.atomic():
            team = Team.objects.create(
                name=name, sort_key=vietnamese_key(name), updated_by_id=actor.pk
            )
    except IntegrityError as error:
        raise _taken(name) from error
    audit.record(actor, [audit.Change(team, "created", after={"name": name})])
    return team


@transaction.atomic
def edit_team(*, actor: Actor, team_id: int, seen_version: int, name: str, is_active: bool) -> Team:
    """Rename a team, end it or take it up again; one that people are in is not ended.

    Raises Forbidden, NotFound; Stale; Invalids (create_team, team_has_people).
    """
    require(actor, Permission.USER_WRITE)
    team = _locked(team_id)
    name = _name(name, team)
    values = {"name": name, "sort_key": vietnamese_key(name), "is_active": is_active}
    people = User.objects.filter(team=team, is_active=True).count()
    if team.is_active and not is_active and people:
        raise _has_people(people)
    changed = {key: value for key, value in values.items() if getattr(team, key) != value}
    if team.version != seen_version:
        raise versions.Stale
    if changed:
        _write(actor, team, changed)
    return team


def _write(actor: Actor, team: Team, changed: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            before, after = versions.write(team, team.version, changed, actor)
    except IntegrityError as error:
        raise _taken(str(changed["name"])) from error
    audit.record(actor, [audit.Change(team, "edited", before, after)])


@transaction.atomic
def move_to_team(*, actor: Actor, user_id: int, team_id: int | None) -> User:
    """Put a person into a team, or into none. Raises Forbidden, NotFound; Invalids team_ended."""
    require(actor, Permission.USER_WRITE)
    team = _locked(team_id) if team_id is not None else None
    if team and not team.is_active:
        message = gettext_noop("This team is no longer followed.")
        raise Invalids([Invalid("team_ended", message, field="user")])
    user = User.objects.select_for_update(of=("self",)).select_related("team")
    person = user.filter(pk=user_id).first()
    if person is None:
        raise NotFound("user_not_found", gettext_noop("There is no such user."))
    if person.team_id != team_id:
        before, after = versions.write(person, person.version, {"team": team}, actor)
        audit.record(actor, [audit.Change(person, "edited", before, after)])
    return person


def team_of(actor: Actor, team_id: int) -> Team:
    """Raises Forbidden, NotFound."""
    require(actor, Permission.USER_WRITE)
    found = Team.objects.filter(pk=team_id).first()
    if found is None:
        raise _not_found()
    return found


def _locked(team_id: int) -> Team:
    found = Team.objects.select_for_update().filter(pk=team_id).first()
    if found is None:
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound("team_not_found", gettext_noop("There is no such team."))


def _name(name: str, own: Team | None) -> str:
    name = clean(name)
    if not name:
        raise Invalids([Invalid("team_name", gettext_noop("Enter a name."), field="name")])
    if len(name) > LONGEST_TEAM:
        message = gettext_noop("At most %(max)s characters fit here.")
        params = {"max": LONGEST_TEAM}
        raise Invalids([Invalid("too_long", message, field="name", params=params)])
    others = Team.objects.exclude(pk=own.pk) if own else Team.objects.all()
    if fold(name) in {fold(one) for one in others.values_list("name", flat=True)}:
        raise _taken(name)
    return name


def _taken(name: str) -> Invalids:
    message = gettext_noop("There is a team “%(value)s” already.")
    return Invalids([Invalid("team_taken", message, field="name", params={"value": name})])


def _has_people(people: int) -> Invalids:
    message = gettext_noop("%(count)s people are in this team: move them to another one first.")
    refusal = Invalid("team_has_people", message, field="is_active", params={"count": people})
    return Invalids([refusal])
