"""Recorded SQL counts: `with statements("crm.orders.list", at_most=8): client.get(…)`."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

COUNTS = Path(__file__).resolve().parent.parent / "sql_counts.json"
SEEN = pytest.StashKey[dict[str, int]]()
TRANSACTION_CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")

Counter = Callable[..., AbstractContextManager[list[str]]]


@pytest.fixture
def statements(request: pytest.FixtureRequest) -> Counter:
    """Count the SQL statements of a block and compare with tests/sql_counts.json.

    `statements(key, at_most=None)`; transaction control does not count. Record new or changed
    numbers with `./capphep test --update-sql-counts -k …`, and look at the difference.
    """

    @contextmanager
    def count(key: str, at_most: int | None = None) -> Iterator[list[str]]:
        # Victims of kills import this file before there are models.
        from capphep.platform import options

        seen: list[str] = []
        # As in a request: the options are read once.
        with options.unit(), connection.execute_wrapper(remember_into(seen)):
            yield seen
        compare(request.config, key, seen, at_most)

    return count


def remember_into(seen: list[str]) -> Callable[..., Any]:
    def wrapper(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if not str(sql).lstrip().upper().startswith(TRANSACTION_CONTROL):
            seen.append(str(sql))
        return execute(sql, params, many, context)

    return wrapper


def compare(config: pytest.Config, key: str, seen: list[str], at_most: int | None) -> None:
    listing = "\n".join(f"{i:3} {sql[:160]}" for i, sql in enumerate(seen, 1))
    if at_most is not None and len(seen) > at_most:
        pytest.fail(f"{key}: {len(seen)} statements, at most {at_most} are allowed\n{listing}")
    if config.getoption("--update-sql-counts"):
        config.stash.setdefault(SEEN, {})[key] = len(seen)
        return
    recorded = read_counts().get(key, {}).get(connection.vendor)
    if recorded is None:
        pytest.fail(f"{key} has no recorded SQL count; run with --update-sql-counts")
    if recorded != len(seen):
        pytest.fail(f"{key}: {len(seen)} statements, {recorded} are recorded\n{listing}")


def read_counts() -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    if COUNTS.exists():
        counts = json.loads(COUNTS.read_text(encoding="utf-8"))
    return counts


def write_counts(config: pytest.Config) -> None:
    """Merge this run's numbers into the file; the other database's run may do so meanwhile."""
    seen = config.stash.get(SEEN, None)
    if not seen:
        return
    with Path(__file__).open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        counts = read_counts()
        for key, number in seen.items():
            counts.setdefault(key, {})[connection.vendor] = number
        text = json.dumps(counts, indent=2, sort_keys=True, ensure_ascii=False)
        COUNTS.write_text(text + "\n", encoding="utf-8")
