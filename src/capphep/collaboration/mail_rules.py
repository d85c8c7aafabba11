"""When a letter goes out. Pure functions; moments are aware, hours are local."""

from __future__ import annotations

import datetime
from typing import Final

GRACE: Final = datetime.timedelta(minutes=1)
"""What is read on screen within it need not be mailed, and what comes together is one letter."""
MOMENTS: Final = (60, 300, 1800, 7200, 21_600)
"""Seconds between tries while the mail server refuses or is not there."""
_ONE_DAY: Final = datetime.timedelta(days=1)


def next_digest(now: datetime.datetime, hour: int) -> datetime.datetime:
    """The next moment at which the clock of ``now``'s place shows the hour."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + _ONE_DAY
