"""Writes of user accounts, for administrators (R13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from capphep.platform import audit, versions
from capphep.platform.models import Team, User
from capphep.platform.roles import Actor, Permission, Role, not_permitted, require
from capphep.pure.collation import vietnamese_key
from capphep.pure.errors import Invalid, Invalids, gettext_noop
from capphep.pure.folding import fold
from capphep.shell import queries
from capphep.shell.user_rules import UserInput, own_account_problems, user_values

_WEAKNESSES: Final[Mapping[str, str]] = {
    "password_too_short": gettext_noop("A password has at least %(least)s characters."),
    "password_too_common": gettext_noop("This password is too common: it is easily guessed."),
    "password_entirely_numeric": gettext_noop("A password is not only digits."),
    "password_too_similar": gettext_noop("The password is too like the user name or e-mail."),
}


@transaction.atomic
def create_user(
    *, actor: Actor, typed: UserInput, password: str | None, is_temporary: bool = False
) -> User:
    """Make an account with its first password; None for a program and who is invited by a link.

    ``is_temporary``: the person chooses another one at the first sign-in.
    Raises Forbidden; Invalids (username_taken and password_weak among them).
    """
    _lock(actor)
    values = _values(typed)
    values["team"] = _team(actor, str(values["team"]))
    user = User(updated_by_id=actor.pk, **values)
    if user.role == Role.PROGRAM or password is None:
        user.set_unusable_password()
    else:
        user.must_change_password = is_temporary
        check_password(password, user)
        user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(user.username) from error
    said = audit.told(values)
    after = {name: value for name, value in said.items() if value not in (None, "")}
    audit.record(actor, [audit.Change(user, "created", after=after)])
    return user


@transaction.atomic
def edit_user(*, actor: Actor, user_id: int, seen_version: int, typed: UserInput) -> User:
    """Change an account. Raises Forbidden, NotFound; Stale; Invalids."""
    user = locked_user(actor, user_id)
    if user.version != seen_version:
        raise versions.Stale
    values = _values(typed)
    problems = own_account_problems(values) if user.pk == actor.pk else []
    if problems:
        raise Invalids(problems)
    values["team"] = _team(actor, str(values["team"]))
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if changed:
        _write(actor, user, changed)
    return user


@transaction.atomic
def set_password(*, actor: Actor, user_id: int, password: str) -> User:
    """Give an account a new password; whoever is signed in with the old one is signed out.

    Another person's is for one sign-in: they choose their own then.

    Raises Forbidden, NotFound; Invalids password_weak.
    """
    user = locked_user(actor, user_id)
    check_password(password, user)
    user.set_password(password)
    values = {"password": user.password, "must_change_password": user.pk != actor.pk}
    versions.write(user, user.version, values, actor)
    audit.record(actor, [audit.Change(user, "password_set")])
    return user


def _lock(actor: Actor, user_id: int | None = None) -> dict[int, User]:
    """Lock the account and the actor's own, and ask for the permission as it is now.

    So of two administrators who deactivate each other one is late. Locking in the order
    of the keys keeps them from blocking each other.
    """
    require(actor, Permission.USER_WRITE)
    wanted = Q(pk=actor.pk) | Q(pk=user_id)
    locked = User.objects.select_for_update(of=("self",)).select_related("team")
    found = {user.pk: user for user in locked.filter(wanted).order_by("pk")}
    if actor.pk is not None:
        _require_still(found[actor.pk])
    return found


def _require_still(own: User) -> None:
    require(own, Permission.USER_WRITE)
    if not own.is_active:
        raise not_permitted()


def locked_user(actor: Actor, user_id: int) -> User:
    found = _lock(actor, user_id).get(user_id)
    if found is None:
        raise queries.user_not_found()
    return found


def _write(actor: Actor, user: User, changed: dict[str, Any]) -> None:
    try:
        with transaction.atomic():
            before, after = versions.write(user, user.version, changed, actor)
    except IntegrityError as error:
        raise _taken(str(changed.get("username", ""))) from error
    only_active = set(changed) == {"is_active"}
    ends = {True: "reactivated", False: "deactivated"}
    verb = ends[bool(changed["is_active"])] if only_active else "edited"
    audit.record(actor, [audit.Change(user, verb, before, after)])


def _values(typed: UserInput) -> dict[str, Any]:
    values = user_values(typed)
    return values | {"sort_key": vietnamese_key(str(values["full_name"]))}


def _team(actor: Actor, name: str) -> Team | None:
    """The team of this name, accents and case aside; made where there is none."""
    if not name:
        return None
    teams = {fold(team.name): team for team in Team.objects.all()}
    found = teams.get(fold(name))
    if found is None:
        found, is_new = Team.objects.get_or_create(
            name=name, defaults={"sort_key": vietnamese_key(name)}
        )
        if is_new:
            audit.record(actor, [audit.Change(found, "created", after={"name": name})])
    if not found.is_active:
        message = gettext_noop("This team is no longer followed.")
        raise Invalids([Invalid("team_ended", message, field="team")])
    return found


def check_password(password: str, user: User) -> None:
    """Raises Invalids with every reason why the password is not safe, in words of our own."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalids(_weak(reason) for reason in error.error_list) from error


def _weak(reason: ValidationError) -> Invalid:
    message = _WEAKNESSES.get(reason.code or "", gettext_noop("This password is not safe enough."))
    params = {"least": (reason.params or {}).get("min_length", 0)}
    return Invalid("password_weak", message, field="password", params=params)


def _taken(username: str) -> Invalids:
    message = gettext_noop("Somebody else has the user name “%(value)s”.")
    params = {"value": username}
    return Invalids([Invalid("username_taken", message, field="username", params=params)])
