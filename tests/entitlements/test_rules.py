"""The arithmetic of the ledger, by example and by property."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from capphep.entitlements.rules import (
    Base,
    Held,
    Key,
    Reason,
    Span,
    Stay,
    Step,
    bases,
    holding,
    in_force,
    left_after,
    owned_days,
    owned_spans,
    quantity_on,
    rest,
    running_until,
    steps,
    turns,
)
from capphep.pure.months import Term

USERS = (1, 1)
BOOKS = (2, 2)
_FIRST = datetime.date(2026, 1, 1)


def day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()


def span(
    quantity: int,
    first: str,
    last: str,
    request_no: str = "YC-1",
    key: Key = USERS,
    *,
    is_trial: bool = False,
) -> Span:
    return Span(key, quantity, day(first), day(last), request_no, is_trial)


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


def test_what_begins_later_is_neither_in_the_base_nor_its_origin() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026", "YC-1"),
        span(50, "01/06/2026", "31/05/2027", "YC-2"),
    ]
    assert bases(ledger, day("01/03/2026")) == {USERS: Base(100, "YC-1", 0)}
    assert bases(ledger[1:], day("01/03/2026")) == {USERS: Base(0)}


def test_the_base_says_how_much_was_withdrawn_since() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026", "YC-1"),
        span(50, "01/06/2026", "31/05/2027", "YC-2"),
        span(-50, "01/08/2026", "31/05/2027", "YC-2"),
    ]
    assert bases(ledger, day("31/07/2026")) == {USERS: Base(150, "YC-2", 0)}
    assert bases(ledger, day("01/08/2026")) == {USERS: Base(100, "YC-2", 50)}


def test_a_trial_counts_as_in_force_but_is_no_base_and_no_ownership() -> None:
    ledger = [span(100, "01/01/2026", "31/01/2026", is_trial=True)]
    assert in_force(ledger, day("15/01/2026")) == {USERS: 100}
    assert bases(ledger, day("15/01/2026")) == {}
    assert owned_days(ledger) == []
    assert running_until(ledger, day("15/01/2026")) == {}


def test_a_module_runs_on_over_terms_that_adjoin_and_over_its_resources() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026"),
        span(80, "01/01/2027", "31/12/2027", "YC-2"),
        span(5, "15/12/2027", "31/03/2028", "YC-3", key=(USERS[0], 9)),
        span(1, "01/01/2026", "30/06/2026", key=BOOKS),
        span(1, "02/07/2026", "31/12/2026", key=BOOKS),
    ]
    office, accounting = USERS[0], BOOKS[0]
    on = {office: day("31/03/2028"), accounting: day("30/06/2026")}
    assert running_until(ledger, day("30/06/2026")) == on
    assert running_until(ledger, day("01/07/2026")) == {office: day("31/03/2028")}
    assert running_until(ledger, day("01/04/2028")) == {}


def test_a_module_runs_until_the_day_before_everything_is_withdrawn() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026"),
        span(-100, "01/07/2026", "31/12/2026"),
    ]
    assert running_until(ledger, day("01/02/2026")) == {USERS[0]: day("30/06/2026")}
    assert running_until(ledger, day("01/07/2026")) == {}


YEAR = Term(day("01/01/2026"), day("31/12/2026"))


def test_the_rest_of_a_grant_is_what_was_not_taken_back() -> None:
    assert rest(YEAR, None) == YEAR
    assert rest(YEAR, None, day("01/07/2026")) == Term(day("01/07/2026"), YEAR.last)
    assert rest(YEAR, None, day("01/07/2025")) == YEAR
    assert rest(YEAR, day("01/07/2026")) == Term(YEAR.first, day("30/06/2026"))
    assert rest(YEAR, day("01/07/2026"), day("01/06/2026")) == Term(
        day("01/06/2026"), day("30/06/2026")
    )


def test_nothing_is_left_of_a_grant_that_is_over_or_was_taken_back() -> None:
    assert rest(YEAR, None, day("01/01/2027")) is None
    assert rest(YEAR, YEAR.first) is None
    assert rest(YEAR, day("01/07/2026"), day("01/07/2026")) is None


def test_what_a_withdrawal_leaves_is_counted_on_its_first_day() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026", "YC-1"),
        span(50, "01/06/2026", "31/05/2027", "YC-2"),
        span(30, "01/09/2026", "31/08/2027", "YC-3"),
    ]
    taken = [span(-50, "01/07/2026", "31/05/2027", "YC-2")]
    assert left_after(ledger, taken) == {USERS: Step(day("01/07/2026"), 100)}
    assert left_after(ledger[1:2], [span(-50, "01/06/2026", "31/05/2027")]) == {
        USERS: Step(day("01/06/2026"), 0)
    }


def test_what_is_taken_back_from_several_days_on_counts_where_it_leaves_least() -> None:
    ledger = [
        span(100, "01/01/2026", "31/12/2026", "YC-1"),
        span(50, "01/06/2026", "31/05/2027", "YC-2"),
        span(20, "01/03/2027", "28/02/2028", "YC-2"),
    ]
    taken = [
        span(-50, "01/07/2026", "31/05/2027", "YC-2"),
        span(-20, "01/03/2027", "28/02/2028", "YC-2"),
    ]
    assert left_after(ledger, taken) == {USERS: Step(day("01/03/2027"), 0)}


def test_the_base_of_what_was_never_granted_is_not_listed() -> None:
    assert bases([], day("01/01/2026")) == {}


grants = st.builds(
    lambda key, quantity, start, length, is_trial: Span(
        key,
        quantity,
        _FIRST + datetime.timedelta(days=start),
        _FIRST + datetime.timedelta(days=start + length),
        "YC-1",
        is_trial,
    ),
    st.sampled_from([USERS, BOOKS]),
    st.integers(1, 1000),
    st.integers(0, 60),
    st.integers(0, 60),
    st.booleans(),
)


def withdrawn(grant: Span, days_later: int | None) -> list[Span]:
    """The grant and, that many days after it began, its withdrawal, where any is left of it."""
    if days_later is None:
        return [grant]
    from_day = grant.first_day + datetime.timedelta(days=days_later)
    left = rest(Term(grant.first_day, grant.last_day), None, from_day)
    if not left:
        return [grant]
    return [grant, replace(grant, quantity=-grant.quantity, first_day=left.first)]


spans = st.lists(st.builds(withdrawn, grants, st.none() | st.integers(0, 60)), max_size=12).map(
    lambda found: [one for both in found for one in both]
)
days = st.integers(-5, 130).map(lambda offset: _FIRST + datetime.timedelta(days=offset))


@given(spans, days)
def test_on_every_day_the_steps_say_what_the_grants_say(
    ledger: list[Span], on: datetime.date
) -> None:
    totals = in_force(ledger, on)
    for key, found in steps(ledger).items():
        assert quantity_on(found, on) == totals.get(key, 0)


@given(spans, days)
def test_a_product_is_owned_on_just_the_days_on_which_anything_is_in_force(
    ledger: list[Span], on: datetime.date
) -> None:
    owned = any(first <= on <= last for first, last in owned_spans(steps(ledger)))
    assert owned == any(quantity > 0 for quantity in in_force(ledger, on).values())
    bought = [one for one in ledger if not one.is_trial]
    assert owned_days(ledger) == owned_spans(steps(bought))


@given(spans, days)
def test_the_base_is_always_what_was_bought_and_is_in_force(
    ledger: list[Span], on: datetime.date
) -> None:
    bought = [one for one in ledger if not one.is_trial]
    totals = in_force(bought, on)
    assert {key: base.quantity for key, base in bases(ledger, on).items()} == {
        key: totals.get(key, 0) for key in {found.key for found in bought}
    }


@given(spans, days)
def test_a_module_runs_on_every_day_until_it_does_not(
    ledger: list[Span], on: datetime.date
) -> None:
    bought = [one for one in ledger if not one.is_trial]

    def running(at: datetime.date) -> set[int]:
        return {key[0] for key, quantity in in_force(bought, at).items() if quantity > 0}

    until = running_until(ledger, on)
    assert set(until) == running(on)
    for module_id, last in until.items():
        length = (last - on).days
        assert all(module_id in running(on + datetime.timedelta(n)) for n in range(length + 1))
        assert module_id not in running(last + datetime.timedelta(1))


@given(st.lists(grants, max_size=8), grants, st.integers(0, 60))
def test_a_withdrawal_leaves_what_was_in_force_without_it(
    ledger: list[Span], grant: Span, days_later: int
) -> None:
    taken = withdrawn(grant, days_later)[1:]
    for key, left in left_after([*ledger, grant], taken).items():
        assert left.quantity == in_force(ledger, left.from_day).get(key, 0)
        assert left.from_day == taken[0].first_day


def test_each_turn_says_which_grants_begin_and_end_and_why() -> None:
    first, renewal, more = YEAR, Term(day("01/01/2027"), day("31/12/2027")), day("01/06/2026")
    found = turns(
        [
            Stay(USERS, 1, 100, first),
            Stay(USERS, 2, 100, renewal),
            Stay(USERS, 3, 50, Term(more, day("31/08/2026")), "withdrawal"),
        ]
    )[USERS]
    assert [(turn.from_day, turn.quantity, turn.change) for turn in found] == [
        (first.first, 100, 100),
        (more, 150, 50),
        (day("01/09/2026"), 100, -50),
        (renewal.first, 100, 0),
        (day("01/01/2028"), 0, -100),
    ]
    assert found[2].reasons == (Reason(3, -50, "withdrawal"),)
    assert set(found[3].reasons) == {Reason(1, -100, "lapses"), Reason(2, 100, "begins")}


@given(spans, days)
def test_turns_say_what_the_steps_say(ledger: list[Span], on: datetime.date) -> None:
    added = [one for one in ledger if one.quantity > 0]
    taken = {id(one): after for one, after in pairwise(ledger) if after.quantity < 0}
    stays = [
        Stay(one.key, number, one.quantity, left)
        for number, one in enumerate(added)
        if (
            left := rest(
                Term(one.first_day, one.last_day),
                taken[id(one)].first_day if id(one) in taken else None,
            )
        )
    ]
    totals = in_force(ledger, on)
    for key, found in turns(stays).items():
        assert quantity_on(found, on) == totals.get(key, 0)
        changed = [one for one in found if one.change]
        assert [Step(one.from_day, one.quantity) for one in changed] == steps(ledger)[key]


@given(spans)
def test_nothing_is_ever_less_than_zero(ledger: list[Span]) -> None:
    for found in steps(ledger).values():
        assert all(step.quantity >= 0 for step in found)


@given(spans)
def test_steps_always_end_at_zero_and_never_repeat_a_quantity(ledger: list[Span]) -> None:
    for found in steps(ledger).values():
        quantities = [step.quantity for step in found]
        assert not quantities or quantities[-1] == 0
        assert all(one != two for one, two in pairwise(quantities))


def test_what_is_held_says_until_when_it_is_so() -> None:
    day = datetime.date
    stays = [
        ("users", 100, day(2026, 1, 1), day(2026, 12, 31)),
        ("users", 50, day(2026, 6, 1), day(2027, 5, 31)),
        ("users", -50, day(2026, 9, 1), day(2027, 5, 31)),
        ("books", 1, day(2026, 3, 1), day(2026, 3, 31)),
    ]
    assert holding(stays, day(2026, 5, 1)) == {"users": Held(100, day(2026, 5, 31))}
    assert holding(stays, day(2026, 6, 1)) == {"users": Held(150, day(2026, 8, 31))}
    assert holding(stays, day(2026, 9, 1)) == {"users": Held(100, day(2026, 12, 31))}
    assert holding(stays, day(2027, 1, 1)) == {}
