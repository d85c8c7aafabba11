"""*Gửi lại* of many accounts from their list."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from capphep.identity.actions import send_again
from capphep.platform.bulk import BulkAction, Choice, Target
from capphep.platform.models import User
from capphep.platform.roles import Permission, may


def _send(actor: User, target: Target, choice: Choice) -> None:
    send_again(actor=actor, link_id=target.key)


SEND_AGAIN: Final = BulkAction(
    name="send-again",
    label=_("Send again"),
    icon="refresh",
    title=lambda number: ngettext(
        "Send %(number)s account again?", "Send %(number)s accounts again?", number
    ),
    text=_("Those that wait to be sent anyway, or are deactivated, stay as they are."),
    do=_send,
    allowed=lambda actor: may(actor, Permission.ACCOUNT_WRITE),
    done_word=_("Waits to be sent"),
)
