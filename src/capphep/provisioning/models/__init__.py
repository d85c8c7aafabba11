"""Licence requests and what belongs to them, one file a subject."""

from capphep.provisioning.models.evidence import Evidence
from capphep.provisioning.models.requests import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.models.rounds import Round, RoundOutcome, Withdrawal

__all__ = [
    "Evidence",
    "LicenceRequest",
    "RequestLine",
    "RequestQuantity",
    "Round",
    "RoundOutcome",
    "Withdrawal",
]
