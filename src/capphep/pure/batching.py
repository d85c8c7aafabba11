"""Many values, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(values: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """The values in their order, at most ``size`` at a time; they are read as they are needed."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
