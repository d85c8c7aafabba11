"""How often something may be done: the generic cell rate algorithm (GCRA)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 60.0
"""Seconds over which a rate is counted."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one attempt leaves behind.

    ``due`` is the moment at which the whole rate is free again; it is kept for the next
    attempt. ``remaining`` attempts may follow at once, one more after ``wait`` whole seconds.
    """

    is_allowed: bool
    due: float
    remaining: int
    wait: int


def take(due: float, now: float, per_minute: int) -> Allowance:
    """One attempt at ``now`` (seconds of any steady clock), ``due`` being the last one's.

    Attempts spread evenly are always allowed; at most ``per_minute`` come at once.
    """
    step = WINDOW / per_minute
    at = max(due, now)
    late = at + step - now - WINDOW
    # A tenth of a step forgives what adding many fractions loses.
    if late > step / 10:
        return Allowance(False, due, 0, max(1, math.ceil(late)))
    remaining = int((now + WINDOW - at - step) / step + 0.1)
    return Allowance(True, at + step, remaining, 0 if remaining else max(1, math.ceil(step)))
