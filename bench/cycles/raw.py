"""The database without Django: psycopg or sqlite3 as they are, values as the driver gives them."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.types.string import TextLoader


class Raw:
    """A connection in autocommit mode. ``mark`` is the placeholder of a value."""

    def __init__(self) -> None:
        self.is_postgres = connection.vendor == "postgresql"
        self.connection: Any = _postgres() if self.is_postgres else _sqlite()
        self.mark = "%s" if self.is_postgres else "?"
        self.begin = "BEGIN" if self.is_postgres else "BEGIN IMMEDIATE"

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(sql, values).fetchall()
        return found

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        self.connection.execute(sql, values)

    def new_chain(self, length: int) -> int:
        """A chain of the audit trail for entries that nobody will verify."""
        values = f"({self.mark}, '')"
        sql = f"INSERT INTO platform_auditchain (length, head) VALUES {values} RETURNING id"
        [(chain,)] = self.rows(sql, [length])
        return int(chain)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute(self.begin)
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


def _postgres() -> psycopg.Connection[Any]:
    found = connection.get_connection_params()
    known = {"dbname", "user", "password", "host", "port"}
    address = {name: value for name, value in found.items() if name in known}
    made = psycopg.connect(**address, autocommit=True)
    # These stay the texts that they are.
    made.adapters.register_loader("jsonb", TextLoader)
    made.adapters.register_loader("uuid", TextLoader)
    return made


def _sqlite() -> sqlite3.Connection:
    options = settings.DATABASES["default"]["OPTIONS"]
    made = sqlite3.connect(
        settings.DATABASES["default"]["NAME"], timeout=options["timeout"], isolation_level=None
    )
    made.executescript(options["init_command"])
    made.create_function("digest", 1, _digest, deterministic=True)
    # Django writes it into the tables' constraints.
    made.create_function("regexp", 2, _regexp, deterministic=True)
    return made


def _regexp(pattern: str, text: object) -> bool:
    return bool(re.search(pattern, str(text)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
