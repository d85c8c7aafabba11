"""Months, durations and shares."""

from __future__ import annotations

import datetime
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.reporting import rules

pytestmark = pytest.mark.once
D = datetime.date


def test_months_go_on_over_the_turn_of_the_year() -> None:
    assert rules.months_later(D(2026, 11, 1), 3) == D(2027, 2, 1)
    assert rules.months_later(D(2026, 1, 1), -1) == D(2025, 12, 1)
    months = rules.months_from(D(2025, 11, 1), D(2026, 2, 1))
    assert [f"{month:%m/%y}" for month in months] == ["11/25", "12/25", "01/26", "02/26"]


def test_the_same_day_of_a_shorter_month_is_its_last() -> None:
    assert rules.same_day(D(2026, 2, 1), D(2026, 3, 31)) == D(2026, 2, 28)
    assert rules.same_day(D(2026, 2, 1), D(2026, 3, 5)) == D(2026, 2, 5)


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=40))
def test_a_median_from_classes_is_within_a_twentieth(durations: list[int]) -> None:
    counts: dict[int, int] = {}
    for minutes in durations:
        counts[rules.bucket(minutes)] = counts.get(rules.bucket(minutes), 0) + 1
    found, exact = rules.quantile(counts, 0.5), statistics.median_low(durations)
    assert found is not None and abs(found - exact) <= 0.05 * exact + 1


def test_of_nothing_there_is_no_median() -> None:
    assert rules.quantile({}, 0.5) is None


@given(st.integers(0, 10**15))
def test_an_axis_ends_beyond_all_that_it_shows_and_not_far(value: int) -> None:
    top = rules.nice_top([value])
    assert max(value, 1) <= top <= max(2 * value, 1) + 1


def test_growth_from_nothing_is_no_percentage() -> None:
    assert rules.change(5, 0) is None
    assert (rules.change(150, 100), rules.change(50, 100)) == (50, -50)
