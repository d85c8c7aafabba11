"""Finding records by words at the price of an index, however many there are.

A text column (`search_key`) holds all that its record is found by, in any spelling that folds
(`pure.folding`). A migration gives the column its index (`WordIndex`); ``key__words`` in a filter
asks it: every word, in any order, the last one as a prefix (a number from three digits on). The
databases themselves keep the index in step, in the transaction of the write: on PostgreSQL a column
``words``, which no model knows of, is generated from the text and has a GIN index; SQLite's FTS5
table follows by triggers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from django.db import DatabaseError, connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Lookup, Model, Q, QuerySet, TextField

from capphep.platform.personal import is_seen_in_full
from capphep.pure.folding import words_of

M = TypeVar("M", bound=Model)
if TYPE_CHECKING:
    AnyLookup: TypeAlias = Lookup[Any]
else:
    AnyLookup = Lookup

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

# Above this many records SQLite reads the list in its order and asks of each whether it is one of
# them, instead of fetching and sorting them all.
FOUND_AT_MOST: Final = 2_000

_SHORT_NUMBER: Final = 2


# --- asking ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for: folded words, the last one a prefix unless all are ``whole``; and whether
    many records hold them."""

    words: tuple[str, ...]
    whole: bool = False
    are_common: bool = False

    @property
    def tsquery(self) -> str:
        return " & ".join(f"'{word}'" for word in self.words) + (":*" if self.is_prefix else "")

    @property
    def match(self) -> str:
        return " AND ".join(f'"{word}"' for word in self.words) + (" *" if self.is_prefix else "")

    @property
    def is_prefix(self) -> bool:
        """One or two digits are a number ("Số 1"): half of all codes begin with them."""
        is_short = self.words[-1].isdecimal() and len(self.words[-1]) <= _SHORT_NUMBER
        return not (self.whole or is_short)


def holding(rows: QuerySet[M], text: str, path: str = _COLUMN) -> QuerySet[M]:
    """The rows of which ``path``, a key column, holds every word; all where nothing is asked.

    A text without a letter or digit finds nothing. Of what may be a phone's number a part finds
    nothing for whom phones are masked. One more statement on SQLite.
    """
    if not text.strip():
        return rows
    words = words_of(text)
    if not words:
        return rows.none()
    asked = Words(tuple(words), whole=_may_be_phone(words[-1]) and not is_seen_in_full())
    if connection.vendor == "sqlite":
        asked = replace(asked, are_common=_are_common(_table_of(rows.model, path), asked))
    return rows.filter(**{f"{path}__words": asked})


def _may_be_phone(word: str) -> bool:
    return word.isdecimal() and word.startswith("0") and len(word) > _SHORT_NUMBER


@TextField.register_lookup
class HoldsWords(AnyLookup):
    """``search_key__words=Words(…)``, by the column's word index."""

    lookup_name = "words"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [value]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        return f"{alias}.words @@ %s::tsquery", [self.rhs.tsquery]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        quote, alias = connection.ops.quote_name, compiler.quote_name_unless_alias(self.lhs.alias)
        index = quote(f"{self.lhs.target.model._meta.db_table}_words")
        by_order = "+" if self.rhs.are_common else ""
        found = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608
        return f"{by_order}{alias}.{quote('id')} IN ({found})", [self.rhs.match]


def _table_of(model: type[Model], path: str) -> str:
    for name in path.split("__")[:-1]:
        related = model._meta.get_field(name).related_model
        assert isinstance(related, type)
        model = related
    return model._meta.db_table


def _are_common(table: str, asked: Words) -> bool:
    index = connection.ops.quote_name(f"{table}_words")
    found = f"SELECT 1 FROM {index} WHERE {index} MATCH %s LIMIT 1 OFFSET %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(found, [asked.match, FOUND_AT_MOST])
        return cursor.fetchone() is not None


def ids_holding(rows: QuerySet[M], text: str, path: str = _COLUMN) -> list[int]:
    """The newest of the rows that hold every word, at most 2,000. For a search of several places,
    whose results are put together by id: a condition over several tables has no index."""
    newest = holding(rows, text, path).order_by("-pk")
    return list(newest.values_list("pk", flat=True)[:FOUND_AT_MOST])


def beginning(path: str, text: str) -> Q:
    """Rows whose code (ASCII, in capitals as stored) begins with the text, by the code's index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{path}__gte": text, f"{path}__lt": f"{text}\U0010ffff"})
    return Q(**{f"{path}__startswith": text})


# --- keeping -----------------------------------------------------------------------------------


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
