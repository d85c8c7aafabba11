"""What came of the worker's attempt, written with everything that belongs to it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.db import transaction
from django.utils import timezone

from capphep.identity.events import account_event
from capphep.identity.models import AccountLink, AdminAccount, DeliveryError
from capphep.identity.queries import links_of, work_for
from capphep.identity.rules import Work
from capphep.identity.states import ACCOUNT_STATUS
from capphep.platform import audit, leases, outbox
from capphep.platform.moves import move
from capphep.platform.roles import SYSTEM

# Seconds since the first attempt: within a day most has been mended.
MOMENTS: Final = (0, 10, 60, 300, 1800, 7200, 18_000, 36_000, 57_600, 86_400)


@dataclass(frozen=True, slots=True)
class Delivered:
    """``is_new``: nobody knew the person before, who was invited; else somebody was found.

    ``provider`` and ``provider_id`` are "" where the account is in this directory only;
    ``is_mailed``: this directory invited by e-mail.
    """

    is_new: bool = False
    provider: str = ""
    provider_id: str = ""
    is_mailed: bool = False


@dataclass(frozen=True, slots=True)
class Undelivered:
    """``status`` is that of the answer; ``wait`` the seconds for which the other side asks."""

    error: DeliveryError
    status: int | None = None
    wait: int | None = None


Outcome: TypeAlias = Delivered | Undelivered
Moved: TypeAlias = Sequence[tuple[AccountLink, str]]
"""Links with the verb by which each was moved."""


@transaction.atomic
def record_outcome(
    *, account: AdminAccount, work: Work, outcome: Outcome, day: datetime.date
) -> list[AccountLink]:
    """RULE R15: move the links that were worked on, and note the attempt.

    A link that was moved meanwhile (closed, opened again) is left to the next attempt, which
    is due at once. Returns the links that it moved. Raises LeaseLost where another worker has
    taken the account over: what that one finds out counts.
    """
    # The lock under which links are moved; see `waking.wake`.
    leases.release(account, next_at=None)
    account.refresh_from_db(fields=["failures"])
    retry_at = _retry_at(account, outcome)
    links = links_of(account)
    # Who is asked to wait has not failed.
    waits = isinstance(outcome, Undelivered) and outcome.error == DeliveryError.BUSY and retry_at
    moved = [] if waits else _moved(links, work, work_for(links, day), outcome)
    left = work_for(links, day)
    is_changed = bool(left.opening - work.opening or left.closing - work.closing)
    _note_attempt(account, outcome, timezone.now() if is_changed else retry_at)
    audit.record(SYSTEM, [_change(link, verb) for link, verb in moved])
    outbox.enqueue(_events(moved, work, retry_at))
    return [link for link, _verb in moved]


def _retry_at(account: AdminAccount, outcome: Outcome) -> datetime.datetime | None:
    """When to try again by itself; None after a success, and where it is given up."""
    if isinstance(outcome, Delivered):
        return None
    retry_at = leases.later(MOMENTS, account.failures + 1)
    asked_for = timezone.now() + datetime.timedelta(seconds=outcome.wait or 0)
    return max(retry_at, asked_for) if retry_at else None


def _moved(links: Sequence[AccountLink], work: Work, now: Work, outcome: Outcome) -> Moved:
    """Move what still stands as it was worked on."""
    verbs = []
    for link in links:
        verb = ""
        if link.pk in work.opening & now.opening:
            verb = _open(link, outcome)
        elif link.pk in work.closing & now.closing:
            verb = _close(link, outcome, is_last=not work.is_active)
        verbs.append((link, verb))
    return [(link, verb) for link, verb in verbs if verb]


def _open(link: AccountLink, outcome: Outcome) -> str:
    if isinstance(outcome, Undelivered):
        return _move(link, "fail")
    return _move(link, "invite") if outcome.is_new else _move(link, "link")


def _close(link: AccountLink, outcome: Outcome, *, is_last: bool) -> str:
    """Where others stay open, there was nothing to be sent that could have failed."""
    if isinstance(outcome, Undelivered) and is_last:
        return _move(link, "fail")
    return _move(link, "deactivate")


def _move(link: AccountLink, verb: str) -> str:
    """The verb, or "" where the link has failed before and stays so."""
    if not ACCOUNT_STATUS.allows(verb, link.status):
        return ""
    move(link, ACCOUNT_STATUS, verb)
    return verb


def _note_attempt(
    account: AdminAccount, outcome: Outcome, next_at: datetime.datetime | None
) -> None:
    account.ended, account.next_at = account.attempts, next_at
    account.tried_at = timezone.now()
    if isinstance(outcome, Undelivered):
        account.failures += 1
        account.error, account.error_status = outcome.error.value, outcome.status
    else:
        account.failures, account.error, account.error_status = 0, "", None
        account.provider = outcome.provider or account.provider
        account.provider_id = outcome.provider_id or account.provider_id
        account.invited_at = account.tried_at if outcome.is_mailed else account.invited_at
    account.save(update_fields=_ATTEMPT)


_ATTEMPT: Final = (
    *("ended", "next_at", "tried_at", "failures", "error", "error_status"),
    *("provider", "provider_id", "invited_at"),
)
_AUDITED: Final = {
    "invite": "invited",
    "link": "linked",
    "fail": "account_failed",
    "deactivate": "link_ended",
}
_EVENTS: Final = {
    "invite": "account.invited",
    "link": "account.linked",
    "fail": "account.failed",
    "deactivate": "account.deactivated",
}


def _change(link: AccountLink, verb: str) -> audit.Change:
    facts = {"customer": str(link.customer), "product": str(link.product)}
    if verb == "fail":
        facts["error"] = link.account.error
    return audit.Change(link.account, _AUDITED[verb], after=facts)


def _events(moved: Moved, work: Work, retry_at: datetime.datetime | None) -> list[outbox.Event]:
    """Where the person stays active elsewhere, nobody is deactivated."""
    failing = {"retry_at": retry_at and retry_at.isoformat(timespec="seconds")}
    return [
        account_event(
            _EVENTS[verb],
            link,
            **({"error": link.account.error, **failing} if verb == "fail" else {}),
        )
        for link, verb in moved
        if verb != "deactivate" or not work.is_active
    ]
