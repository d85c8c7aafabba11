"""Rows written in one plain statement, at a third of what the general way costs.

For what actions write in every cycle of the business (`bench/README.md`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    BooleanField,
    CharField,
    Field,
    IntegerField,
    JSONField,
    Model,
    TextField,
)

M = TypeVar("M", bound=Model)
# From so many rows on PostgreSQL takes a list for each column: a value for each place costs its
# driver and its planner more than the writing.
_MANY = 10
_PLAIN: tuple[tuple[type, type], ...] = (
    (CharField, str),
    (TextField, str),
    (IntegerField, int),
    (BooleanField, bool),
)
"""The type whose values a field hands on unchanged, on both databases."""


class _Column(NamedTuple):
    """``plain`` is the type whose values the driver takes as they are."""

    field: Field[Any, Any]
    plain: type | None


def insert(records: Iterable[M]) -> list[M]:
    """Write new records of one table, as `bulk_create` does, and give them their keys."""
    rows = list(records)
    if not rows:
        return rows
    model = type(rows[0])
    columns = _columns(model, rows[0].pk is not None)
    most = _batch_size(columns, rows)
    for start in range(0, len(rows), most):
        _insert(model, columns, rows[start : start + most])
    return rows


def put(records: Iterable[M], *, key: str) -> None:
    """Write records whose ``key`` is unique; where a row has the same, it is changed to this one.

    They do not learn their primary keys.
    """
    rows = list(records)
    if not rows:
        return
    model, columns = type(rows[0]), _columns(type(rows[0]), False)
    others = [each.field for each in columns if each.field.name != key]
    begin, _ = _statement(model, False, connection.vendor)
    sets = ", ".join(f"{name} = excluded.{name}" for name in map(_quoted, others))
    end = f" ON CONFLICT ({_column(model, key)}) DO UPDATE SET {sets}"
    most = _batch_size(columns, rows)
    for start in range(0, len(rows), most):
        batch = rows[start : start + most]
        values, parameters = _given(columns, batch)
        _executed(begin + values + end, parameters)


def insert_new(record: Model) -> bool:
    """Write a new record unless one like it is there; whether it was written."""
    begin, end = _statement(type(record), record.pk is not None, connection.vendor)
    columns = _columns(type(record), record.pk is not None)
    values, parameters = _given(columns, [record])
    with connection.cursor() as cursor:
        cursor.execute(f"{begin}{values} ON CONFLICT DO NOTHING{end}", parameters)
        keys = cursor.fetchall()
    for (key,) in keys:
        _note_written(record, key)
    return bool(keys)


def update(model: type[Model], seen: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Write ``values`` where the fields hold what was ``seen``; returns how many rows did.

    A list among ``seen`` means any of its values.
    """
    sets = ", ".join(f"{_column(model, name)} = %s" for name in values)
    new = [_prepared(_named(model, name), value) for name, value in values.items()]
    where, held = _where(model, seen)
    # Only names of our own models stand in the statements of this file.
    return _executed(f"UPDATE {_table(model)} SET {sets}{where}", [*new, *held])  # noqa: S608


def delete(model: type[Model], seen: Mapping[str, Any]) -> int:
    """Remove the rows whose fields hold what was ``seen``, as `update` finds them.

    For rows that nothing refers to; returns how many there were.
    """
    where, held = _where(model, seen)
    return _executed(f"DELETE FROM {_table(model)}{where}", held)  # noqa: S608


def _where(model: type[Model], seen: Mapping[str, Any]) -> tuple[str, list[Any]]:
    conditions, held = [], list[Any]()
    for name, value in seen.items():
        any_of = value if isinstance(value, list) else [value]
        marks = ", ".join(["%s"] * len(any_of))
        conditions.append(f"{_column(model, name)} IN ({marks})")
        held += [_prepared(_named(model, name), each) for each in any_of]
    return " WHERE " + " AND ".join(conditions), held


def _executed(sql: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        count: int = cursor.rowcount
    return count


@cache
def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _column(model: type[Model], name: str) -> str:
    return _quoted(_named(model, name).field)


def _quoted(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(field.column)


@cache
def _named(model: type[Model], name: str) -> _Column:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, Field)
    return _Column(field, _plain_type(field))


@cache
def _columns(model: type[Model], with_key: bool) -> list[_Column]:
    fields = model._meta.concrete_fields
    return [_Column(each, _plain_type(each)) for each in fields if with_key or not each.primary_key]


def _batch_size(columns: Sequence[_Column], rows: Sequence[Model]) -> int:
    return max(1, connection.ops.bulk_batch_size([each.field for each in columns], rows))


@cache
def _statement(model: type[Model], with_key: bool, vendor: str) -> tuple[str, str]:
    """The statement's beginning and its end, without what is written."""
    quoted, meta = connection.ops.quote_name, model._meta
    key = meta.pk
    assert key is not None
    columns = [quoted(each.field.column) for each in _columns(model, with_key)]
    return (
        f"INSERT INTO {quoted(meta.db_table)} ({', '.join(columns)}) ",
        f" RETURNING {quoted(key.column)}",
    )


def _insert(model: type[Model], columns: Sequence[_Column], rows: Sequence[Model]) -> None:
    begin, end = _statement(model, rows[0].pk is not None, connection.vendor)
    values, parameters = _given(columns, rows)
    with connection.cursor() as cursor:
        cursor.execute(begin + values + end, parameters)
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        _note_written(row, key)


def _given(columns: Sequence[_Column], rows: Sequence[Model]) -> tuple[str, list[Any]]:
    """What is written, as the statement has it, and its parameters."""
    if connection.vendor == "postgresql" and len(rows) >= _MANY:
        by_column = zip(*(_values(columns, row) for row in rows), strict=True)
        lists = map(_listed, columns, by_column)
        return _unnested(tuple(columns)), list(lists)
    row = f"({', '.join(['%s'] * len(columns))})"
    parameters = [value for each in rows for value in _values(columns, each)]
    return "VALUES " + ", ".join([row] * len(rows)), parameters


def _listed(column: _Column, values: Iterable[Any]) -> Any:
    """One parameter for a column: a list of values of one type, or one JSON document of all."""
    if isinstance(column.field, JSONField):
        documents = [None if each is None else each.obj for each in values]
        return column.field.get_db_prep_save(documents, connections[DEFAULT_DB_ALIAS])
    return [each.value if isinstance(each, Enum) else each for each in values]


@cache
def _unnested(columns: tuple[_Column, ...]) -> str:
    lists = ", ".join(_list_of(each.field) for each in columns)
    return f"SELECT * FROM unnest({lists})"  # noqa: S608


def _list_of(field: Field[Any, Any]) -> str:
    if isinstance(field, JSONField):
        # As elements of an array each of their many quotes would be escaped.
        elements = "jsonb_array_elements(%s) WITH ORDINALITY AS each(document, number)"
        return f"ARRAY(SELECT NULLIF(document, 'null') FROM {elements} ORDER BY number)"  # noqa: S608
    # Without its length a type cuts nothing off: the column itself refuses what is too long.
    kind = str(field.db_type(connection)).partition("(")[0]
    return f"%s::{kind}[]"


def _values(columns: Iterable[_Column], row: Model) -> list[Any]:
    return [_prepared(column, column.field.pre_save(row, True)) for column in columns]


def _note_written(row: Model, key: Any) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, "default"


def _prepared(column: _Column, value: Any) -> Any:
    # Most values are what the driver takes as it is.
    if value is None or type(value) is column.plain:
        return value
    if isinstance(value, Model):
        value = value.pk
    return column.field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


def _plain_type(field: Field[Any, Any]) -> type | None:
    column = getattr(field, "target_field", field)
    return next((plain for kind, plain in _PLAIN if isinstance(column, kind)), None)
