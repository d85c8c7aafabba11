"""When to try again what failed outside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.backoff import JITTER, wait

MOMENTS = (0, 5, 300, 3600)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 295), (3, 3300)])
def test_the_wait_is_the_gap_between_two_moments(tries: int, seconds: int) -> None:
    assert wait(MOMENTS, tries, 0.5) == timedelta(seconds=seconds)


@pytest.mark.parametrize("tries", [4, 5, 100])
def test_after_the_last_moment_it_is_given_up(tries: int) -> None:
    assert wait(MOMENTS, tries, 0.5) is None


def test_one_moment_is_one_try() -> None:
    assert wait((0,), 1, 0.5) is None


@given(st.integers(1, 3), st.floats(0, 1))
def test_chance_moves_a_wait_by_a_tenth_at_most(tries: int, chance: float) -> None:
    gap = MOMENTS[tries] - MOMENTS[tries - 1]
    waited = wait(MOMENTS, tries, chance)
    assert waited is not None
    assert gap * (1 - JITTER) - 1e-6 <= waited.total_seconds() <= gap * (1 + JITTER) + 1e-6
