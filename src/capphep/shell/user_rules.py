"""What makes a user account a valid one: what was typed in, columns out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from capphep.platform.roles import Role
from capphep.pure import codes
from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop
from capphep.pure.folding import clean

LONGEST_NAME: Final = 150
LONGEST_TEAM: Final = 100
ROLES: Final = frozenset(Role) - {Role.SYSTEM}
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInput:
    """An account as typed. ``team`` is a team's name; one that does not exist yet is made."""

    username: str
    full_name: str
    role: str
    email: str = ""
    team: str = ""
    is_active: bool = True


def user_values(typed: UserInput) -> dict[str, object]:
    """The account's columns; the team stays a name.

    Raises Invalids: username_form, full_name_required, too_long, role_unknown, email_form.
    """
    problems = list(_problems(typed))
    email = clean(typed.email)
    if email:
        try:
            email = codes.email(email)
        except Invalid as refusal:
            problems.append(refusal)
    if problems:
        raise Invalids(problems)
    return {
        "username": clean(typed.username).lower(),
        "full_name": clean(typed.full_name),
        "email": email,
        "role": typed.role,
        "team": clean(typed.team),
        "is_active": typed.is_active,
    }


def _problems(typed: UserInput) -> Iterator[Refusal]:
    if not _USERNAME.fullmatch(clean(typed.username).lower()):
        message = gettext_noop(
            "A user name is 2 to 60 letters without accents, digits, points, dashes and _."
        )
        yield Invalid("username_form", message, field="username")
    if not clean(typed.full_name):
        yield Invalid("full_name_required", gettext_noop("Enter the full name."), field="full_name")
    if typed.role not in ROLES:
        yield Invalid("role_unknown", gettext_noop("Choose a role."), field="role")
    for name, longest in (("full_name", LONGEST_NAME), ("team", LONGEST_TEAM)):
        if len(clean(getattr(typed, name))) > longest:
            message = gettext_noop("At most %(max)s characters fit here.")
            yield Invalid("too_long", message, field=name, params={"max": longest})


def own_account_problems(values: dict[str, object]) -> list[Refusal]:
    """An administrator keeps an own account that is active and an administrator's.

    So there is always somebody who can sign in and manage the users.
    """
    problems: list[Refusal] = []
    if not values["is_active"]:
        message = gettext_noop("You cannot deactivate your own account.")
        problems.append(Invalid("own_account", message, field="is_active"))
    if values["role"] != Role.ADMIN:
        message = gettext_noop("You cannot give up your own role as administrator.")
        problems.append(Invalid("own_account", message, field="role"))
    return problems
