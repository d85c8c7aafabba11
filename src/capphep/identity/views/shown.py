"""A link as people see it: where it stands, what went wrong, what may be done about it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.identity.models import AccountLink, AdminAccount, DeliveryError
from capphep.identity.states import (
    ACCOUNT_STATUS,
    TO_CLOSE,
    TO_OPEN,
    TROUBLED,
    AccountStatus,
)
from capphep.platform.history import HistoryEntry, history_of
from capphep.platform.kit import MenuItem, Status, Tone
from capphep.platform.roles import Actor, Permission, may

_TONES: Final[dict[str, Tone]] = {
    AccountStatus.PENDING: "waiting",
    AccountStatus.INVITED: "info",
    AccountStatus.LINKED: "good",
    AccountStatus.FAILED: "bad",
    AccountStatus.CLOSING: "waiting",
    AccountStatus.CLOSED: "gone",
    AccountStatus.CLOSE_FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class ShownLink:
    """``error`` is a sentence, ``retry_at`` when the worker tries again by itself;
    ``is_given_up``: it does not any more. ``by_phone``: only people can tell the person."""

    record: AccountLink
    status: Status
    error: str
    retry_at: datetime.datetime | None
    is_given_up: bool
    by_phone: bool
    again: MenuItem | None


def shown(actor: Actor, links: Iterable[AccountLink]) -> list[ShownLink]:
    return [_shown(actor, link) for link in links]


def _shown(actor: Actor, link: AccountLink) -> ShownLink:
    account = link.account
    error = error_of(link)
    return ShownLink(
        record=link,
        status=status_of(link),
        error=error,
        retry_at=account.next_at if error else None,
        is_given_up=link.status in TROUBLED and account.next_at is None,
        by_phone=link.status == AccountStatus.LINKED and _is_told_by_phone(account),
        again=again_item(actor, link),
    )


def status_of(link: AccountLink) -> Status:
    return Status(link.get_status_display(), _TONES[link.status])


def error_of(link: AccountLink) -> str:
    """Why the link still waits; "" where it does not, or nothing went wrong."""
    return error_text(link.account) if link.status in (*TO_OPEN, *TO_CLOSE) else ""


def error_text(account: AdminAccount) -> str:
    """Why the last attempt failed, with the number that helps to mend it; "" if it did not."""
    if account.error not in DeliveryError.values:
        return ""
    text = str(DeliveryError(account.error).label)
    return f"{text} ({account.error_status})" if account.error_status else text


def history(account: AdminAccount) -> list[HistoryEntry]:
    """The audit trail, with errors in words."""
    return [
        replace(
            entry,
            changes=[
                (label, _in_words(before), _in_words(after))
                for label, before, after in entry.changes
            ],
        )
        for entry in history_of(account)
    ]


def _in_words(text: str) -> str:
    return str(DeliveryError(text).label) if text in DeliveryError.values else text


def _is_told_by_phone(account: AdminAccount) -> bool:
    """This directory can only write e-mail."""
    return not account.email and not account.provider and not settings.SCIM_URL


def again_item(actor: Actor, link: AccountLink) -> MenuItem | None:
    """*Thử lại* after a failure, else *Gửi lại*; None where role or state do not allow it."""
    if not may(actor, Permission.ACCOUNT_WRITE):
        return None
    if not ACCOUNT_STATUS.allows("send_again", link.status):
        return None
    url = reverse("identity:send_again", args=[link.pk])
    label = _("Try again") if link.status in TROUBLED else _("Send again")
    return MenuItem(label, url, "post", icon="refresh")
