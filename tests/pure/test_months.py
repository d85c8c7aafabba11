"""RULE R9: the term of a licence, from its first day and its months, and back."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from capphep.pure.errors import Invalid
from capphep.pure.months import MAX_MONTHS, Term, co_term, months_until, term

first_days = st.dates(date(1990, 1, 1), date(2200, 12, 31))
month_counts = st.integers(1, MAX_MONTHS)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        # The day before the same day.
        (date(2026, 3, 15), 12, date(2027, 3, 14)),
        (date(2026, 1, 28), 1, date(2026, 2, 27)),
        (date(2026, 6, 30), 6, date(2026, 12, 29)),
        (date(2026, 10, 31), 2, date(2026, 12, 30)),
        # From the first of a month to the last of a month.
        (date(2026, 1, 1), 1, date(2026, 1, 31)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 2, 1), 1, date(2026, 2, 28)),
        (date(2028, 2, 1), 1, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        # That month lacks the day: its last day.
        (date(2026, 1, 29), 1, date(2026, 2, 28)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        # Leap years.
        (date(2028, 1, 28), 1, date(2028, 2, 27)),
        (date(2028, 1, 29), 1, date(2028, 2, 28)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 28)),
        (date(2100, 1, 29), 1, date(2100, 2, 28)),
        # Across the end of the year, and the longest term.
        (date(2026, 12, 15), 1, date(2027, 1, 14)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 30)),
        (date(2026, 3, 15), 120, date(2036, 3, 14)),
    ],
)
def test_a_term_ends_as_rule_r9_says(first: date, months: int, last: date) -> None:
    assert term(first, months) == Term(first, last)


def test_a_term_that_starts_on_31_january_ends_on_the_last_day_of_february() -> None:
    assert term(date(2026, 1, 31), 1).last == date(2026, 2, 28)


def test_two_chained_terms_are_not_one_long_term() -> None:
    first = date(2026, 1, 31)
    chained = term(term(first, 1).last + timedelta(days=1), 1)
    assert term(first, 2).last == date(2026, 3, 30)
    assert chained.last == date(2026, 3, 31)


@pytest.mark.parametrize("months", [0, -1, MAX_MONTHS + 1, 10**9])
def test_months_outside_the_range_are_refused(months: int) -> None:
    with pytest.raises(Invalid) as caught:
        term(date(2026, 3, 15), months)
    assert (caught.value.code, caught.value.rule) == ("months_out_of_range", "R9")
    assert caught.value.field == "months"
    assert str(months) in str(caught.value)


def test_a_term_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        term(date(9999, 12, 31), 1)
    assert caught.value.code == "term_beyond_calendar"
    assert "9999" in str(caught.value)


@given(first_days, month_counts)
def test_the_day_after_the_term_is_the_same_day_or_the_first_of_the_next_month(
    first: date, months: int
) -> None:
    after = term(first, months).last + timedelta(days=1)
    months_apart = (after.year - first.year) * 12 + after.month - first.month
    if after.day == first.day and months_apart == months:
        return
    assert (after.day, months_apart) == (1, months + 1)
    last = after - timedelta(days=1)
    assert first.day > monthrange(last.year, last.month)[1]


@given(first_days.filter(lambda day: day.day <= 28), month_counts, month_counts)
def test_terms_from_an_early_day_follow_each_other_without_gap_or_overlap(
    first: date, months: int, more: int
) -> None:
    assume(months + more <= MAX_MONTHS)
    second = term(term(first, months).last + timedelta(days=1), more)
    assert second.last == term(first, months + more).last


@given(first_days, st.integers(1, MAX_MONTHS - 1))
def test_one_month_more_ends_later(first: date, months: int) -> None:
    assert term(first, months + 1).last > term(first, months).last


@given(first_days, month_counts)
def test_starting_a_day_later_never_ends_earlier(first: date, months: int) -> None:
    later = first + timedelta(days=1)
    assert term(later, months).last >= term(first, months).last


@given(first_days, month_counts)
def test_a_term_is_a_whole_number_of_months_long(first: date, months: int) -> None:
    span = term(first, months)
    assert span.first == first
    assert 28 * months <= (span.last - span.first).days + 1 <= 31 * months


# --- months until a day ------------------------------------------------------------------------

spans = st.tuples(first_days, st.integers(0, 3600)).map(
    lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))
)


@given(first_days, month_counts)
def test_the_months_until_the_last_day_of_a_term_are_those_of_the_term(
    first: date, months: int
) -> None:
    assert months_until(first, term(first, months).last) == months


@given(spans)
def test_the_months_until_a_day_are_the_fewest_whose_term_reaches_it(
    span: tuple[date, date],
) -> None:
    first, until = span
    months = months_until(first, until)
    assert term(first, months).last >= until
    assert months == 1 or term(first, months - 1).last < until


@given(spans)
def test_a_day_more_is_the_same_number_of_months_or_one_more(span: tuple[date, date]) -> None:
    first, until = span
    more = months_until(first, until + timedelta(days=1)) - months_until(first, until)
    assert more in (0, 1)


@given(spans)
def test_months_until_a_day_are_counted_from_the_first_day_never_chained(
    span: tuple[date, date],
) -> None:
    """As term does: month after month, each from the first day."""
    first, until = span
    ends = (term(first, months).last for months in range(1, MAX_MONTHS + 1))
    assert months_until(first, until) == 1 + sum(1 for end in ends if end < until)


@given(first_days)
def test_a_single_day_is_a_month_of_use(day: date) -> None:
    assert months_until(day, day) == 1


@given(spans)
def test_an_addition_ends_with_the_running_term_and_not_a_day_later(
    span: tuple[date, date],
) -> None:
    assert co_term(*span) == Term(*span)


@pytest.mark.parametrize("counted", [months_until, co_term])
def test_a_running_term_that_is_over_is_refused(counted: Callable[[date, date], object]) -> None:
    with pytest.raises(Invalid) as caught:
        counted(date(2026, 7, 1), date(2026, 6, 30))
    assert (caught.value.code, caught.value.rule) == ("term_over", "R9")
    assert "30/06/2026" in str(caught.value) and "01/07/2026" in str(caught.value)


@pytest.mark.parametrize("counted", [months_until, co_term])
def test_a_running_term_beyond_the_longest_is_refused(
    counted: Callable[[date, date], object],
) -> None:
    first = date(2026, 3, 15)
    last = term(first, MAX_MONTHS).last
    counted(first, last)
    with pytest.raises(Invalid) as caught:
        counted(first, last + timedelta(days=1))
    assert caught.value.code == "months_out_of_range"


def test_a_span_at_the_end_of_the_calendar_is_counted() -> None:
    assert months_until(date(9999, 12, 1), date(9999, 12, 31)) == 1
    assert months_until(date(9999, 10, 31), date(9999, 12, 31)) == 3
