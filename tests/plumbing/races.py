"""Things that happen at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")
PATIENCE = 60


def race(
    calls: Callable[[], T] | Sequence[Callable[[], T]], n: int | None = None
) -> list[T | Exception]:
    """Run `calls` at once, each in a thread with its own database connection.

    `race(fn, 4)` runs one function four times, `race([a, b])` each of them once. Returns what
    each one returned or raised, in their order. The test needs `transactional_db` (or
    `live_server`): other threads do not see what a `db` test has not committed.
    """
    each = [calls] * (n or 2) if callable(calls) else list(calls)
    barrier = threading.Barrier(len(each), timeout=PATIENCE)
    outcomes: list[T | Exception] = [TimeoutError("has not ended")] * len(each)

    def runner(index: int) -> None:
        try:
            # Connecting takes longer than most transactions: it must not decide the race.
            connection.ensure_connection()
            barrier.wait()
            outcomes[index] = each[index]()
        except Exception as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=runner, args=(i,), daemon=True) for i in range(len(each))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def winners(outcomes: Sequence[T | Exception]) -> list[T]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


def losers(outcomes: Sequence[object]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
