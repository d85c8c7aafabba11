"""Reads of the ledger."""

from capphep.entitlements.queries.differences import (
    differing,
    ledger_differences,
    ownership_without_subscription,
)
from capphep.entitlements.queries.files import (
    keys_tag,
    licence_file,
    published_keys,
    signed_file,
    signing_key,
)
from capphep.entitlements.queries.grants import (
    Addition,
    Granted,
    additions_of,
    bases,
    granted_to,
    is_anything_in_force,
    opposites,
    quantity_in_force,
    rests,
    running_until,
    span_of,
    spans_of,
)
from capphep.entitlements.queries.standings import (
    CertifiedLine,
    Standing,
    certified_lines,
    licence_by_code,
    licence_not_found,
    licence_of,
    licences_on_paper,
    standings,
    visible_licences,
)
from capphep.entitlements.queries.subscriptions import (
    EntitlementLine,
    entitlement_lines,
    subscription_of,
    visible_subscriptions,
)
from capphep.entitlements.queries.usage import Shortfall, shortfalls

__all__ = [
    "Addition",
    "CertifiedLine",
    "EntitlementLine",
    "Granted",
    "Shortfall",
    "Standing",
    "additions_of",
    "bases",
    "certified_lines",
    "differing",
    "entitlement_lines",
    "granted_to",
    "is_anything_in_force",
    "keys_tag",
    "ledger_differences",
    "licence_by_code",
    "licence_file",
    "licence_not_found",
    "licence_of",
    "licences_on_paper",
    "opposites",
    "ownership_without_subscription",
    "published_keys",
    "quantity_in_force",
    "rests",
    "running_until",
    "shortfalls",
    "signed_file",
    "signing_key",
    "span_of",
    "spans_of",
    "standings",
    "subscription_of",
    "visible_licences",
    "visible_subscriptions",
]
