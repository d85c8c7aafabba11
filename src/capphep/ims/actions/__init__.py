"""The licence officer's writes, one file a subject; each is one transaction of its own."""

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
    "WithdrawalMoved",
    "Withdrawn",
    "approve",
    "confirm_withdrawal",
    "decline_withdrawal",
    "propose_withdrawal",
    "reject",
    "return_request",
]
