"""What a licence is worth on a day, and the codes of public addresses."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.entitlements import public_codes
from capphep.entitlements.licence_rules import LicenceState, licence_state
from capphep.pure.months import Term

DAY = datetime.date(2026, 11, 25)


def days(first: int, last: int) -> Term:
    """From so many days after DAY to so many."""
    return Term(DAY + datetime.timedelta(first), DAY + datetime.timedelta(last))


@pytest.mark.parametrize(
    ("terms", "state"),
    [
        ([days(0, 364)], "valid"),
        ([days(-364, 0)], "valid"),
        ([days(1, 365)], "not_begun"),
        ([days(-365, -1)], "expired"),
        ([days(-365, -1), days(0, 10)], "valid"),
        ([days(-365, -1), days(5, 10)], "not_begun"),
        ([], "expired"),
    ],
)
def test_the_terms_decide_where_nothing_came_later(terms: list[Term], state: LicenceState) -> None:
    assert licence_state(terms, DAY, withdrawn_from=None, is_superseded=False) == state


@pytest.mark.parametrize("terms", [[], [days(0, 9)], [days(1, 9)], [days(-9, -1)]])
def test_what_was_withdrawn_stays_so_and_what_has_a_successor_is_superseded(
    terms: list[Term],
) -> None:
    for later in (False, True):
        for ago in (0, 1, 400):
            since = DAY - datetime.timedelta(ago)
            state = licence_state(terms, DAY, withdrawn_from=since, is_superseded=later)
            assert state == "withdrawn"
    tomorrow = DAY + datetime.timedelta(1)
    for since in (None, tomorrow):
        state = licence_state(terms, DAY, withdrawn_from=since, is_superseded=True)
        assert state == "superseded"


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 50)), max_size=4))
def test_a_licence_ends_once_and_does_not_come_back(spans: list[tuple[int, int]]) -> None:
    terms = [days(first, first + length) for first, length in spans]
    states = [
        licence_state(terms, DAY + datetime.timedelta(on), withdrawn_from=None, is_superseded=False)
        for on in range(-60, 120)
    ]
    assert states[-1] == "expired"
    first_end = states.index("expired")
    assert set(states[first_end:]) == {"expired"}


@pytest.mark.parametrize(
    "typed", ["7KQM2F9T10HAWJ0D", "7kqm-2f9t-10ha-wj0d", "7KQM 2F9T IOHA WJOD", "7kqm2f9tloha-wjod"]
)
def test_a_code_is_found_however_a_person_types_it(typed: str) -> None:
    assert public_codes.normal(typed) == "7KQM2F9T10HAWJ0D"


def test_codes_are_long_random_and_of_letters_that_are_not_mistaken() -> None:
    codes = {public_codes.new_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert public_codes.is_code(code) and public_codes.normal(public_codes.shown(code)) == code
        assert not set(code) & set("OIL-abc")
    for wrong in ("", "0" * 15, "0" * 17, "O" * 16, "\0" * 16, "０" * 16):
        assert not public_codes.is_code(wrong)
    # Five bits a letter: every letter of the alphabet is used.
    assert len(set("".join(codes))) == 32
