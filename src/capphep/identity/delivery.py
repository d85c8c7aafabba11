"""The worker's job: what waits of an account is delivered, one account at a time."""

from __future__ import annotations

import datetime
import logging
from dataclasses import replace
from typing import Final

from django.conf import settings

from capphep.identity import invitations
from capphep.identity.actions.outcomes import Delivered, Outcome, record_outcome
from capphep.identity.models import AdminAccount
from capphep.identity.queries import links_of, shares_user, work_for
from capphep.identity.rules import Work
from capphep.platform import clock, leases
from capphep.platform.origin import working_from

# Longer than all questions to a provider, or all of a mail server's, may take.
LEASE: Final = 150
_log = logging.getLogger(__name__)


def deliver_next() -> int:
    """Deliver one account that is due; 1, or 0 where none is.

    Done again after a crash at any point: the provider is asked who is there before anybody
    is made.
    """
    account = leases.claim(AdminAccount.objects.order_by("next_at"), seconds=LEASE)
    if account is None:
        return 0
    day = clock.today()
    work = _work(account, day)
    outcome = _deliver(account, work)
    try:
        with working_from("worker"):
            record_outcome(account=account, work=work, outcome=outcome, day=day)
    except leases.LeaseLost:
        _log.warning("Account %s took too long; another worker has it now", account.pk)
    return 1


def _work(account: AdminAccount, day: datetime.date) -> Work:
    """A user whom another account is linked to as well stays in for that one."""
    work = work_for(links_of(account), day)
    if work.closing and not work.is_active and shares_user(account, day):
        return replace(work, is_active=True)
    return work


def _deliver(account: AdminAccount, work: Work) -> Outcome:
    """Outside of any transaction. Where a link ends and others stay, nothing is to be sent."""
    if not work or (work.is_active and not work.opening):
        return Delivered()
    if not settings.SCIM_URL:
        return invitations.deliver(account, work)
    # It takes half a second to load, which whoever has no provider need not wait for.
    from capphep.identity.scim import users

    return users.deliver(
        account, is_active=work.is_active, address=settings.SCIM_URL, token=settings.SCIM_TOKEN
    )
