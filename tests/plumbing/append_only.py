"""Append-only tables, opened as only somebody who may change the schema can.

Between two tests that commit, every table is emptied (`emptying`); and tests of the audit trail
and of the ledger tamper with rows to see it found. Production code has no such door.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def lifted() -> Iterator[None]:
    """Lift the triggers of every append-only table, and put them back after it."""
    lift, restore = {"postgresql": _postgresql, "sqlite": _sqlite}[connection.vendor]()
    _run(lift)
    try:
        yield
    finally:
        _run(restore)


def _postgresql() -> tuple[list[str], list[str]]:
    tables = [
        table
        for (table,) in _rows(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
        )
    ]
    # A table with constraints still to be checked cannot be altered.
    lift = ["SET CONSTRAINTS ALL IMMEDIATE"]
    lift += [f"ALTER TABLE {table} DISABLE TRIGGER append_only" for table in tables]
    restore = ["SET CONSTRAINTS ALL IMMEDIATE"]
    restore += [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only" for table in tables]
    return lift, [*restore, "SET CONSTRAINTS ALL DEFERRED"]


def _sqlite() -> tuple[list[str], list[str]]:
    triggers = _rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%append_only%'"
    )
    return [f'DROP TRIGGER "{name}"' for name, _ in triggers], [sql for _, sql in triggers]


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
