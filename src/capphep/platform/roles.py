"""Who may do what: one table of permissions, asked by every action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import Forbidden, gettext_noop

if TYPE_CHECKING:
    from capphep.platform.models import User


class Role(models.TextChoices):
    SALES = "sales", _("Salesperson")
    MANAGER = "manager", _("Sales manager")
    OFFICER = "officer", _("Licence officer")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Administrator")
    PROGRAM = "program", _("Program")
    SYSTEM = "system", _("System")


class Permission(models.TextChoices):
    """What an action asks for. Reading is for everyone who signs in, within `sees_all`."""

    CUSTOMER_WRITE = "customer.write"
    CUSTOMER_MERGE = "customer.merge"
    SALE_WRITE = "sale.write"
    # Give what one salesperson has to another one.
    HAND_OVER = "hand.over"
    REQUEST_WRITE = "request.write"
    REQUEST_DECIDE = "request.decide"
    CATALOGUE_WRITE = "catalogue.write"
    USER_WRITE = "user.write"
    USAGE_WRITE = "usage.write"
    INTEGRATION_WRITE = "integration.write"
    ACCOUNT_WRITE = "account.write"
    TALK_WRITE = "talk.write"
    SETTING_WRITE = "setting.write"
    # Customers of whoever it may be, and what was in force before capphep.
    BULK_ENTER = "bulk.enter"
    PRIVACY_WRITE = "privacy.write"


class SystemActor:
    """The actor of commands that no signed-in person runs: imports, demo data."""

    pk: Final = None
    role: Final = Role.SYSTEM
    team_id: Final = None
    full_name: Final = "capphep"


SYSTEM = SystemActor()
Actor: TypeAlias = "User | SystemActor"

_GRANTED: dict[str, frozenset[Permission]] = {
    Role.SALES: frozenset(
        {
            Permission.CUSTOMER_WRITE,
            Permission.SALE_WRITE,
            Permission.REQUEST_WRITE,
            Permission.TALK_WRITE,
        }
    ),
    # Hands customers over and merges them; sells through the salespeople.
    Role.MANAGER: frozenset(
        {
            Permission.CUSTOMER_WRITE,
            Permission.CUSTOMER_MERGE,
            Permission.HAND_OVER,
            Permission.TALK_WRITE,
        }
    ),
    Role.OFFICER: frozenset(
        {Permission.REQUEST_DECIDE, Permission.ACCOUNT_WRITE, Permission.TALK_WRITE}
    ),
    Role.AUDITOR: frozenset(),
    Role.ADMIN: frozenset(
        {
            Permission.CUSTOMER_MERGE,
            Permission.HAND_OVER,
            Permission.CATALOGUE_WRITE,
            Permission.USER_WRITE,
            Permission.INTEGRATION_WRITE,
            Permission.ACCOUNT_WRITE,
            Permission.TALK_WRITE,
            Permission.SETTING_WRITE,
            Permission.BULK_ENTER,
            Permission.PRIVACY_WRITE,
        }
    ),
    # A product that asks and reports over the API; it never signs in on a screen.
    Role.PROGRAM: frozenset({Permission.USAGE_WRITE}),
    Role.SYSTEM: frozenset(Permission),
}


def granted(role: Role) -> frozenset[Permission]:
    """What whoever has the role may do."""
    return _GRANTED[role]


def may(actor: Actor, permission: Permission) -> bool:
    return permission in _GRANTED.get(actor.role, frozenset())


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden ``not_permitted`` unless the actor's role carries the permission."""
    if not may(actor, permission):
        raise not_permitted()


def require_overseer(actor: Actor) -> None:
    """Raise Forbidden ``not_permitted`` for whom the desk's own affairs are not: they are read by
    administrators, who may change them, and by auditors."""
    if actor.role not in (Role.ADMIN, Role.AUDITOR, Role.SYSTEM):
        raise not_permitted()


def not_permitted() -> Forbidden:
    return Forbidden("not_permitted", gettext_noop("Your role does not allow this."))


def sees_all(actor: Actor) -> bool:
    """True for who reads every record; who sells, and who leads a team, reads within the team."""
    if actor.role == Role.MANAGER:
        return actor.team_id is None
    return actor.role != Role.SALES
