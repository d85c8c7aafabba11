"""Months, durations and shares: what figures are made of. Plain values in and out."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from typing import Final

_GROWTH: Final = math.log(1.1)
TIGHT: Final = 80
"""Percent in use from which a resource is nearly used up."""
BANDS: Final = (0, 50, 80, 100, 101)
"""Where bands of usage begin, in percent: the last one is what goes beyond the entitlement."""


def first_of_month(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


def months_later(month: datetime.date, count: int) -> datetime.date:
    """The first day of the month so many months later, or earlier."""
    number = month.year * 12 + month.month - 1 + count
    return datetime.date(number // 12, number % 12 + 1, 1)


def months_from(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Every month from one to the other, by their first days."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [months_later(first, number) for number in range(count)]


def same_day(month: datetime.date, day: datetime.date) -> datetime.date:
    """The day of that month that comes as late in it; its last day where it has none so late."""
    last = months_later(month, 1) - datetime.timedelta(days=1)
    return month.replace(day=min(day.day, last.day))


def bucket(minutes: int) -> int:
    """The class of durations that are within a tenth of each other."""
    return math.floor(math.log(max(minutes, 0) + 1) / _GROWTH)


def minutes_of(number: int) -> int:
    """The duration in the middle of a class, at most 5 % off."""
    return round(math.exp((number + 0.5) * _GROWTH) - 1)


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The minutes that ``share`` of the durations do not exceed, from their classes.

    None where there is none. By the nearest rank: the median of two is the shorter one.
    """
    total = sum(counts.values())
    if not total:
        return None
    rank, passed = max(math.ceil(share * total), 1), 0
    for number in sorted(counts):
        passed += counts[number]
        if passed >= rank:
            return minutes_of(number)
    raise AssertionError("the rank lies within the total")


def minutes_between(begin: datetime.datetime, end: datetime.datetime) -> int:
    """Whole minutes, none where the end lies before."""
    return max(int((end - begin).total_seconds() // 60), 0)


def change(now: int, before: int) -> int | None:
    """By how many percent it grew, rounded; None where there was nothing before."""
    return round((now - before) * 100 / before) if before else None


def nice_top(values: Iterable[int]) -> int:
    """Where an axis ends: 1, 2, 2.5 or 5 times a power of ten, at least the largest value."""
    largest = max([*values, 1])
    power: int = 10 ** (len(str(largest)) - 1)
    return next(
        top
        for factor in (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
        if (top := -(-power * factor // 10)) >= largest
    )
