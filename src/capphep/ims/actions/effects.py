"""What an approval leaves behind, whatever kind of request it approves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capphep.entitlements.models import Licence
from capphep.platform import audit


@dataclass(frozen=True, slots=True)
class Effect:
    """The licence that certifies it, and what belongs in the audit trail."""

    licence: Licence
    changes: Sequence[audit.Change]
