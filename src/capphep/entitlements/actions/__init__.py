"""Writes to the ledger and what follows from it.

All but `open_grants` and `report_usage` run inside the transaction of the action that
decided (an approval, a withdrawal), which has checked the permission, holds the
subscription's lock and records the returned changes in the audit trail.
"""

from capphep.entitlements.actions.balances import rebuild_balances
from capphep.entitlements.actions.grants import (
    NewGrant,
    append_grants,
    end_trials,
    lock_subscription,
    withdraw_grants,
)
from capphep.entitlements.actions.licences import issue_licence
from capphep.entitlements.actions.opening import OpeningGrant, open_grants
from capphep.entitlements.actions.usage import ReportedUsage, report_usage

__all__ = [
    "NewGrant",
    "OpeningGrant",
    "ReportedUsage",
    "append_grants",
    "end_trials",
    "issue_licence",
    "lock_subscription",
    "open_grants",
    "rebuild_balances",
    "report_usage",
    "withdraw_grants",
]
