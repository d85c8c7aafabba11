"""Values some at a time: all of them, in their order, none twice."""

from __future__ import annotations

from itertools import chain, count, islice

from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.batching import batches


def test_the_last_batch_holds_what_is_left() -> None:
    assert list(batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(batches([])) == []


def test_no_more_is_read_than_is_asked_for() -> None:
    numbers = count()
    assert list(islice(batches(numbers, 3), 2)) == [[0, 1, 2], [3, 4, 5]]
    assert next(numbers) == 6


@given(st.lists(st.integers()), st.integers(1, 7))
def test_batches_put_together_are_the_values(values: list[int], size: int) -> None:
    found = list(batches(values, size))
    assert list(chain.from_iterable(found)) == values
    assert all(len(batch) == size for batch in found[:-1])
