"""Writes to the ledger and what follows from it.

What a decision appends runs inside the transaction of the action that decided (an approval,
a withdrawal), which has checked the permission, holds the subscription's lock and records
the returned changes in the audit trail.
"""

from capphep.entitlements.actions.balances import (
    rebuild_balances,
    remove_ownership_without_subscription,
    restore_balances,
)
from capphep.entitlements.actions.grants import (
    NewGrant,
    append_grants,
    end_trials,
    lock_subscription,
    withdraw_grants,
)
from capphep.entitlements.actions.keys import ensure_signing_key
from capphep.entitlements.actions.licences import current_licence, issue_licence
from capphep.entitlements.actions.opening import OpeningGrant, open_grants, undo_openings
from capphep.entitlements.actions.usage import RowOutcome, report_usage

__all__ = [
    "NewGrant",
    "OpeningGrant",
    "RowOutcome",
    "append_grants",
    "current_licence",
    "end_trials",
    "ensure_signing_key",
    "issue_licence",
    "lock_subscription",
    "open_grants",
    "rebuild_balances",
    "remove_ownership_without_subscription",
    "report_usage",
    "restore_balances",
    "undo_openings",
    "withdraw_grants",
]
