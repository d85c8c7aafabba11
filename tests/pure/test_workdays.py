"""Working days: Monday to Friday, without the public holidays that the caller names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.workdays import add_workdays, is_workday

days = st.dates(date(1990, 1, 1), date(2200, 12, 31))
counts = st.integers(0, 60)
# Up to a month of holidays around the day that is counted from.
holidays_near = st.frozensets(st.integers(-3, 40), max_size=30)


def near(day: date, offsets: frozenset[int]) -> set[date]:
    return {day + timedelta(days=offset) for offset in offsets}


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 11, 25), 1, date(2026, 11, 26)),  # Wednesday, Thursday
        (date(2026, 11, 25), 2, date(2026, 11, 27)),
        (date(2026, 11, 25), 3, date(2026, 11, 30)),  # Monday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # from a Friday
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # from a Saturday
        (date(2026, 11, 29), 1, date(2026, 11, 30)),  # from a Sunday
        (date(2026, 11, 29), 5, date(2026, 12, 4)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 11, 29), 0, date(2026, 11, 29)),
    ],
)
def test_working_days_are_monday_to_friday(day: date, count: int, then: date) -> None:
    assert add_workdays(day, count) == then


def test_a_public_holiday_is_no_working_day() -> None:
    new_year = date(2027, 1, 1)
    assert add_workdays(date(2026, 12, 31), 1, {new_year}) == date(2027, 1, 4)
    assert add_workdays(date(2026, 12, 31), 1, [new_year, date(2027, 1, 4)]) == date(2027, 1, 5)


def test_a_holiday_at_the_weekend_is_not_taken_off_twice() -> None:
    assert add_workdays(date(2026, 11, 27), 1, {date(2026, 11, 28)}) == date(2026, 11, 30)


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError):
        add_workdays(date(2026, 11, 25), -1)


@given(days, counts, holidays_near)
def test_exactly_that_many_working_days_lie_behind(
    day: date, count: int, offsets: frozenset[int]
) -> None:
    holidays = near(day, offsets)
    then = add_workdays(day, count, holidays)
    passed = [day + timedelta(days=n) for n in range(1, (then - day).days + 1)]
    assert sum(is_workday(each, holidays) for each in passed) == count
    assert count == 0 or is_workday(then, holidays)


@given(days, counts, counts, holidays_near)
def test_working_days_may_be_counted_in_two_steps(
    day: date, first: int, second: int, offsets: frozenset[int]
) -> None:
    holidays = near(day, offsets)
    then = add_workdays(add_workdays(day, first, holidays), second, holidays)
    assert then == add_workdays(day, first + second, holidays)


@given(days, st.integers(0, 60))
def test_five_working_days_are_a_week_without_holidays(day: date, weeks: int) -> None:
    workday = add_workdays(day, 1)
    assert add_workdays(workday, 5 * weeks) == workday + timedelta(weeks=weeks)
