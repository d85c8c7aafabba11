"""What an approval leaves behind, whatever kind of request it approves."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from capphep.entitlements.models import Licence
from capphep.platform import audit
from capphep.provisioning.reviews import Review


@dataclass(frozen=True, slots=True)
class Effect:
    """The licence that certifies it, and what belongs in the audit trail.

    ``day`` is the local day on which it takes effect.
    """

    licence: Licence
    changes: Sequence[audit.Change]
    day: datetime.date


def granted(review: Review) -> list[dict[str, object]]:
    """The module lines as they are approved, as an event tells them."""
    return [
        {
            "module": line.module.code,
            "months": line.span.months,
            "first_day": line.term.first,
            "last_day": line.term.last,
            "resources": [
                {
                    "resource": quantity.resource.code,
                    "base": quantity.base.quantity,
                    "added": quantity.added,
                    "total": quantity.total,
                }
                for quantity in line.quantities
            ],
        }
        for line in review.lines
    ]
