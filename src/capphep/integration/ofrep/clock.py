"""The local day of a check, and how long the address of a stream is good for."""

from __future__ import annotations

import datetime
import functools
import time
from typing import Final

from django.conf import settings
from django.utils import timezone

_SAME_DAY: Final = 15 * 60
"""Seconds in which no midnight lies, wherever it is: time zones differ by quarters of an hour."""
WINDOW: Final = 12 * 60 * 60
"""Seconds after which clients are given another address for their stream."""


def today() -> str:
    """The day in Asia/Ho_Chi_Minh in ISO form, or CAPPHEP_CLOCK, which the start has checked."""
    if settings.CLOCK:
        fixed: str = settings.CLOCK.isoformat()
        return fixed
    return _day_of(int(time.time() // _SAME_DAY))


@functools.lru_cache(maxsize=2)
def _day_of(quarter: int) -> str:
    moment = datetime.datetime.fromtimestamp(quarter * _SAME_DAY, datetime.UTC)
    return timezone.localdate(moment).isoformat()


def window() -> int:
    return int(time.time() // WINDOW)
