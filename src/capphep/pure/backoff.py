"""When to try again what failed outside: a table of moments, stretched or shortened by chance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

JITTER: Final = 0.1
"""Each wait is up to a tenth longer or shorter, so that what failed together returns apart."""


def wait(moments: Sequence[int], tries: int, chance: float) -> timedelta | None:
    """How long to wait after the ``tries``-th failure (from 1); None: do not try again.

    ``moments`` are seconds since the first try, ascending, beginning with 0: one for each
    try. ``chance`` is a number from 0 to 1, drawn by the caller.
    """
    if not 1 <= tries < len(moments):
        return None
    gap = moments[tries] - moments[tries - 1]
    return timedelta(seconds=gap * (1 + JITTER * (2 * chance - 1)))
