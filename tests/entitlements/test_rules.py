"""The arithmetic of the ledger, by example and by property."""

from __future__ import annotations

import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from capphep.entitlements.rules import Base, Span, Step, bases, in_force, owned_spans, steps

USERS = (1, 1)
BOOKS = (2, 2)
_FIRST = datetime.date(2026, 1, 1)


def day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()


def span(quantity: int, first: str, last: str, request_no: str = "YC-1", key=USERS) -> Span:
    return Span(key, quantity, day(first), day(last), request_no)


def test_what_is_in_force_on_a_day_is_the_sum_of_the_grants_that_cover_it() -> None:
    ledger = [span(100, "01/01/2026", "31/12/2026"), span(50, "01/06/2026", "31/05/2027")]
    assert in_force(ledger, day("31/05/2026")) == {USERS: 100}
    assert in_force(ledger, day("01/06/2026")) == {USERS: 150}
    assert in_force(ledger, day("31/12/2026")) == {USERS: 150}
    assert in_force(ledger, day("01/01/2027")) == {USERS: 50}
    assert in_force(ledger, day("01/06/2027")) == {}


def test_a_withdrawal_takes_away_from_its_first_day() -> None:
    ledger = [span(100, "01/01/2026", "31/12/2026"), span(-100, "01/07/2026", "31/12/2026")]
    assert in_force(ledger, day("30/06/2026")) == {USERS: 100}
    assert in_force(ledger, day("01/07/2026")) == {USERS: 0}


def test_a_grant_that_follows_another_without_a_gap_makes_no_step_between_them() -> None:
    ledger = [span(10, "01/01/2026", "31/01/2026"), span(10, "01/02/2026", "28/02/2026")]
    assert steps(ledger)[USERS] == [Step(day("01/01/2026"), 10), Step(day("01/03/2026"), 0)]


def test_ownership_spans_merge_over_resources_and_keep_gaps() -> None:
    ledger = [
        span(10, "01/01/2026", "31/01/2026"),
        span(1, "15/01/2026", "10/02/2026", key=BOOKS),
        span(5, "11/02/2026", "20/02/2026"),
        span(5, "01/04/2026", "30/04/2026"),
    ]
    assert owned_spans(steps(ledger)) == [
        (day("01/01/2026"), day("20/02/2026")),
        (day("01/04/2026"), day("30/04/2026")),
    ]


def test_the_base_names_the_latest_request_that_granted_the_resource() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026", "YC-1"),
        span(50, "01/06/2026", "31/05/2027", "YC-2"),
    ]
    assert bases(ledger, day("01/07/2026")) == {USERS: Base(150, "YC-2", 0)}


def test_the_base_says_how_much_of_the_latest_total_has_lapsed_since() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026", "YC-1"),
        span(50, "01/06/2026", "31/05/2027", "YC-2"),
    ]
    assert bases(ledger, day("15/01/2027")) == {USERS: Base(50, "YC-2", 100)}


def test_the_base_of_what_has_lapsed_altogether_is_zero() -> None:
    ledger = [span(100, "01/01/2026", "31/12/2026", "YC-1")]
    assert bases(ledger, day("01/02/2027")) == {USERS: Base(0, "YC-1", 100)}


def test_the_base_of_what_was_never_granted_is_not_listed() -> None:
    assert bases([], day("01/01/2026")) == {}


spans = st.lists(
    st.builds(
        lambda key, quantity, start, length: Span(
            key,
            quantity,
            _FIRST + datetime.timedelta(days=start),
            _FIRST + datetime.timedelta(days=start + length),
            "YC-1",
        ),
        st.sampled_from([USERS, BOOKS]),
        st.integers(1, 1000),
        st.integers(0, 60),
        st.integers(0, 60),
    ),
    max_size=12,
)
days = st.integers(-5, 130).map(lambda offset: _FIRST + datetime.timedelta(days=offset))


@given(spans, days)
def test_on_every_day_the_steps_say_what_the_grants_say(
    ledger: list[Span], on: datetime.date
) -> None:
    totals = in_force(ledger, on)
    for key, found in steps(ledger).items():
        quantity = next((step.quantity for step in reversed(found) if step.from_day <= on), 0)
        assert quantity == totals.get(key, 0)


@given(spans, days)
def test_a_product_is_owned_on_just_the_days_on_which_anything_is_in_force(
    ledger: list[Span], on: datetime.date
) -> None:
    owned = any(first <= on <= last for first, last in owned_spans(steps(ledger)))
    assert owned == any(quantity > 0 for quantity in in_force(ledger, on).values())


@given(spans, days)
def test_the_base_is_always_what_is_in_force(ledger: list[Span], on: datetime.date) -> None:
    totals = in_force(ledger, on)
    assert {key: base.quantity for key, base in bases(ledger, on).items()} == {
        key: totals.get(key, 0) for key in {found.key for found in ledger}
    }


@given(spans)
def test_steps_always_end_at_zero_and_never_repeat_a_quantity(ledger: list[Span]) -> None:
    for found in steps(ledger).values():
        quantities = [step.quantity for step in found]
        assert quantities[-1] == 0
        assert all(one != two for one, two in pairwise(quantities))
