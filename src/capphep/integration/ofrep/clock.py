"""The local day of a check, and how long the address of a stream is good for."""

from __future__ import annotations

import time
from typing import Final

from django.conf import settings
from django.utils import timezone

WINDOW: Final = 12 * 60 * 60
"""Seconds after which clients are given another address for their stream."""


def today() -> str:
    """The day in Asia/Ho_Chi_Minh in ISO form, or CAPPHEP_CLOCK, which the start has checked."""
    return (settings.CLOCK or timezone.localdate()).isoformat()


def window() -> int:
    return int(time.time() // WINDOW)
