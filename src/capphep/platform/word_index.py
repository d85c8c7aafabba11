"""The word indexes: what finds records by words (`word_search`), kept by the databases themselves.

A text column (`search_key`) holds all that its record is found by, in any spelling that folds
(`pure.folding`). A migration gives the column its index (`WordIndex`), which is in step in the
transaction of the write: on PostgreSQL a column ``words``, which no model knows of, is generated
from the text and has a GIN index; SQLite's FTS5 table follows by triggers.
"""

from __future__ import annotations

from typing import Final

from django.db import DatabaseError, connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# What ends a word in a folded text, as `words_of` sees it; PostgreSQL's own parsers would take
# "hd/12" for a path and "a.vn" for a host.
_BETWEEN: Final = '-./,;:_+&()[]{}<>|*#@!?=~`^$"\\–—…“”‘’«»·•°'


def _vector(column: str) -> str:
    """The column's words for PostgreSQL."""
    spaces = " " * (len(_BETWEEN) + 2)
    bare = f"translate({column}, '{_BETWEEN}''%', '{spaces}')"
    return f"array_to_tsvector(array_remove(string_to_array({bare}, ' '), ''))"


# Stored, not only indexed: common words are asked of each row of a list in its order, and making
# the vector anew each time took 15 microseconds a row.
_POSTGRESQL: Final = (
    'ALTER TABLE "{table}" ADD COLUMN words tsvector GENERATED ALWAYS AS ({vector}) STORED',
    'CREATE INDEX "{table}_words" ON "{table}" USING gin (words) WITH (fastupdate = off)',
)
_POSTGRESQL_LIFT: Final = ('ALTER TABLE "{table}" DROP COLUMN IF EXISTS words',)
# A text of which nothing changes costs nothing: the triggers ask for the column alone.
_SQLITE: Final = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS "{table}_words" USING fts5 (
        "{column}", content = "{table}", content_rowid = "id", prefix = '1 2',
        tokenize = "unicode61 remove_diacritics 0"
    )
    """,
    """
    CREATE TRIGGER "{table}_words_insert" AFTER INSERT ON "{table}" BEGIN
        INSERT INTO "{table}_words" (rowid, "{column}") VALUES (new.id, new."{column}");
    END
    """,
    """
    CREATE TRIGGER "{table}_words_delete" AFTER DELETE ON "{table}" BEGIN
        INSERT INTO "{table}_words" ("{table}_words", rowid, "{column}")
            VALUES ('delete', old.id, old."{column}");
    END
    """,
    """
    CREATE TRIGGER "{table}_words_update" AFTER UPDATE OF "{column}" ON "{table}"
    WHEN old."{column}" <> new."{column}" BEGIN
        INSERT INTO "{table}_words" ("{table}_words", rowid, "{column}")
            VALUES ('delete', old.id, old."{column}");
        INSERT INTO "{table}_words" (rowid, "{column}") VALUES (new.id, new."{column}");
    END
    """,
    """INSERT INTO "{table}_words" ("{table}_words") VALUES ('rebuild')""",
)
_SQLITE_LIFT: Final = (
    'DROP TRIGGER IF EXISTS "{table}_words_insert"',
    'DROP TRIGGER IF EXISTS "{table}_words_delete"',
    'DROP TRIGGER IF EXISTS "{table}_words_update"',
    'DROP TABLE IF EXISTS "{table}_words"',
)
_COLUMN: Final = "search_key"


class WordIndex(Operation):
    """A migration operation: the table's ``search_key`` gets its word index."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not know of it."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        _run(schema_editor, self.table, _SQLITE if is_sqlite else _POSTGRESQL)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        _run(schema_editor, self.table, _SQLITE_LIFT if is_sqlite else _POSTGRESQL_LIFT)

    def describe(self) -> str:
        return f"Index the words of {self.table}.{_COLUMN}"


def _run(schema_editor: BaseDatabaseSchemaEditor, table: str, statements: tuple[str, ...]) -> None:
    for statement in statements:
        vector = _vector(f'"{_COLUMN}"')
        sql = statement.format(table=table, column=_COLUMN, vector=vector)
        schema_editor.execute(sql, params=None)


def restore_triggers() -> list[str]:
    """Give SQLite's word indexes the triggers that the rebuilding of a table took away.

    A migration that changes a table's columns makes SQLite build it anew, without its triggers.
    Returns the tables that had lost theirs; their indexes are read again from the rows.
    """
    if connection.vendor != "sqlite":
        return []
    lost = [table for table in indexed_tables() if not _has_triggers(table)]
    with connection.cursor() as cursor:
        for table in lost:
            for statement in (*_SQLITE_LIFT[:3], *_SQLITE):
                cursor.execute(statement.format(table=table, column=_COLUMN))
    return lost


def indexed_tables() -> list[str]:
    """SQLite: the tables that have a word index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(name, 1, length(name) - 6) FROM sqlite_master"
            " WHERE sql LIKE 'CREATE VIRTUAL TABLE%%fts5%%' ORDER BY name"
        )
        return [table for (table,) in cursor.fetchall()]


def is_in_step(table: str) -> bool:
    """Whether the word index says what the rows say. PostgreSQL's cannot do otherwise."""
    if connection.vendor != "sqlite":
        return True
    index = connection.ops.quote_name(f"{table}_words")
    check = f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)"  # noqa: S608
    with connection.cursor() as cursor:
        try:
            cursor.execute(check)
        except DatabaseError:
            return False
    return _has_triggers(table)


def read_again(table: str) -> None:
    """Make the word index anew from the rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_SQLITE[-1].format(table=table))
        else:
            cursor.execute(f'REINDEX INDEX "{table}_words"')


def _has_triggers(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
            " AND name LIKE '%%_words_%%'",
            [table],
        )
        return bool(cursor.fetchone()[0] == 3)
