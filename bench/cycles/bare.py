"""The rows of a recorded cycle, written again by plain SQL: the limit for what capphep can do.

The same rows in the same transactions, with one INSERT a table, one UPDATE a changed row, one
DELETE a table, and nothing else: no rule is checked, nothing is read, no object is made. Only
the numbers of the series are taken from the database, for they have to be new.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bench.cycles.history import Market
from bench.cycles.raw import Raw
from bench.cycles.recording import (
    CHAINS,
    CODE,
    ENTRIES,
    SUBJECT,
    Place,
    Recording,
    Row,
    Rows,
    Transaction,
    named,
)

SERIES = "platform_numberseries"


def new_digest(recorded: str) -> str:
    """Another one of its length; a UUID may stand without its dashes."""
    length = 32 if "-" in recorded else len(recorded)
    drawn = secrets.token_hex(length // 2)
    return drawn.upper() if length == CODE else drawn


class Chain:
    """The part of the audit trail that one writer prolongs: it waits for no other one."""

    PLACES = ((ENTRIES, "seq"), (CHAINS, "length"))

    def __init__(self, recording: Recording, key: int) -> None:
        rows = [row for each in recording.cycle for row in each.inserted[ENTRIES].values()]
        self.key = key
        self.recorded = rows[0]["chain_id"]
        self.entries = len(rows)
        self.first = min(row["seq"] for row in rows)
        self.moved = 0
        """From the place of a recorded entry to that of the same one in this cycle."""

    def continue_after(self, length: int) -> None:
        self.moved = length + 1 - self.first


class BareCycle:
    """Writes the cycle for one customer after another; counts the statements of the last one."""

    def __init__(self, recording: Recording, market: Market) -> None:
        self.recording = recording
        self.market = market
        self.raw = Raw()
        self.statements = 0
        self.keys: dict[Place, Any] = {}
        self.texts: dict[str, str] = {}
        self.chain = Chain(recording, self.raw.new_chain(0))

    def prepare(self) -> None:
        """Actions of many processes at once may have prolonged this chain as well."""
        mark = self.raw.mark
        sql = f"SELECT length FROM {CHAINS} WHERE id = {mark}"
        [(length,)] = self.raw.rows(sql, [self.chain.key])
        self.chain.continue_after(length)

    def run(self, number: int) -> None:
        """The cycle of the market's customer with this number."""
        self.statements = 0
        self.keys = self.market.keys(number) | {(CHAINS, self.chain.recorded): self.chain.key}
        self.texts = {self.recording.texts["budget_code"]: self.market.budget_code(number)}
        self.texts |= {digest: new_digest(digest) for digest in self.recording.digests}
        for transaction in self.recording.cycle:
            with self.raw.transaction():
                self._write(transaction)
        self.chain.moved += self.chain.entries

    def _write(self, transaction: Transaction) -> None:
        for series in transaction.changed.get(SERIES, {}):
            self._take_number(series)
        for name, keys in transaction.deleted.items():
            self._delete(name, keys)
        for name in self._parents_first(transaction.inserted):
            self._insert(name, transaction.inserted[name])
        for name, rows in transaction.changed.items():
            for key, row in rows.items():
                if name != SERIES:
                    self._update(name, key, row)

    def _parents_first(self, inserted: Mapping[str, Rows]) -> list[str]:
        """A row needs the keys of those that it refers to: the models stand in that order,
        only the audit trail, which refers to any of them, comes last."""
        tables = [table for name, table in self.recording.tables.items() if name in inserted]
        return [table.name for table in sorted(tables, key=lambda each: SUBJECT in each.types)]

    def _take_number(self, series: str) -> None:
        mark = self.raw.mark
        sql = f"UPDATE {SERIES} SET last = last + 1 WHERE series = {mark} RETURNING last"
        [(last,)] = self._rows(sql, [series])
        recorded = self.recording.texts[series]
        number = f"{series}-{last:06d}"
        self.texts |= {recorded: number, recorded.lower(): number.lower()}

    def _insert(self, name: str, rows: Rows) -> None:
        table = self.recording.tables[name]
        columns = [each for each in table.types if each != table.key or not table.has_own_keys]
        values = [self._value(name, column, row) for row in rows.values() for column in columns]
        one = f"({', '.join([self.raw.mark] * len(columns))})"
        sql = (
            f"INSERT INTO {name} ({named(columns)}) VALUES {', '.join([one] * len(rows))} "
            f"RETURNING {table.key}"
        )
        for recorded, (key,) in zip(rows, self._rows(sql, values), strict=True):
            self.keys[name, recorded] = key

    def _update(self, name: str, key: Any, row: Row) -> None:
        mark = self.raw.mark
        sets = ", ".join(f'"{column}" = {mark}' for column in row)
        values = [self._value(name, column, row) for column in row]
        sql = f"UPDATE {name} SET {sets} WHERE {self.recording.tables[name].key} = {mark}"
        self._execute(sql, [*values, self._key(name, key)])

    def _delete(self, name: str, keys: list[Any]) -> None:
        marks = ", ".join([self.raw.mark] * len(keys))
        sql = f"DELETE FROM {name} WHERE {self.recording.tables[name].key} IN ({marks})"
        self._execute(sql, [self._key(name, key) for key in keys])

    def _key(self, name: str, recorded: Any) -> Any:
        return self.keys.get((name, recorded), recorded)

    def _value(self, name: str, column: str, row: Row) -> Any:
        value = row[column]
        if isinstance(value, str):
            return self._text(value)
        if (name, column) in Chain.PLACES:
            return value + self.chain.moved
        referred = self.recording.reference(name, column, row)
        return self._key(referred, value) if referred else value

    def _text(self, value: str) -> str:
        for recorded, now in self.texts.items():
            if recorded in value:
                value = value.replace(recorded, now)
        return value

    def _rows(self, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        self.statements += 1
        return self.raw.rows(sql, values)

    def _execute(self, sql: str, values: list[Any]) -> None:
        self.statements += 1
        self.raw.execute(sql, values)
