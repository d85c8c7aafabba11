"""Texts and states of tokens, and the rate of requests."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.integration.token_rules import State, new_text, presented, state_of
from capphep.pure.rates import WINDOW, take

NOW = datetime.datetime(2026, 11, 25, 8, tzinfo=datetime.UTC)
A_DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "revoked", "state"),
    [
        (30, None, State.RUNNING),
        (14, None, State.ENDING),
        (0, None, State.EXPIRED),
        (-1, None, State.EXPIRED),
        (30, NOW, State.REVOKED),
        (-1, NOW, State.REVOKED),
    ],
)
def test_where_a_token_stands(days: int, revoked: datetime.datetime | None, state: State) -> None:
    assert state_of(NOW + days * A_DAY, revoked, NOW) == state


def test_a_token_is_read_from_either_header() -> None:
    text = new_text()
    assert presented(f"Bearer {text}") == text
    assert presented(f"bearer  {text} ") == text
    assert presented("", text) == text
    assert presented(f"Basic {text}") is None
    assert presented(f"Bearer {text}x") is None


@given(st.text(), st.text())
def test_what_is_no_token_is_none(authorization: str, api_key: str) -> None:
    assert presented(authorization, api_key) is None


@given(
    st.integers(1, 5000),
    st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=80),
)
def test_no_more_than_the_rate_is_allowed_in_any_window(rate: int, pauses: list[float]) -> None:
    now, due, allowed = 1000.0, 0.0, list[float]()
    for pause in pauses:
        now += pause
        attempt = take(due, now, rate)
        due = attempt.due
        if attempt.is_allowed:
            allowed.append(now)
        else:
            assert attempt.wait >= 1
            assert take(due, now + attempt.wait, rate).is_allowed
    for start in allowed:
        within = [at for at in allowed if start <= at < start + WINDOW]
        # What was free before the window may be used in it too.
        assert len(within) <= 2 * rate


@given(st.integers(1, 5000))
def test_a_whole_minute_may_come_at_once_and_then_waits(rate: int) -> None:
    due = 0.0
    for left in range(rate - 1, -1, -1):
        attempt = take(due, 1000.0, rate)
        assert (attempt.is_allowed, attempt.remaining) == (True, left)
        due = attempt.due
    assert not take(due, 1000.0, rate).is_allowed
