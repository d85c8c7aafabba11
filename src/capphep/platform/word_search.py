"""Finding records by words at the price of an index, however many there are.

``key__words`` in a filter asks a column that has a word index (`word_index`): every word, in any
order, the last one as a prefix (a number from three digits on). How it is answered depends on
how common the words are, which is found out first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Lookup, Model, Q, QuerySet, TextField

from capphep.platform.personal import is_seen_in_full
from capphep.pure.folding import words_of

M = TypeVar("M", bound=Model)
if TYPE_CHECKING:
    AnyLookup: TypeAlias = Lookup[Any]
else:
    AnyLookup = Lookup

_COLUMN: Final = "search_key"

# Above this many records SQLite reads the list in its order and asks of each whether it is one of
# them, instead of fetching and sorting them all.
FOUND_AT_MOST: Final = 2_000
# PostgreSQL does so where more than so many of its newest records hold the words: a page is full
# after some thousand rows then, and all that hold them would be tens of thousands. Its own
# estimate takes words that always or never stand together for independent ones.
NEWEST: Final = 3_000
COMMON: Final = 12
# So many keys are handed from one statement to the next.
_KEYS_AT_MOST: Final = 10_000

# A limit beside the condition would make the planner hope for many rows and read all of them.
# With less memory, what a common prefix finds is kept by page: thousands of rows are read in vain.
_HOW_COMMON: Final = """
WITH common AS MATERIALIZED (
    SELECT 1 FROM (SELECT words FROM {table} ORDER BY id DESC LIMIT {newest}) AS newest
    WHERE words @@ %s::tsquery LIMIT 1 OFFSET %s
), found AS MATERIALIZED (
    SELECT id FROM {table} WHERE words @@ %s::tsquery AND NOT EXISTS (SELECT 1 FROM common)
    AND (SELECT set_config('work_mem', '16MB', true)) > ''
)
SELECT EXISTS (SELECT 1 FROM common), ARRAY(SELECT id FROM found LIMIT %s)"""

_SHORT_NUMBER: Final = 2
_weighed_before: ContextVar[dict[Any, Words] | None] = ContextVar("weighed_before", default=None)


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for: folded words, the last one a prefix unless all are ``whole``.

    ``are_common``: many records hold them. ``keys`` are those of all that do, where they are known.
    """

    words: tuple[str, ...]
    whole: bool = False
    are_common: bool = False
    keys: tuple[int, ...] | None = None

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
    nothing for whom phones are masked. One statement.
    """
    if not text.strip():
        return rows
    words = words_of(text)
    if not words:
        return rows.none()
    asked = Words(tuple(words), whole=_may_be_phone(words[-1]) and not is_seen_in_full())
    asked = _weighed_once(_table_of(rows.model, path), asked)
    return rows.filter(**{f"{path}__words": asked})


def _may_be_phone(word: str) -> bool:
    return word.isdecimal() and word.startswith("0") and len(word) > _SHORT_NUMBER


@contextmanager
def asked_together() -> Iterator[None]:
    """Within, `holding` looks only once how common the same words are in the same table."""
    token = _weighed_before.set({})
    try:
        yield
    finally:
        _weighed_before.reset(token)


@TextField.register_lookup
class HoldsWords(AnyLookup):
    """``search_key__words=Words(…)``, by the column's word index."""

    lookup_name = "words"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [value]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        if self.rhs.keys is not None:
            if not self.rhs.keys:
                raise EmptyResultSet
            return f"{alias}.id = ANY(%s::bigint[])", [list(self.rhs.keys)]
        holds = f"{alias}.words @@ %s::tsquery"
        if self._in_order(compiler):
            # No index answers it, and of a condition on the list's own table the planner knows
            # nothing but that half of the rows may meet it.
            own = compiler.quote_name_unless_alias(compiler.query.get_initial_alias())
            holds = f"CASE WHEN {own}.id > 0 THEN {holds} END"
        return holds, [self.rhs.tsquery]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        quote, alias = connection.ops.quote_name, compiler.quote_name_unless_alias(self.lhs.alias)
        index = quote(f"{self.lhs.target.model._meta.db_table}_words")
        in_order = "+" if self._in_order(compiler) else ""
        found = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608
        return f"{in_order}{alias}.{quote('id')} IN ({found})", [self.rhs.match]

    def _in_order(self, compiler: Any) -> bool:
        """Whether the rows are read in their order and each is asked; who counts has none."""
        return bool(self.rhs.are_common and compiler.query.order_by)


def _table_of(model: type[Model], path: str) -> str:
    for name in path.split("__")[:-1]:
        related = model._meta.get_field(name).related_model
        assert isinstance(related, type)
        model = related
    return model._meta.db_table


def _weighed_once(table: str, asked: Words) -> Words:
    known = _weighed_before.get()
    if known is None:
        return _weighed(table, asked)
    key = (table, asked)
    if key not in known:
        known[key] = _weighed(table, asked)
    return known[key]


def _weighed(table: str, asked: Words) -> Words:
    """With what has to be known of the words to find them soon, however common they are."""
    name = connection.ops.quote_name
    if connection.vendor == "sqlite":
        index = name(f"{table}_words")
        many = f"SELECT 1 FROM {index} WHERE {index} MATCH %s LIMIT 1 OFFSET %s"  # noqa: S608
        return replace(asked, are_common=bool(_rows(many, [asked.match, FOUND_AT_MOST])))
    values = [asked.tsquery, COMMON, asked.tsquery, _KEYS_AT_MOST + 1]
    [(are_common, keys)] = _rows(_HOW_COMMON.format(table=name(table), newest=NEWEST), values)
    if are_common or len(keys) > _KEYS_AT_MOST:
        return replace(asked, are_common=are_common)
    return replace(asked, keys=tuple(keys))


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


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
