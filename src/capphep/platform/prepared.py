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
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeAlias, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Value
from django.db.models.query import (  # type: ignore[attr-defined]
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)

from capphep.platform.models import User
from capphep.platform.queries import LARGEST_ID
from capphep.platform.roles import SystemActor

if TYPE_CHECKING:
    from django.db.models import QuerySet

P = ParamSpec("P")
Row = TypeVar("Row")
Rows: TypeAlias = Sequence[Sequence[Any]]


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """The rows of the queryset that ``build`` makes, read at once; arguments by position only.

    ``build`` is called once for each database, for each length of its lists and for each role of
    an actor, with placeholders instead of values: it may compare columns with them and nothing
    else, and asks for nothing that changes, such as the day or a setting. The queryset gives
    records, with select_related, or values_list; it prefetches nothing.
    A number that no column can hold finds nothing.
    """
    statements: dict[tuple[object, ...], _Statement | None] = {}

    @wraps(build)
    def rows(*values: P.args, **_none: P.kwargs) -> list[Row]:
        key = (connection.vendor, *map(_kind, values))
        if key not in statements:
            statements[key] = _made(build, values)
        statement = statements[key]
        return statement.rows(values) if statement else []

    return rows


def attach(records: Iterable[Model], name: str, children: Iterable[Model], parent: str) -> None:
    """Give each record its children under ``name``, and them their ``parent``: as prefetched."""
    of_record: dict[object, list[Model]] = defaultdict(list)
    for child in children:
        of_record[getattr(child, f"{parent}_id")].append(child)
    for record in records:
        own = of_record[record.pk]
        for child in own:
            setattr(child, parent, record)
        rows = getattr(record, name).all()
        rows._result_cache, rows._prefetch_done = own, True
        vars(record).setdefault("_prefetched_objects_cache", {})[name] = rows


class _Place:
    """Stands for a value in the parameters of a statement."""


class _Places:
    """Placeholders, numbered in the order of the values that they stand for."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}

    def value(self) -> Value:
        place = _Place()
        self.numbers[place] = len(self.numbers)
        return Value(place)

    def element(self, like: object) -> object:
        """For one of a list, where Django wants numbers or texts: one that nobody else uses."""
        place = -LARGEST_ID + len(self.numbers)
        marker = place if isinstance(like, int) else f"place {place}"
        self.numbers[marker] = len(self.numbers)
        return marker

    def number_of(self, parameter: object) -> int | None:
        return self.numbers.get(parameter) if isinstance(parameter, Hashable) else None


@dataclass(frozen=True, slots=True)
class _SomeActor:
    """Stands for every actor of one role; one without a key or a team is of another kind."""

    role: str
    pk: Value | None
    team_id: Value | None


def _kind(value: object) -> object:
    """What of a value makes another statement."""
    if value is None:
        raise TypeError("nothing equals NULL: a prepared read compares with values only")
    if isinstance(value, list):
        return len(value)
    if isinstance(value, User | SystemActor):
        return value.role, value.pk is None, value.team_id is None
    return None


def _parts(value: Any) -> list[Any]:
    """The values in it that are bound to a statement."""
    if isinstance(value, list):
        return value
    if isinstance(value, User | SystemActor):
        return [each for each in (value.pk, value.team_id) if each is not None]
    return [value]


def _stand_in(value: Any, places: _Places) -> Any:
    """The same with placeholders for its parts, in the order of `_parts`."""
    if isinstance(value, list):
        return [places.element(each) for each in value]
    if isinstance(value, User | SystemActor):
        pk = None if value.pk is None else places.value()
        team_id = None if value.team_id is None else places.value()
        return _SomeActor(value.role, pk, team_id)
    return places.value()


class _Statement:
    def __init__(self, queryset: QuerySet[Any, Any], places: _Places) -> None:
        compiler = queryset.query.get_compiler(queryset.db)
        self.sql, parameters = compiler.as_sql()
        # Each parameter: the number of the value that it takes, or None and a constant.
        self.parameters = [(places.number_of(each), each) for each in parameters]
        self.compiler = compiler
        expressions = [each for each, _, _ in compiler.select]
        self.converters = compiler.get_converters(expressions)
        self.shaped = _SHAPES[queryset._iterable_class](compiler, queryset.db)

    def rows(self, values: Sequence[Any]) -> list[Any]:
        flat = [_adapted(part) for value in values for part in _parts(value)]
        if any(type(each) is int and not -LARGEST_ID <= each <= LARGEST_ID for each in flat):
            return []
        bound = [
            constant if number is None else flat[number] for number, constant in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, bound)
            found: Any = cursor.fetchall()
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        return self.shaped(found)


def _made(build: Callable[..., QuerySet[Any, Any]], values: Sequence[Any]) -> _Statement | None:
    """None where nothing can be found: an empty list of keys."""
    places = _Places()
    try:
        return _Statement(build(*(_stand_in(value, places) for value in values)), places)
    except EmptyResultSet:
        return None


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
