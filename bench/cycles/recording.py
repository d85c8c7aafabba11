"""Every row that one real cycle writes, transaction by transaction.

The tables are compared before and after each commit, so that nothing is left out, whatever
the actions write next year. `bare` writes these rows again, `history` multiplies them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from unittest.mock import patch

from django.apps import apps
from django.db import connection
from django.db.models import Model

from bench.cycles.raw import Raw

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[Any, Row]
"""Rows by primary key."""
Place: TypeAlias = tuple[str, Any]
"""A table and a primary key."""

# The audit trail refers to rows of any table.
SUBJECT: Final = "subject_id"
# Its entries stand in chains; whoever writes them again needs a chain of their own.
ENTRIES: Final = "platform_auditentry"
CHAINS: Final = "platform_auditchain"
# Hashes, and what is drawn by lot: ids of 32 hexadecimal digits, UUIDs, the codes of licences.
DIGEST: Final = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![0-9a-f])"
    r"|\b[0-9A-HJKMNP-TV-Z]{16}\b"
)
CODE: Final = 16


@dataclass(frozen=True, slots=True)
class Table:
    """``references`` maps a column to the table whose key it holds."""

    name: str
    key: str
    types: Mapping[str, str]
    references: Mapping[str, str]

    @property
    def has_own_keys(self) -> bool:
        """Whether the database numbers the rows."""
        return self.types[self.key] in ("bigint", "integer")


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one commit changed, by table; ``changed`` holds only the columns that differ."""

    inserted: dict[str, Rows] = field(default_factory=dict)
    changed: dict[str, Rows] = field(default_factory=dict)
    deleted: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """``birth`` is how the customer came in, ``cycle`` what the actions wrote for it.

    ``texts`` are the codes that are other ones in the next cycle, ``digests`` the hashes and lots.
    """

    tables: dict[str, Table]
    birth: Transaction
    cycle: list[Transaction]
    texts: dict[str, str]
    digests: list[str]
    statements: list[str]

    def reference(self, name: str, column: str, row: Row) -> str | None:
        """The table whose key stands in this column."""
        if column == SUBJECT:
            return self.subjects.get(row.get("subject_type", ""))
        return self.tables[name].references.get(column)

    @property
    def subjects(self) -> dict[str, str]:
        return {name.split("_", 1)[1]: name for name in self.tables}


def named(columns: Iterable[str]) -> str:
    """The columns for a statement; some are words of SQL."""
    return ", ".join(f'"{column}"' for column in columns)


def tables() -> dict[str, Table]:
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("capphep.") and model._meta.managed
    ]
    return {model._meta.db_table: _table(model) for model in models}


def _table(model: type[Model]) -> Table:
    meta = model._meta
    key = meta.pk
    assert key is not None
    columns = meta.concrete_fields
    return Table(
        name=meta.db_table,
        key=key.column,
        types={each.column: each.db_type(connection) or "" for each in columns},
        references={
            each.column: each.related_model._meta.db_table
            for each in columns
            if each.is_relation and isinstance(each.related_model, type)
        },
    )


class Recorder:
    """Notes what each commit changes and which statements are sent."""

    def __init__(self) -> None:
        self.raw = Raw()
        self.tables = tables()
        self.now = self._read()
        self.transactions: list[Transaction] = []
        self.statements: list[str] = []

    def record(self, work: Callable[[], object]) -> list[Transaction]:
        """What the work changes, a transaction for each commit that changed anything."""
        self.transactions, self.statements = [], []
        connection.ensure_connection()
        commit = connection.commit

        def noted_commit() -> None:
            commit()
            self._note()

        with (
            patch.object(connection, "commit", noted_commit),
            connection.execute_wrapper(self._remember),
        ):
            work()
        self._note()
        return self.transactions

    def _remember(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        self.statements.append(str(sql))
        return execute(sql, params, many, context)

    def _note(self) -> None:
        before, self.now = self.now, self._read()
        found = difference(before, self.now)
        if found.inserted or found.changed or found.deleted:
            self.transactions.append(found)

    def _read(self) -> dict[str, Rows]:
        return {name: dict(self._rows(table)) for name, table in self.tables.items()}

    def _rows(self, table: Table) -> Iterator[tuple[Any, Row]]:
        columns = named(table.types)
        for values in self.raw.rows(
            f"SELECT {columns} FROM {table.name} ORDER BY {named([table.key])}"
        ):
            row = dict(zip(table.types, values, strict=True))
            yield row[table.key], row


def new_digests(before: Mapping[str, Rows], transactions: Iterable[Transaction]) -> list[str]:
    """The hashes and lots of the transactions; a file that was known already keeps its own."""
    known = _digests(before.values())
    made = _digests(rows for each in transactions for rows in each.inserted.values())
    return sorted(made - known)


def _digests(tables: Iterable[Rows]) -> set[str]:
    texts = (value for rows in tables for row in rows.values() for value in row.values())
    return {found for text in texts if isinstance(text, str) for found in DIGEST.findall(text)}


def difference(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> Transaction:
    found = Transaction()
    for name, rows in after.items():
        old = before[name]
        inserted = {key: row for key, row in rows.items() if key not in old}
        changed = {
            key: {column: row[column] for column in row if row[column] != old[key][column]}
            for key, row in rows.items()
            if key in old and row != old[key]
        }
        deleted = [key for key in old if key not in rows]
        found.inserted.update({name: inserted} if inserted else {})
        found.changed.update({name: changed} if changed else {})
        found.deleted.update({name: deleted} if deleted else {})
    return found
