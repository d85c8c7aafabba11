"""The database without Django: what a check needs of psycopg and of sqlite3, and no more."""

from __future__ import annotations

import functools
import select
import sqlite3
import time
from collections.abc import Sequence
from typing import Any, Final, Protocol
from urllib.parse import quote

import psycopg
from django.db import connections
from psycopg import pq

PATIENCE: Final = 2.0
"""Seconds after which a read is given up."""
_DJANGOS_OWN: Final = frozenset(
    {"context", "cursor_factory", "prepare_threshold", "pool", "isolation_level", "assume_role"}
)


class Broken(Exception):
    """The connection cannot be used any more, or never could."""


class TimedOut(Broken):
    """The database did not answer in time."""


class Connection(Protocol):
    """Closed after it raised Broken."""

    def rows(self, name: str, sql: str, values: Sequence[str]) -> list[Sequence[Any]]:
        """The rows of a statement known by its name, with ``$1`` for the first value."""

    def close(self) -> None: ...


def connect() -> Connection:
    """A connection to the database of this installation. Raises Broken."""
    database = connections["default"]
    if database.vendor == "postgresql":
        found = database.get_connection_params()
        return Postgres({key: each for key, each in found.items() if key not in _DJANGOS_OWN})
    return Sqlite(str(database.settings_dict["NAME"]))


class Postgres:
    """One connection in autocommit mode, its statements prepared.

    It speaks to libpq itself: a cursor would take as long as the database.
    """

    def __init__(self, parameters: dict[str, Any]) -> None:
        given = {"connect_timeout": 2, **parameters}
        try:
            self._connection = psycopg.connect(**given, autocommit=True)
        except psycopg.Error as error:
            raise Broken from error
        self._pg = self._connection.pgconn
        self._poll = select.poll()
        self._poll.register(self._pg.socket, select.POLLIN)
        self._prepared: set[str] = set()

    def rows(self, name: str, sql: str, values: Sequence[str]) -> list[Sequence[Any]]:
        try:
            if name not in self._prepared:
                self._pg.send_prepare(name.encode(), sql.encode())
                self._result(pq.ExecStatus.COMMAND_OK)
                self._prepared.add(name)
            self._pg.send_query_prepared(name.encode(), [each.encode() for each in values])
            found = self._result(pq.ExecStatus.TUPLES_OK)
        except psycopg.Error as error:
            raise Broken from error
        columns = range(found.nfields)
        return [
            [_text(found.get_value(row, column)) for column in columns]
            for row in range(found.ntuples)
        ]

    def _result(self, expected: pq.ExecStatus) -> pq.abc.PGresult:
        pg, until = self._pg, 0.0
        while pg.flush():
            time.sleep(0.001)
        while pg.is_busy():
            until = until or time.monotonic() + PATIENCE
            if not self._poll.poll(max(0, until - time.monotonic()) * 1000):
                raise TimedOut
            pg.consume_input()
        found = pg.get_result()
        while pg.get_result():
            pass
        if found is None or found.status != expected:
            raise Broken
        return found

    def close(self) -> None:
        self._connection.close()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


class Sqlite:
    """One connection that can only read; in WAL mode it waits for no writer."""

    def __init__(self, path: str) -> None:
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None, timeout=PATIENCE
            )
        except sqlite3.Error as error:
            raise Broken from error

    def rows(self, name: str, sql: str, values: Sequence[str]) -> list[Sequence[Any]]:
        try:
            found: list[Sequence[Any]] = self._connection.execute(_sqlites(sql), values).fetchall()
        except sqlite3.Error as error:
            raise Broken from error
        return found

    def close(self) -> None:
        self._connection.close()


@functools.cache
def _sqlites(sql: str) -> str:
    sql = sql.replace("json_array_elements_text(CAST($1 AS json))", "json_each($1)")
    return sql.replace("$", "?")
