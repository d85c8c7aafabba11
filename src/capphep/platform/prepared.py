"""Reads whose SQL is made once: building a statement takes Django longer than answering it takes
the database.

    @prepared
    def _lines_of(order_id: int) -> QuerySet[OrderLine]:
        return OrderLine.objects.filter(order=order_id).order_by("position")

    _lines_of(order.pk)     # a list, one statement

For what runs in every cycle of the business (`bench/README.md`); everything else is a queryset.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeAlias, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Value
from django.db.models.query import (  # type: ignore[attr-defined]
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

P = ParamSpec("P")
Row = TypeVar("Row")
Rows: TypeAlias = Sequence[Sequence[Any]]


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """The rows of the queryset that ``build`` makes, read at once; arguments by position only.

    ``build`` is called once for each database and for each length of its lists, with
    placeholders instead of values: it may compare columns with them and nothing else. The
    queryset gives records, with select_related, or values_list; it prefetches nothing.
    """
    statements: dict[tuple[object, ...], _Statement | None] = {}

    @wraps(build)
    def rows(*values: P.args, **_none: P.kwargs) -> list[Row]:
        lengths = (len(each) if isinstance(each, list) else None for each in values)
        key = (connection.vendor, *lengths)
        if key not in statements:
            statements[key] = _made(build, values)
        statement = statements[key]
        return statement.rows(values) if statement else []

    return rows


class _Place:
    """Stands for a value in the parameters of a statement."""


class _Statement:
    def __init__(self, queryset: QuerySet[Any, Any], places: Sequence[_Place]) -> None:
        compiler = queryset.query.get_compiler(queryset.db)
        self.sql, parameters = compiler.as_sql()
        order = {id(place): number for number, place in enumerate(places)}
        # Each parameter: the number of the value that it takes, or None and a constant.
        self.parameters = [(order.get(id(each)), each) for each in parameters]
        self.compiler = compiler
        expressions = [each for each, _, _ in compiler.select]
        self.converters = compiler.get_converters(expressions)
        self.shaped = _SHAPES[queryset._iterable_class](compiler, queryset.db)

    def rows(self, values: Sequence[Any]) -> list[Any]:
        flat = _flat(values)
        bound = [
            constant if number is None else _adapted(flat[number])
            for number, constant in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, bound)
            found: Any = cursor.fetchall()
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        return self.shaped(found)


def _made(build: Callable[..., QuerySet[Any, Any]], values: Sequence[Any]) -> _Statement | None:
    """None where nothing can be found: an empty list of keys."""
    places = [_Place() for _ in _flat(values)]
    free = iter(places)
    arguments = [
        [Value(next(free)) for _ in each] if isinstance(each, list) else Value(next(free))
        for each in values
    ]
    try:
        return _Statement(build(*arguments), places)
    except EmptyResultSet:
        return None


def _flat(values: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for each in values:
        flat.extend(each) if isinstance(each, list) else flat.append(each)
    return flat


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, datetime.date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _records(compiler: Any, db: str) -> Callable[[Rows], list[Any]]:
    """As `ModelIterable` does, with everything found out beforehand."""
    model, fields = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    first, last = fields[0], fields[-1] + 1
    names = [each.target.attname for each, _, _ in compiler.select[first:last]]
    related = get_related_populators(compiler.klass_info, compiler.select, db)
    annotations = list(compiler.annotation_col_map.items())

    def shaped(rows: Rows) -> list[Any]:
        records = []
        for row in rows:
            record = model.from_db(db, names, row[first:last])
            for populator in related:
                populator.populate(row, record)
            for name, column in annotations:
                setattr(record, name, row[column])
            records.append(record)
        return records

    return shaped


def _tuples(_compiler: Any, _db: str) -> Callable[[Rows], list[Any]]:
    return lambda rows: [tuple(row) for row in rows]


def _singles(_compiler: Any, _db: str) -> Callable[[Rows], list[Any]]:
    return lambda rows: [row[0] for row in rows]


_SHAPES: Final[dict[type, Callable[[Any, str], Callable[[Rows], list[Any]]]]] = {
    ModelIterable: _records,
    ValuesListIterable: _tuples,
    FlatValuesListIterable: _singles,
}
