"""When a request's lines begin and end, by example and by property (R9)."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.entitlements.rules import Base, Span
from capphep.provisioning.states import RequestKind
from capphep.provisioning.term_rules import Additions, Holdings, Timing, check_start, line_term
from capphep.pure.errors import Invalid
from capphep.pure.months import Term, term

OFFICE, USERS = 1, 10
DAY = datetime.date(2027, 2, 10)
UNTIL = datetime.date(2027, 6, 30)
RUNNING = Holdings([Span((OFFICE, USERS), 100, datetime.date(2026, 7, 1), UNTIL, "YC-2026-000001")])
LAPSED = Holdings(
    [Span((OFFICE, USERS), 100, datetime.date(2026, 1, 1), datetime.date(2026, 12, 31), "YC-1")]
)
NOTHING = Holdings([])
ADD_ON = Timing(RequestKind.ADD_ON, DAY)
RENEWAL = Timing(RequestKind.RENEWAL, DAY)
TOGETHER = replace(ADD_ON, co_terminates=True)


def test_a_line_begins_with_the_approval_and_runs_its_months() -> None:
    found = line_term(OFFICE, 12, ADD_ON, RUNNING)
    assert found.term == Term(DAY, datetime.date(2028, 2, 9))
    assert (found.months, found.ends_with, found.follows) == (12, None, None)


def test_a_later_first_day_that_was_asked_for_counts() -> None:
    later = datetime.date(2027, 3, 1)
    assert line_term(OFFICE, 1, replace(ADD_ON, start_on=later), RUNNING).term.first == later


def test_a_first_day_that_went_by_before_the_approval_does_not_count() -> None:
    earlier = DAY - datetime.timedelta(days=3)
    assert line_term(OFFICE, 1, replace(ADD_ON, start_on=earlier), RUNNING).term.first == DAY


def test_a_renewal_in_time_continues_on_the_day_after_the_running_term() -> None:
    found = line_term(OFFICE, 12, RENEWAL, RUNNING)
    assert found.term == Term(datetime.date(2027, 7, 1), datetime.date(2028, 6, 30))
    assert found.follows == UNTIL


def test_a_renewal_on_the_last_day_continues_tomorrow() -> None:
    found = line_term(OFFICE, 12, replace(RENEWAL, day=UNTIL), RUNNING)
    assert found.term.first == UNTIL + datetime.timedelta(days=1)


def test_a_late_renewal_begins_with_the_approval() -> None:
    found = line_term(OFFICE, 12, RENEWAL, LAPSED)
    assert (found.term.first, found.follows) == (DAY, None)


def test_a_renewal_begins_at_once_where_the_setting_says_so() -> None:
    found = line_term(OFFICE, 12, replace(RENEWAL, renewal_continues=False), RUNNING)
    assert (found.term.first, found.follows) == (DAY, None)


def test_an_addition_ends_with_the_running_term_its_months_rounded_up() -> None:
    found = line_term(OFFICE, 12, TOGETHER, RUNNING)
    assert found.term == Term(DAY, UNTIL)
    assert (found.months, found.ends_with) == (5, UNTIL)


@pytest.mark.parametrize("holdings", [NOTHING, LAPSED])
def test_without_a_running_term_an_addition_runs_its_own_months(holdings: Holdings) -> None:
    found = line_term(OFFICE, 12, TOGETHER, holdings)
    assert (found.term, found.ends_with) == (term(DAY, 12), None)


def test_a_first_day_after_the_running_term_has_nothing_to_end_with() -> None:
    after = replace(TOGETHER, start_on=datetime.date(2027, 7, 1))
    assert line_term(OFFICE, 12, after, RUNNING).ends_with is None


@given(st.integers(0, 600), st.integers(1, 60))
def test_a_line_never_begins_before_the_approval_and_never_outlives_its_company(
    days: int, months: int
) -> None:
    day = datetime.date(2026, 7, 1) + datetime.timedelta(days=days)
    for timing in (replace(TOGETHER, day=day), replace(RENEWAL, day=day)):
        found = line_term(OFFICE, months, timing, RUNNING)
        assert found.term.first >= day
        assert found.term.last >= found.term.first
        assert found.term.last == found.ends_with or found.term == term(found.term.first, months)


def test_the_base_is_what_is_in_force_on_the_first_day() -> None:
    additions = Additions(RUNNING)
    assert additions.base((OFFICE, USERS), DAY, 50) == Base(100, "YC-2026-000001")
    assert additions.base((OFFICE, USERS), DAY, 20) == Base(150)
    after = UNTIL + datetime.timedelta(days=1)
    assert Additions(RUNNING).base((OFFICE, USERS), after, 50).quantity == 0


def test_a_first_day_lies_within_a_year() -> None:
    check_start(None, DAY)
    check_start(DAY, DAY)
    check_start(DAY + datetime.timedelta(days=366), DAY)
    for days, code in ((-1, "start_in_past"), (367, "start_too_far")):
        with pytest.raises(Invalid) as refused:
            check_start(DAY + datetime.timedelta(days=days), DAY)
        assert (refused.value.code, refused.value.field) == (code, "start_on")
