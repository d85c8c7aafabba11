"""The different values of a column, found in an index without reading every row."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.db.models import Field, Model

MOST: Final = 300


def distinct_words(model: type[Model], field: str) -> list[str]:
    """The words that stand in the column, without "", in the database's order; at most MOST.

    One statement that jumps from word to word: it costs as many index reads as there are
    words, where the column has an index of its own.
    """
    quoted = connection.ops.quote_name
    found = model._meta.get_field(field)
    assert isinstance(found, Field)
    table, column = quoted(model._meta.db_table), quoted(found.column)
    # Only names of our own models stand in the statement.
    sql = f"""
        WITH RECURSIVE found(word) AS (
            SELECT MIN({column}) FROM {table} WHERE {column} > ''
            UNION ALL
            SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > found.word)
            FROM found WHERE found.word IS NOT NULL
        )
        SELECT word FROM found WHERE word IS NOT NULL LIMIT {MOST}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [word for (word,) in cursor.fetchall()]
