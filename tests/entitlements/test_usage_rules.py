"""Measurements by example and by property."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.entitlements import usage_rules as rules
from capphep.entitlements.rules import Key, Span, in_force
from capphep.entitlements.usage_rules import Measured, Offered
from capphep.pure.errors import Invalid

pytestmark = pytest.mark.once
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime.datetime(2026, 11, 25, 3, 0, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 11, 25)
ONE_DAY = datetime.timedelta(days=1)
KEY = (1, 1, 1)
USERS: Key = (2, 1)

moments = st.datetimes(
    datetime.datetime(2026, 1, 1), datetime.datetime(2026, 1, 4), timezones=st.just(datetime.UTC)
)
measurements = st.builds(Measured, moments, st.integers(0, 5))
reports = st.lists(st.tuples(st.tuples(*[st.integers(1, 2)] * 3), measurements), max_size=12)


@pytest.mark.parametrize(
    ("in_use", "at", "code"),
    [
        (-1, NOW, "in_use_out_of_range"),
        (2**31, NOW, "in_use_out_of_range"),
        (1, NOW + datetime.timedelta(minutes=5, seconds=1), "measured_in_future"),
        (1, datetime.datetime(1999, 12, 31, tzinfo=datetime.UTC), "measured_too_old"),
        (1, datetime.datetime.min.replace(tzinfo=datetime.UTC), "measured_too_old"),
    ],
)
def test_what_cannot_be_true_is_refused(in_use: int, at: datetime.datetime, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_measured(Measured(at, in_use), NOW)
    assert refused.value.code == code


@pytest.mark.parametrize("minutes", [-600, 0, 5])
def test_a_clock_may_run_ahead_a_little(minutes: int) -> None:
    rules.check_measured(Measured(NOW + datetime.timedelta(minutes=minutes), 0), NOW)


@given(reports, st.randoms(use_true_random=False))
def test_in_whatever_order_reports_come_the_same_stands(rows: list[object], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.newest(rows) == rules.newest(shuffled)  # type: ignore[arg-type]
    assert rules.by_day(rows, HERE) == rules.by_day(shuffled, HERE)  # type: ignore[arg-type]
    assert rules.newest(rows + rows) == rules.newest(rows)  # type: ignore[arg-type]


@given(reports)
def test_a_days_peak_is_its_highest_and_its_last_its_newest(rows: list[object]) -> None:
    for (key, day), found in rules.by_day(rows, HERE).items():  # type: ignore[arg-type]
        of_day = [
            measured
            for each, measured in rows  # type: ignore[misc]
            if each == key and measured.at.astimezone(HERE).date() == day
        ]
        assert found.last == max(of_day)
        assert found.peak == max(one.in_use for one in of_day)


def test_a_day_is_a_local_day() -> None:
    late = Measured(datetime.datetime(2026, 11, 24, 17, 0, tzinfo=datetime.UTC), 3)
    assert list(rules.by_day([(KEY, late)], HERE)) == [(KEY, DAY)]


@pytest.mark.parametrize(
    ("in_use", "in_force", "level"),
    [
        (0, 100, None),
        (79, 100, None),
        (80, 100, 80),
        (99, 100, 80),
        (100, 100, 100),
        (250, 100, 100),
        (1, 1, 100),
        (2, 3, None),
        (5, 0, None),
        (0, 0, None),
    ],
)
def test_the_highest_mark_that_is_reached_counts(
    in_use: int, in_force: int, level: int | None
) -> None:
    assert rules.reached(in_use, in_force, [80, 100]) == level


def test_without_marks_nothing_is_reached() -> None:
    assert rules.reached(500, 100, []) is None


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 200))
def test_what_is_needed_brings_usage_below_the_mark_and_one_less_would_not(
    in_use: int, in_force: int, percent: int
) -> None:
    units = rules.needed(in_use, in_force, percent)
    assert units >= 1
    assert in_use * 100 < percent * (in_force + units)
    if units > 1:
        assert in_use * 100 >= percent * (in_force + units - 1)


def span(quantity: int, first: int, last: int, key: Key = USERS) -> Span:
    """From so many days after DAY to so many."""
    return Span(key, quantity, DAY + first * ONE_DAY, DAY + last * ONE_DAY, "YC")


def test_the_same_is_in_force_since_anything_of_it_began_or_ended() -> None:
    spans = [span(100, -50, 100), span(20, -30, -11), span(7, -5, 9, key=(9, 9)), span(5, 3, 9)]
    assert rules.in_force_since(spans, USERS, DAY) == DAY - 10 * ONE_DAY
    assert rules.in_force_since(spans, USERS, DAY - 20 * ONE_DAY) == DAY - 30 * ONE_DAY
    assert rules.in_force_since(spans, (8, 8), DAY) is None


def test_a_renewal_of_the_same_quantity_is_another_thing() -> None:
    running, renewed = span(100, -50, 9), span(100, 10, 300)
    before = rules.in_force_since([running, renewed], USERS, DAY + 9 * ONE_DAY)
    after = rules.in_force_since([running, renewed], USERS, DAY + 10 * ONE_DAY)
    assert (before, after) == (DAY - 50 * ONE_DAY, DAY + 10 * ONE_DAY)


def test_what_ends_is_what_nothing_follows() -> None:
    spans = [span(100, -50, 9), span(60, 10, 300), span(5, -3, 20)]
    assert rules.ending(spans, DAY + 9 * ONE_DAY) == {USERS: 40}
    assert rules.ending([*spans, span(40, 10, 300)], DAY + 9 * ONE_DAY) == {}
    assert rules.ending(spans, DAY + 8 * ONE_DAY) == {}


def test_what_was_taken_back_does_not_end_any_more() -> None:
    taken_back = [span(100, -50, 9), span(-100, -2, 9)]
    assert rules.ending(taken_back, DAY + 9 * ONE_DAY) == {}


spans = st.lists(
    st.builds(
        lambda quantity, first, length: span(quantity, first, first + length),
        st.integers(1, 9),
        st.integers(-5, 5),
        st.integers(0, 8),
    ),
    max_size=6,
)


@given(spans, st.integers(-5, 13))
def test_what_ends_is_what_less_is_in_force_on_the_next_day(granted: list[Span], at: int) -> None:
    last_day = DAY + at * ONE_DAY
    before = in_force(granted, last_day).get(USERS, 0)
    after = in_force(granted, last_day + ONE_DAY).get(USERS, 0)
    assert rules.ending(granted, last_day).get(USERS, 0) == max(before - after, 0)


def test_the_least_money_that_suffices_is_proposed() -> None:
    small, large = Offered(1, 10, 1_500), Offered(2, 50, 5_000)
    assert rules.add_on_for([small, large], 21) == (small, 3)
    assert rules.add_on_for([small, large], 40) == (large, 1)
    assert rules.add_on_for([small, large], 51) == (small, 6)
    assert rules.add_on_for([], 5) is None


def test_of_the_same_money_the_smaller_and_then_the_older_is_proposed() -> None:
    assert rules.add_on_for([Offered(1, 20, 90), Offered(2, 10, 90)], 10) == (Offered(2, 10, 90), 1)
    assert rules.add_on_for([Offered(3, 10, 90), Offered(2, 10, 90)], 10) == (Offered(2, 10, 90), 1)


@given(
    st.lists(
        st.builds(Offered, st.integers(1, 9), st.integers(1, 60), st.integers(0, 99)), max_size=5
    ),
    st.integers(1, 500),
)
def test_what_is_proposed_suffices_and_one_package_less_would_not(
    offered: list[Offered], units: int
) -> None:
    way = rules.add_on_for(offered, units)
    if way is None:
        assert not offered
        return
    item, quantity = way
    assert item.units * (quantity - 1) < units <= item.units * quantity


def test_a_mark_is_told_once_and_a_lower_one_not_after_a_higher() -> None:
    told = {"a": [80], "b": [80, 100], "c": [100]}
    levels = {"a": 100, "b": 100, "c": 80, "d": 80}
    assert rules.not_told(levels, told) == {"a": 100, "d": 80}
