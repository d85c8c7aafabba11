"""Spans of local days by the words that people use: this month, the last 30 days."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class DaySpan(StrEnum):
    TODAY = "today"
    YESTERDAY = "yesterday"
    TOMORROW = "tomorrow"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    NEXT_WEEK = "next_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    NEXT_MONTH = "next_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    NEXT_QUARTER = "next_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    LAST_90_DAYS = "last_90_days"
    NEXT_7_DAYS = "next_7_days"
    NEXT_30_DAYS = "next_30_days"
    NEXT_60_DAYS = "next_60_days"
    NEXT_90_DAYS = "next_90_days"


def days_of(span: DaySpan, day: date) -> tuple[date, date]:
    """The first and the last day of the span, seen from ``day``; both belong to it.

    Weeks begin on Monday. The last and the next so many days include the day itself.
    """
    which, _, unit = span.value.partition("_")
    if unit.endswith("_days"):
        more = timedelta(days=int(unit.removesuffix("_days")) - 1)
        return (day - more, day) if which == "last" else (day, day + more)
    if not unit:
        that = day + timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[which])
        return that, that
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "week":
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = _begun(day, months, step)
    return first, _begun(first, months, 1) - timedelta(days=1)


def _begun(day: date, months: int, step: int) -> date:
    """The first day of the block of so many months in which the day lies, ``step`` blocks on."""
    count = day.year * 12 + day.month - 1
    count = (count // months + step) * months
    return date(count // 12, count % 12 + 1, 1)
