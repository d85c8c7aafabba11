"""Spans of days by their words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.day_spans import DaySpan, days_of

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("today", "2026-11-25", "2026-11-25"),
        ("yesterday", "2026-11-24", "2026-11-24"),
        ("this_week", "2026-11-23", "2026-11-29"),
        ("last_week", "2026-11-16", "2026-11-22"),
        ("next_week", "2026-11-30", "2026-12-06"),
        ("this_month", "2026-11-01", "2026-11-30"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("next_month", "2026-12-01", "2026-12-31"),
        ("this_quarter", "2026-10-01", "2026-12-31"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("next_quarter", "2027-01-01", "2027-03-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("last_7_days", "2026-11-19", "2026-11-25"),
        ("next_30_days", "2026-11-25", "2026-12-24"),
    ],
)
def test_a_span_has_its_days(span: str, first: str, last: str) -> None:
    wanted = (date.fromisoformat(first), date.fromisoformat(last))
    assert days_of(DaySpan(span), WEDNESDAY) == wanted


def test_the_month_before_january_lies_in_the_year_before() -> None:
    january = date(2027, 1, 31)
    assert days_of(DaySpan.LAST_MONTH, january) == (date(2026, 12, 1), date(2026, 12, 31))
    assert days_of(DaySpan.LAST_QUARTER, january) == (date(2026, 10, 1), date(2026, 12, 31))


@given(st.dates(date(1900, 1, 1), date(2900, 1, 1)))
def test_spans_of_one_unit_follow_each_other_without_a_gap(day: date) -> None:
    for unit in ("week", "month", "quarter"):
        last, this, following = (
            days_of(DaySpan(f"{which}_{unit}"), day) for which in ("last", "this", "next")
        )
        assert this[0] <= day <= this[1]
        assert last[1] + timedelta(days=1) == this[0]
        assert this[1] + timedelta(days=1) == following[0]
