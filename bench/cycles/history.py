"""Thousands of customers and of finished cycles, made from the one that was recorded.

Set-based: one INSERT … SELECT for each recorded row, over the numbers of the customers, so
that a hundred thousand orders with all that belongs to them take a minute or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from bench.cycles.raw import Raw
from bench.cycles.recording import (
    CHAINS,
    CODE,
    ENTRIES,
    Place,
    Recording,
    Row,
    Rows,
    Table,
    Transaction,
    named,
)

FIRST_CODE: Final = 1_100_000


@dataclass(frozen=True, slots=True)
class Block:
    """Where the rows of a table lie: that of customer ``n`` at ``first + n * step + offset``."""

    first: int
    offsets: dict[Any, int]

    def key(self, number: int, recorded: Any) -> int:
        return self.first + number * len(self.offsets) + self.offsets[recorded]


@dataclass(frozen=True, slots=True)
class Market:
    """Customers 0 … count - 1; the first ``orders`` of them have a finished cycle behind them.

    ``blocks`` are the rows of the others, who have no order yet.
    """

    orders: int
    count: int
    blocks: dict[str, Block]

    def keys(self, number: int) -> dict[Place, int]:
        """The keys of this customer's own rows, by those of the recorded one."""
        return {
            (name, recorded): block.key(number, recorded)
            for name, block in self.blocks.items()
            for recorded in block.offsets
        }

    def customer(self, number: int) -> int:
        block = self.blocks["crm_customer"]
        return block.key(number, next(iter(block.offsets)))

    def budget_code(self, number: int) -> str:
        return str(FIRST_CODE + number)


class Builder:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.raw = Raw()
        self.blocks: dict[str, Block] = {}
        self.series: dict[str, int] = {}
        self.chain = self.chain_from = 0

    def build(self, orders: int, fresh: int) -> Market:
        """So many customers with an order, then so many that have none yet."""
        with self.raw.transaction():
            self.series = dict(self.raw.rows("SELECT series, last FROM platform_numberseries"))
            self._multiply(finished(self.recording), 0, orders)
            self._advance_series(orders)
            self.blocks = {}
            self._multiply(self.recording.birth.inserted, orders, orders + fresh)
        self._settle()
        return Market(orders, orders + fresh, self.blocks)

    def _multiply(self, rows: dict[str, Rows], begin: int, end: int) -> None:
        for name, found in rows.items():
            table = self.recording.tables[name]
            if table.has_own_keys:
                self._place(table, found, begin)
        # From the customer `chain_from` on, one chain holds the audit entries of all of them.
        self.chain = self.raw.new_chain((end - begin) * len(rows.get(ENTRIES, ())))
        self.chain_from = begin
        for name, found in rows.items():
            for recorded, row in found.items():
                self._insert(self.recording.tables[name], recorded, row, begin, end)

    def _place(self, table: Table, rows: Rows, begin: int) -> None:
        [(highest,)] = self.raw.rows(
            f"SELECT COALESCE(MAX({named([table.key])}), 0) FROM {table.name}"
        )
        offsets = {recorded: offset for offset, recorded in enumerate(rows)}
        self.blocks[table.name] = Block(highest + 1 - begin * len(rows), offsets)

    def _insert(self, table: Table, recorded: Any, row: Row, begin: int, end: int) -> None:
        values: list[Any] = []
        shown = [self._expression(table, column, row, values) for column in table.types]
        self.raw.execute(
            f"INSERT INTO {table.name} ({named(table.types)}) "
            f"SELECT {', '.join(shown)} FROM {self._numbers(begin, end)}",
            values,
        )

    def _numbers(self, begin: int, end: int) -> str:
        if self.raw.is_postgres:
            return f"generate_series({begin}, {end - 1}) AS each(n)"
        return (
            f"(WITH RECURSIVE each(n) AS (SELECT {begin} WHERE {begin} < {end} UNION ALL "
            f"SELECT n + 1 FROM each WHERE n < {end - 1}) SELECT n FROM each)"
        )

    def _expression(self, table: Table, column: str, row: Row, values: list[Any]) -> str:
        value = row[column]
        if isinstance(value, str):
            shown = self._text(value, values)
        else:
            shown = self._number(table, column, row, values)
        return f"CAST({shown} AS {table.types[column]})" if self.raw.is_postgres else shown

    def _number(self, table: Table, column: str, row: Row, values: list[Any]) -> str:
        value = row[column]
        own = column == table.key
        referred = table.name if own else self.recording.reference(table.name, column, row)
        if referred == CHAINS:
            return str(self.chain)
        block = self.blocks.get(referred or "")
        if (table.name, column) == (ENTRIES, "seq"):
            own_block = self.blocks[ENTRIES]
            place = own_block.offsets[row[table.key]] + 1
            return f"{place} + (n - {self.chain_from}) * {len(own_block.offsets)}"
        if block and value in block.offsets:
            return f"{block.first + block.offsets[value]} + n * {len(block.offsets)}"
        values.append(value)
        return self.raw.mark

    def _text(self, value: str, values: list[Any]) -> str:
        shown = f"CAST({self.raw.mark} AS text)"
        values.append(value)
        for found in self.recording.digests:
            if found in value:
                shown = f"REPLACE({shown}, '{found}', {self._digest(found)})"
        for name, recorded in self.recording.texts.items():
            for text, now in self._replacements(name, recorded):
                if text in value:
                    shown = f"REPLACE({shown}, '{text}', {now})"
        return shown

    def _replacements(self, name: str, recorded: str) -> list[tuple[str, str]]:
        if name == "budget_code":
            return [(recorded, self._padded(FIRST_CODE, 7))]
        number = self._padded(self.series[name] + 1, 6)
        return [
            (recorded, f"'{name}-' || {number}"),
            (recorded.lower(), f"'{name.lower()}-' || {number}"),
        ]

    def _padded(self, first: int, digits: int) -> str:
        if self.raw.is_postgres:
            return f"lpad(({first} + n)::text, {digits}, '0')"
        return f"printf('%0{digits}d', {first} + n)"

    def _digest(self, recorded: str) -> str:
        text = f"'{recorded[:8]}' || n"
        if self.raw.is_postgres:
            made = f"encode(sha256(({text})::bytea), 'hex')"
        else:
            made = f"digest({text})"
        length = 32 if "-" in recorded else len(recorded)
        return f"{'upper' if length == CODE else 'lower'}(substr({made}, 1, {length}))"

    def _advance_series(self, count: int) -> None:
        for name in self.series.keys() & self.recording.texts.keys():
            self.raw.execute(
                f"UPDATE platform_numberseries SET last = last + {count} "
                f"WHERE series = {self.raw.mark}",
                [name],
            )

    def _settle(self) -> None:
        """What a database that grew to this size day by day would have done by itself."""
        if not self.raw.is_postgres:
            self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in self.recording.tables.values():
            if table.has_own_keys:
                self.raw.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{table.key}'), "
                    f"GREATEST(1, (SELECT MAX({named([table.key])}) FROM {table.name})))"
                )
        self.raw.execute("VACUUM ANALYZE")
        self.raw.execute("CHECKPOINT")


def finished(recording: Recording) -> dict[str, Rows]:
    """The rows that stand at the end of a customer's first cycle."""
    left: dict[str, Rows] = {}
    for transaction in [recording.birth, *recording.cycle]:
        _apply(transaction, left)
    return left


def _apply(transaction: Transaction, left: dict[str, Rows]) -> None:
    for name, keys in transaction.deleted.items():
        for key in keys:
            left.get(name, {}).pop(key, None)
    for name, rows in transaction.inserted.items():
        left.setdefault(name, {}).update(rows)
    for name, rows in transaction.changed.items():
        for key, changes in rows.items():
            if key in left.get(name, {}):
                left[name][key] = {**left[name][key], **changes}
