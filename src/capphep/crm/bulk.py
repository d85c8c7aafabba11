"""What is done to many customers and orders from their lists (R13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capphep.crm.actions.customers import deactivate_customer, reactivate_customer
from capphep.crm.actions.order_following import deactivate_order, reactivate_order
from capphep.crm.models import Customer
from capphep.platform.bulk import BulkAction, Choice, Target
from capphep.platform.kit import Text
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, may
from capphep.pure.errors import Conflict, gettext_noop

Title: TypeAlias = Callable[[int], str]
Deed: TypeAlias = Callable[[User, Target, Choice], None]
Allowed: TypeAlias = Callable[[User], bool]


def _allowed(actor: Actor) -> bool:
    return may(actor, Permission.CUSTOMER_WRITE)


def _sells(actor: Actor) -> bool:
    return may(actor, Permission.SALE_WRITE)


def _stop(actor: User, target: Target, choice: Choice) -> None:
    was = _followed(target)
    deactivate_customer(actor=actor, customer_id=target.key)
    if was is False:
        raise _not_before()


def _follow(actor: User, target: Target, choice: Choice) -> None:
    was = _followed(target)
    reactivate_customer(actor=actor, customer_id=target.key)
    if was:
        raise _before()


def _stop_order(actor: User, target: Target, choice: Choice) -> None:
    if not deactivate_order(actor=actor, order_id=target.key, seen_version=target.version):
        raise _not_before()


def _follow_order(actor: User, target: Target, choice: Choice) -> None:
    if not reactivate_order(actor=actor, order_id=target.key, seen_version=target.version):
        raise _before()


def _not_before() -> Conflict:
    return Conflict("as_before", gettext_noop("It was no longer followed before."))


def _before() -> Conflict:
    return Conflict("as_before", gettext_noop("It was followed before."))


def _followed(target: Target) -> bool | None:
    return Customer.objects.filter(pk=target.key).values_list("is_active", flat=True).first()


def _stopping(title: Title, text: Text, do: Deed, allowed: Allowed) -> BulkAction:
    return BulkAction(
        name="stop-following",
        label=_("Stop following"),
        icon="eye-off",
        title=title,
        text=text,
        do=do,
        allowed=allowed,
        done_word=_("No longer followed"),
    )


def _following(title: Title, do: Deed, allowed: Allowed) -> BulkAction:
    return BulkAction(
        name="follow-again",
        label=_("Follow again"),
        icon="eye",
        title=title,
        do=do,
        allowed=allowed,
        done_word=_("Followed"),
    )


STOP_FOLLOWING: Final = _stopping(
    lambda number: ngettext(
        "Stop following %(number)s customer?", "Stop following %(number)s customers?", number
    ),
    _("They stay with all their data; nobody can order for them any more."),
    _stop,
    _allowed,
)
FOLLOW_AGAIN: Final = _following(
    lambda number: ngettext(
        "Follow %(number)s customer again?", "Follow %(number)s customers again?", number
    ),
    _follow,
    _allowed,
)
STOP_FOLLOWING_ORDERS: Final = _stopping(
    lambda number: ngettext(
        "Stop following %(number)s order?", "Stop following %(number)s orders?", number
    ),
    _(
        "They stay with all their data and are found by the search, but leave the lists and the "
        "reports. What waits for an answer or was ever approved stays as it is."
    ),
    _stop_order,
    _sells,
)
FOLLOW_ORDERS_AGAIN: Final = _following(
    lambda number: ngettext(
        "Follow %(number)s order again?", "Follow %(number)s orders again?", number
    ),
    _follow_order,
    _sells,
)
