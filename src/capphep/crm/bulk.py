"""What is done to many customers from their list (R13)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capphep.crm.actions.customers import deactivate_customer, reactivate_customer
from capphep.crm.models import Customer
from capphep.platform.bulk import BulkAction, Choice, Target
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, may
from capphep.pure.errors import Conflict, gettext_noop


def _allowed(actor: Actor) -> bool:
    return may(actor, Permission.CUSTOMER_WRITE)


def _stop(actor: User, target: Target, choice: Choice) -> None:
    was = _followed(target)
    deactivate_customer(actor=actor, customer_id=target.key)
    if was is False:
        raise Conflict("as_before", gettext_noop("It was no longer followed before."))


def _follow(actor: User, target: Target, choice: Choice) -> None:
    was = _followed(target)
    reactivate_customer(actor=actor, customer_id=target.key)
    if was:
        raise Conflict("as_before", gettext_noop("It was followed before."))


def _followed(target: Target) -> bool | None:
    return Customer.objects.filter(pk=target.key).values_list("is_active", flat=True).first()


STOP_FOLLOWING: Final = BulkAction(
    name="stop-following",
    label=_("Stop following"),
    icon="eye-off",
    title=lambda number: ngettext(
        "Stop following %(number)s customer?", "Stop following %(number)s customers?", number
    ),
    text=_("They stay with all their data; nobody can order for them any more."),
    do=_stop,
    allowed=_allowed,
    done_word=_("No longer followed"),
)

FOLLOW_AGAIN: Final = BulkAction(
    name="follow-again",
    label=_("Follow again"),
    icon="eye",
    title=lambda number: ngettext(
        "Follow %(number)s customer again?", "Follow %(number)s customers again?", number
    ),
    do=_follow,
    allowed=_allowed,
    done_word=_("Followed"),
)
