"""A unit gets another budget code: what products are told by it follows (R2, R11)."""

from __future__ import annotations

import datetime

from capphep.crm.models import Customer
from capphep.entitlements import events
from capphep.entitlements.actions.balances import next_version, rebuild_balances
from capphep.entitlements.actions.merging import told_by_both_codes
from capphep.entitlements.models import LicenceCause, Subscription
from capphep.platform.outbox import Event


def follow_code(
    subscriptions: list[Subscription], customer: Customer, before: str, day: datetime.date
) -> list[Event]:
    """Checks are answered by the customer's new code, and what runs is certified anew under it.

    Grants and licences stay what they are. ``subscriptions`` are all of the customer, locked;
    ``before`` is the code until now. Returns what to announce.
    """
    told: list[Event] = []
    for one in subscriptions:
        one.customer = customer
        next_version([one])
        rebuild_balances([one])
        told += told_by_both_codes(one, before, day, events.BY_CODE, LicenceCause.CODE_CHANGE)
    return told
