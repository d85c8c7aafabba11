"""What is done with an account besides editing it: sessions, locks, links, own passwords (R13)."""

from __future__ import annotations

import datetime
from typing import Any, Final

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from capphep.platform import audit, versions
from capphep.platform.models import User
from capphep.platform.roles import Actor, Role
from capphep.pure.errors import Forbidden, Invalid, Invalids, NotFound, gettext_noop
from capphep.shell.actions import check_password, locked_user


class _Links(PasswordResetTokenGenerator):
    """Worth nothing once the password was chosen, the person signed in, or days went by."""

    key_salt = "capphep.shell.welcome"


LINKS: Final = _Links()


@transaction.atomic
def end_sessions(*, actor: Actor, user_id: int) -> User:
    """Sign the person out everywhere. Raises Forbidden, NotFound."""
    user = locked_user(actor, user_id)
    versions.write(user, user.version, {"session_round": user.session_round + 1}, actor)
    audit.record(actor, [audit.Change(user, "sessions_ended")])
    return user


@transaction.atomic
def unlock(*, actor: Actor, user_id: int) -> User:
    """Forget the failed sign-ins that lock the account. Raises Forbidden, NotFound."""
    user = locked_user(actor, user_id)
    if reset(username=user.username):
        audit.record(actor, [audit.Change(user, "unlocked")])
    return user


def is_locked(user: User) -> bool:
    """Whether too many failed sign-ins keep the person out at the moment. One statement."""
    since = timezone.now() - datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    attempts: QuerySet[Any] = AccessAttempt.objects.filter(
        username=user.username,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gte=since,
    )
    return attempts.exists()


@transaction.atomic
def invite(*, actor: Actor, user_id: int) -> tuple[User, str]:
    """The account and the token of a link by which the person chooses the first password.

    Raises Forbidden, NotFound; Forbidden ``not_invited`` for a program or who is inactive.
    """
    user = locked_user(actor, user_id)
    if user.role == Role.PROGRAM or not user.is_active:
        raise Forbidden("not_invited", gettext_noop("This account does not sign in."))
    audit.record(actor, [audit.Change(user, "invited_user")])
    return user, LINKS.make_token(user)


def invited(user_id: int, token: str) -> User:
    """Whose link this is. Raises NotFound ``link_over`` for one that is worth nothing any more."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not LINKS.check_token(user, token):
        message = gettext_noop("This link has been used or is too old. Ask for another one.")
        raise NotFound("link_over", message)
    return user


@transaction.atomic
def accept_invitation(*, user_id: int, token: str, password: str) -> User:
    """Choose the first password, once. Raises NotFound link_over; Invalids password_weak."""
    list(User.objects.select_for_update().filter(pk=user_id).values_list("pk"))
    user = invited(user_id, token)
    _choose(user, password)
    return user


@transaction.atomic
def change_own_password(*, actor: User, current: str, password: str) -> User:
    """Raises Invalids password_wrong, password_same, password_weak."""
    user = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    if not user.check_password(current):
        message = gettext_noop("This is not your present password.")
        raise Invalids([Invalid("password_wrong", message, field="current")])
    if current == password:
        message = gettext_noop("Choose another one than the present password.")
        raise Invalids([Invalid("password_same", message, field="password")])
    _choose(user, password)
    return user


def _choose(user: User, password: str) -> None:
    check_password(password, user)
    user.set_password(password)
    values = {"password": user.password, "must_change_password": False}
    versions.write(user, user.version, values, user)
    audit.record(user, [audit.Change(user, "password_chosen")])
