"""Working days: Monday to Friday, without the public holidays that the caller names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5


def is_workday(day: date, holidays: Collection[date] = ()) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def add_workdays(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """The ``count``-th working day after the local day; the day itself where ``count`` is 0.

    The day itself never counts, whether people work on it or not: 1 after a Friday, a
    Saturday or a Sunday is Monday. ``holidays`` are further days on which nobody works.

    Raises ValueError where ``count`` is negative, OverflowError beyond the calendar.
    """
    if count < 0:
        raise ValueError(f"{count} working days after a day")
    while count:
        day += timedelta(days=1)
        count -= is_workday(day, holidays)
    return day
