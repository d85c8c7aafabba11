"""Options about files (R7)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from capphep.platform.options import WholeNumber

MIB: Final = 1024 * 1024

EVIDENCE_MIB: Final = WholeNumber(
    key="evidence_max_mib",
    label=_("Largest file"),
    help=_("A larger file is refused when it is uploaded; what was stored before stays."),
    rule="R7",
    least=1,
    most=1024,
    unit="MiB",
    variable="CAPPHEP_EVIDENCE_MAX_MIB",
    default=lambda: settings.EVIDENCE_MAX_BYTES // MIB,
)


def most_bytes() -> int:
    """RULE R7: how large a file may be."""
    chosen = EVIDENCE_MIB.chosen()
    most: int = settings.EVIDENCE_MAX_BYTES if chosen is None else chosen * MIB
    return most
