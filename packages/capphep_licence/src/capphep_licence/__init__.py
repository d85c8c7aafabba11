"""Verifies the signed licence files that capphep issues, offline, and says what they allow.

verifier = Verifier(KEYS, product="igov", customer="1234567", state=FileState(path))
licence = verifier.verify(text)               # raises Refused, which explains itself
if licence.check("igov.accounting"): ...
most = licence.limit("igov.accounting.users")
"""

from capphep_licence.claims import Claims, Term
from capphep_licence.jws import MOST_BYTES, KeySet
from capphep_licence.licence import Answer, Licence
from capphep_licence.reasons import Reason, Refused
from capphep_licence.state import FileState, MemoryState, StateStore
from capphep_licence.verifier import ClockPolicy, Verifier

__all__ = [
    "MOST_BYTES",
    "Answer",
    "Claims",
    "ClockPolicy",
    "FileState",
    "KeySet",
    "Licence",
    "MemoryState",
    "Reason",
    "Refused",
    "StateStore",
    "Term",
    "Verifier",
]
