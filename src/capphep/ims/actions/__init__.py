"""The licence officer's writes, one file a subject; each is one transaction of its own."""

from capphep.ims.actions.absences import cancel_absence, enter_absence
from capphep.ims.actions.assignment import assign, release, take
from capphep.ims.actions.bulk import Outcome, approve_each
from capphep.ims.actions.decisions import Approval, BaseMoved, approve, reject, return_request
from capphep.ims.actions.withdrawals import (
    InUse,
    WithdrawalMoved,
    Withdrawn,
    confirm_withdrawal,
    decline_withdrawal,
    propose_withdrawal,
)

__all__ = [
    "Approval",
    "BaseMoved",
    "InUse",
    "Outcome",
    "WithdrawalMoved",
    "Withdrawn",
    "approve",
    "approve_each",
    "assign",
    "cancel_absence",
    "confirm_withdrawal",
    "decline_withdrawal",
    "enter_absence",
    "propose_withdrawal",
    "reject",
    "release",
    "return_request",
    "take",
]
