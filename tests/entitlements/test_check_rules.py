"""The document that checks are answered from says what the ledger says, for every day."""

from __future__ import annotations

import datetime
import json

from hypothesis import given
from hypothesis import strategies as st

from capphep.entitlements import check_rules, rules
from capphep.entitlements.check_rules import Answer
from capphep.entitlements.rules import Span

OFFICE, BOOKS = (1, 1), (1, 2)
CODES = {OFFICE: ("Office", "users"), BOOKS: ("Office", "Books")}
FIRST = datetime.date(2026, 1, 1)


def day(number: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=number)


def span(
    quantity: int,
    first: int,
    last: int,
    request_no: str = "YC-1",
    is_trial: bool = False,
    key: rules.Key = OFFICE,
) -> Span:
    return Span(key, quantity, day(first), day(last), request_no, is_trial)


def said(spans: list[Span], flag: str, number: int) -> Answer:
    text = check_rules.document(spans, CODES)
    steps = check_rules.steps_in(text, flag)
    assert steps == json.loads(text).get(flag)
    return check_rules.answer(steps, day(number).isoformat())


def test_an_addition_has_its_request_and_its_last_day() -> None:
    spans = [span(100, 0, 30, "YC-1"), span(50, 10, 40, "YC-2")]
    assert said(spans, "office.users", 0) == Answer(100, "granted", "YC-1", "2026-01-31")
    assert said(spans, "office.users", 9) == Answer(100, "granted", "YC-1", "2026-01-31")
    assert said(spans, "office.users", 10) == Answer(150, "granted", "YC-2", "2026-01-31")
    assert said(spans, "office.users", 31) == Answer(50, "granted", "YC-2", "2026-02-10")
    assert said(spans, "office.users", 41) == Answer(0, "expired", "YC-2")


def test_a_module_is_on_while_any_of_its_resources_is_in_force() -> None:
    spans = [span(100, 0, 10), span(2, 5, 20, "YC-2", key=BOOKS)]
    assert said(spans, "office", 10) == Answer(1, "granted", "YC-2", "2026-01-21")
    assert said(spans, "office.users", 11) == Answer(0, "expired", "YC-1")
    assert said(spans, "office", 11) == Answer(1, "granted", "YC-2", "2026-01-21")
    assert said(spans, "office", 21).quantity == 0


def test_what_begins_later_has_not_begun() -> None:
    assert said([span(100, 5, 10)], "office", 4) == Answer(0, "not_begun")


def test_what_was_never_granted_is_not_bought() -> None:
    assert said([span(100, 5, 10)], "office.books", 5) == Answer(0, "not_bought")


def test_a_withdrawal_leaves_the_request_before_it() -> None:
    spans = [span(100, 0, 30, "YC-1"), span(50, 5, 30, "YC-2"), span(-50, 10, 30, "YC-2")]
    assert said(spans, "office.users", 9) == Answer(150, "granted", "YC-2", "2026-01-10")
    assert said(spans, "office.users", 10) == Answer(100, "granted", "YC-1", "2026-01-31")


def test_all_that_was_withdrawn_says_so() -> None:
    spans = [span(100, 0, 30), span(-100, 10, 30)]
    assert said(spans, "office.users", 10) == Answer(0, "withdrawn", "YC-1")
    assert said(spans, "office", 10) == Answer(0, "withdrawn", "YC-1")


def test_a_trial_says_so_and_a_sale_follows_it() -> None:
    spans = [
        span(100, 0, 30, "YC-1", True),
        span(-100, 10, 30, "YC-1", True),
        span(20, 10, 40, "YC-2"),
    ]
    assert said(spans, "office.users", 9) == Answer(100, "trial", "YC-1", "2026-01-10")
    assert said(spans, "office.users", 10) == Answer(20, "granted", "YC-2", "2026-02-10")


def test_the_latest_turn_is_the_day_since_which_nothing_changed() -> None:
    found = json.loads(check_rules.document([span(1, 0, 9), span(1, 5, 20, key=BOOKS)], CODES))
    turns = [check_rules.last_turn(found, day(number).isoformat()) for number in (-1, 4, 5, 10, 99)]
    assert turns == ["", "2026-01-01", "2026-01-06", "2026-01-11", "2026-01-22"]


def test_flags_are_lower_case() -> None:
    assert set(json.loads(check_rules.document([span(1, 0, 9, key=BOOKS)], CODES))) == {
        "office",
        "office.books",
    }


# What may be granted: additions, each perhaps taken back from some day on.
@st.composite
def ledgers(draw: st.DrawFn) -> list[Span]:
    spans: list[Span] = []
    for number in range(draw(st.integers(0, 5))):
        first = draw(st.integers(0, 20))
        last = draw(st.integers(first, 30))
        quantity, key = draw(st.integers(1, 9)), draw(st.sampled_from([OFFICE, BOOKS]))
        is_trial = draw(st.booleans())
        spans.append(span(quantity, first, last, f"YC-{number}", is_trial, key))
        if draw(st.booleans()):
            ends = draw(st.integers(first, last))
            spans.append(span(-quantity, ends, last, f"YC-{number}", is_trial, key))
    return spans


@given(ledgers(), st.integers(-1, 32))
def test_a_document_says_for_every_day_what_the_grants_say(spans: list[Span], number: int) -> None:
    in_force = rules.in_force(spans, day(number))
    for key, flag in ((OFFICE, "office.users"), (BOOKS, "office.books")):
        assert said(spans, flag, number).quantity == in_force.get(key, 0)
    assert said(spans, "office", number).quantity == (1 if any(in_force.values()) else 0)


@given(ledgers(), st.integers(-1, 32))
def test_until_is_the_last_day_with_no_less(spans: list[Span], number: int) -> None:
    answer = said(spans, "office.users", number)
    if not answer.quantity:
        assert answer.until == ""
        return
    until = (datetime.date.fromisoformat(answer.until) - FIRST).days
    quantities = [said(spans, "office.users", n).quantity for n in range(number, until + 2)]
    assert min(quantities[:-1]) >= answer.quantity > quantities[-1]
