"""Answers kept for less than a second, for who chose speed over what is newest.

CAPPHEP_CHECK_CACHE=yes. Each server process has its own. An answer is never older than a
second, counted from before the read that it came from; it says how old it is. The token's rate is
counted as ever, but a token that was revoked is let in until the second is over.
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple, TypeAlias

from capphep.integration.ofrep.asked import Reply
from capphep.integration.ofrep.reader import Token

MOST_AGE: Final = 1.0
MOST_ANSWERS: Final = 20_000
"""Some kilobytes each at most."""

Question: TypeAlias = tuple[str, str, str]
"""The token's hash, the flag (empty for all), the customer."""


class Kept(NamedTuple):
    token: Token
    reply: Reply
    read_at: float

    @property
    def age(self) -> float:
        return time.monotonic() - self.read_at


class Cache:
    def __init__(self) -> None:
        self._kept: dict[Question, Kept] = {}

    def get(self, question: Question) -> Kept | None:
        found = self._kept.get(question)
        return found if found and found.age < MOST_AGE else None

    def put(self, question: Question, kept: Kept) -> None:
        if len(self._kept) >= MOST_ANSWERS:
            # Another thread may be doing the same: what it drops is read again.
            self._kept = {}
        self._kept[question] = kept


def age_header(age: float) -> tuple[str, str]:
    """In seconds. HTTP's own ``Age`` counts whole ones: it would always say 0."""
    return "Capphep-Age", f"{age:.3f}"
