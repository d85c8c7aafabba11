"""When a delivery is tried again, when a whole endpoint has a rest, when it is given up."""

from __future__ import annotations

import datetime
from email.utils import parsedate_to_datetime
from typing import Final

# Seconds since the first try, after Standard Webhooks: at once, 5 s, 5 min, … a day.
MOMENTS: Final = (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
ONCE: Final = (0,)
"""Those of a test."""
GIVEN_UP_AFTER: Final = datetime.timedelta(hours=24)
"""An endpoint at which nothing went well for so long is switched off."""
# Who does not answer, or says that it is too much, is busy with everything and not with one event.
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST_REST, _LONGEST_REST = 5, 300
_LONGEST_ASKED: Final = 24 * 60 * 60

GONE: Final = 410


def is_success(status: int | None) -> bool:
    """A redirection is none: it is not followed, for nobody checked where it leads."""
    return status is not None and 200 <= status <= 299


def is_busy(status: int | None) -> bool:
    """Whether the endpoint as a whole should have a rest; None: nothing was answered."""
    return status is None or status in BUSY


def rest(failures: int, chance: float) -> datetime.timedelta:
    """How long an endpoint has a rest after so many failures in a row: 5 s, 10 s, … 5 min.

    A dead endpoint then costs one connection in five minutes. ``chance`` from 0 to 1
    makes it up to a tenth longer.
    """
    seconds = min(_LONGEST_REST, _FIRST_REST * 2 ** min(failures - 1, 10))
    return datetime.timedelta(seconds=seconds * (1 + chance / 10))


def asked_for(retry_after: str, now: datetime.datetime) -> datetime.timedelta:
    """What ``Retry-After`` asks for, seconds or a date, at most a day; nothing where unreadable."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return datetime.timedelta(seconds=min(int(text[:9]), _LONGEST_ASKED))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return datetime.timedelta()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    longest = datetime.timedelta(seconds=_LONGEST_ASKED)
    return max(datetime.timedelta(), min(moment - now, longest))


def is_given_up(failing_since: datetime.datetime | None, now: datetime.datetime) -> bool:
    return failing_since is not None and now - failing_since >= GIVEN_UP_AFTER
