"""The ledger of grants and what is derived from it (R2), checks, licences, usage."""

from capphep.entitlements.models.checks import CheckDocument
from capphep.entitlements.models.ledger import (
    ADDITIONS,
    MOVES,
    OF_NO_REQUEST,
    OPPOSITES,
    TRIALS,
    BalanceStep,
    Grant,
    GrantKind,
    Subscription,
)
from capphep.entitlements.models.licences import Licence, LicenceCause
from capphep.entitlements.models.signing_keys import SigningKey
from capphep.entitlements.models.usage import DailyUsage, Occasion, Usage

__all__ = [
    "ADDITIONS",
    "MOVES",
    "OF_NO_REQUEST",
    "OPPOSITES",
    "TRIALS",
    "BalanceStep",
    "CheckDocument",
    "DailyUsage",
    "Grant",
    "GrantKind",
    "Licence",
    "LicenceCause",
    "Occasion",
    "SigningKey",
    "Subscription",
    "Usage",
]
