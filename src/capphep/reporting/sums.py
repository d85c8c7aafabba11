"""Sums of facts: what changes in them when facts change."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Model

from capphep.reporting.models import (
    FILED,
    GrantFigure,
    LeadFigure,
    OrderFact,
    OrderFigure,
    RequestFact,
)

Key = tuple[Any, ...]
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Table:
    """A table of sums: its ``keys`` are unique together, ``values`` begin with the number."""

    model: type[Model]
    keys: Sequence[str]
    values: Sequence[str]


ORDERS: Final = Table(OrderFigure, ("month", *FILED, "status"), ("number", "amount"))
LEADS: Final = Table(
    LeadFigure, ("month", "product", "team", "bucket"), ("number", "draft", "desk", "sales")
)
GRANTS: Final = Table(
    GrantFigure,
    ("month", "product", "team", "province", "module", "resource"),
    ("number", "quantity", "withdrawn"),
)
TABLES: Final = (ORDERS, LEADS, GRANTS)


class Changes:
    """What is to be added to the rows of a table, by their keys."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._rows: dict[Key, list[int]] = defaultdict(lambda: [0] * len(table.values))

    def add(self, rows: Iterable[tuple[Key, Sequence[int]]], sign: int = 1) -> None:
        for key, values in rows:
            row = self._rows[key]
            for place, value in enumerate(values):
                row[place] += sign * value

    def left(self) -> dict[Key, list[int]]:
        """Those that change anything, in the order of their keys."""
        return {key: self._rows[key] for key in sorted(self._rows) if any(self._rows[key])}

    def write(self) -> None:
        """One statement for 500 rows, and one that removes those that are empty now."""
        found = self.left()
        for batch in _batches(list(found.items())):
            with connection.cursor() as cursor:
                parameters = [_stored(each) for row in batch for each in (*row[0], *row[1])]
                cursor.execute(self._sql(len(batch)), parameters)
        if any(values[0] < 0 for values in found.values()):
            self.table.model._default_manager.filter(number=0).delete()

    def _sql(self, count: int) -> str:
        quote = connection.ops.quote_name
        table = quote(self.table.model._meta.db_table)
        keys = ", ".join(map(quote, self.table.keys))
        columns = ", ".join(map(quote, (*self.table.keys, *self.table.values)))
        marks = ", ".join(["%s"] * (len(self.table.keys) + len(self.table.values)))
        rows = ", ".join([f"({marks})"] * count)
        adds = ", ".join(
            f"{quote(name)} = {table}.{quote(name)} + excluded.{quote(name)}"
            for name in self.table.values
        )
        # Only names of our own models stand in it.
        return (
            f"INSERT INTO {table} ({columns}) VALUES {rows}"  # noqa: S608
            f" ON CONFLICT ({keys}) DO UPDATE SET {adds}"
        )


def _stored(value: Any) -> Any:
    is_day = isinstance(value, datetime.date)
    return connection.ops.adapt_datefield_value(value) if is_day else value


def _batches(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def of_orders(facts: Iterable[OrderFact]) -> Iterable[tuple[Key, Sequence[int]]]:
    for fact in facts:
        yield (fact.month, *_filed(fact), fact.status), (1, fact.amount)


def of_leads(facts: Iterable[RequestFact]) -> Iterable[tuple[Key, Sequence[int]]]:
    for one in facts:
        key = (one.month, one.product, one.team, one.bucket)
        yield key, (1, one.draft, one.desk, one.sales)


def of_grants(
    facts: Iterable[RequestFact], grants: Mapping[int, Iterable[tuple[int, int, int]]]
) -> Iterable[tuple[Key, Sequence[int]]]:
    """What was taken back counts once its request is known to be withdrawn."""
    for one in facts:
        for module, resource, quantity in grants.get(one.request, ()):
            if quantity > 0:
                values = (1, quantity, 0)
            elif one.was_withdrawn:
                values = (0, 0, -quantity)
            else:
                continue
            key = (one.month, one.product, one.team, one.province, module, resource)
            yield key, values


def _filed(fact: OrderFact) -> tuple[Any, ...]:
    return tuple(getattr(fact, name) for name in FILED)
