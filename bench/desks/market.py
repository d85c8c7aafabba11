"""A country of customers and their orders: the rows of one real sale, multiplied and varied.

Set-based: an INSERT … SELECT a table. A column that is not named here holds what the real sale
wrote, so that a new one needs nothing; what is derived for searching and for reports is made by the
project's own commands afterwards (`prepare`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bench.cycles.raw import Raw
from bench.cycles.recording import Rows, Table, named
from bench.desks.names import Unit, units
from capphep.crm.keys import FOUND_BY, KEYS, NAMED_BY, customer_keys
from capphep.crm.states import LicenceStatus
from capphep.provisioning.states import RequestStatus
from capphep.pure.provinces import PROVINCES
from capphep.pure.unit_keys import named_key

FIRST_CODE: Final = 4_000_000
DAYS: Final = 1_000
"""The orders are spread evenly over so many days, the newest of today."""
WAITING: Final = 400
"""So many of the newest orders wait at the officers' desk."""
SEEN: Final = "bench_unit, bench_sale"

UNITS: Final = """
CREATE UNLOGGED TABLE bench_unit (n bigint PRIMARY KEY, name text, kind text, org_type text,
level int, province text, commune text, seller bigint, team bigint, phone text, tax_code text,
search_key text, sort_key text, name_key text, place_key text, named text)"""
# One order in 25 was rejected, one in 12 never became a request.
SALES: Final = """
CREATE UNLOGGED TABLE bench_sale AS SELECT sale.*, to_char(at, 'YYYY') AS year,
lpad((sale.n + 1)::text, 7, '0') AS number, unit.name, unit.named, unit.seller, unit.team
FROM (SELECT n, (n * 7919) % {units} AS unit, ((n * 48271) % 9973 + 1) * 50000 AS total,
  now() - ({orders} - 1 - n) * (interval '{days} days' / {orders}) AS at,
  CASE WHEN n >= {orders} - {waiting} THEN 'waiting' WHEN n % 25 = 3 THEN 'rejected'
  WHEN n % 12 = 5 THEN 'none' ELSE 'approved' END AS state
  FROM generate_series(0::bigint, {orders} - 1) AS each(n)) AS sale
JOIN bench_unit AS unit ON unit.n = sale.unit"""
ORDER_STATES: Final = {
    "waiting": LicenceStatus.PENDING,
    "rejected": LicenceStatus.REJECTED,
    "none": LicenceStatus.NOT_REQUESTED,
    "approved": LicenceStatus.APPROVED,
}
REQUEST_STATES: Final = {
    "waiting": RequestStatus.WAITING,
    "rejected": RequestStatus.REJECTED,
    "approved": RequestStatus.APPROVED,
}
AMOUNTS: Final = {"gross": "total", "net": "total", "total": "total", "discount": "0", "tax": "0"}
OWNS: Final = "n % 5 < 3"
"""Which customers have the product."""


class Market:
    """``rows`` are those of one real sale, by table."""

    def __init__(self, tables: Mapping[str, Table], rows: Mapping[str, Rows]) -> None:
        self.tables, self.rows = tables, rows
        self.raw = Raw()
        self.first: dict[str, int] = {}

    def build(self, orders: int, sellers: Sequence[tuple[int, int]]) -> None:
        """So many orders of half as many customers; ``sellers`` are users with their teams."""
        with self.raw.transaction():
            # Copies refer to what is there; checking each took longer than writing all.
            self.raw.execute("SET LOCAL session_replication_role = replica")
            self._stage(orders, max(1, orders // 2), sellers)
            self._customers(max(1, orders // 2))
            self._orders()
            self._requests()
            self.raw.execute(f"DROP TABLE {SEEN}")
        self._settle()

    def _stage(self, orders: int, customers: int, sellers: Sequence[tuple[int, int]]) -> None:
        self.raw.execute(UNITS)
        with self.raw.connection.cursor().copy("COPY bench_unit FROM STDIN") as copy:
            for number, unit in enumerate(units(customers, PROVINCES)):
                seller = sellers[number % len(sellers)]
                copy.write_row((number, *unit, *seller, *self._found_by(number, unit)))
        sizes = {"orders": orders, "units": customers, "days": DAYS, "waiting": WAITING}
        self.raw.execute(_escaped(SALES.format(**sizes)))
        self.raw.execute(f"ANALYZE {SEEN}")

    def _found_by(self, number: int, unit: Unit) -> tuple[str, ...]:
        """Phone and tax code, and the keys that the project derives of the whole."""
        [customer] = self.rows["crm_customer"].values()
        own = {
            "budget_code": str(FIRST_CODE + number),
            "phone": f"09{number * 7919 % 100_000_000:08}",
            "tax_code": "",
            **unit._asdict(),
        }
        values = {name: own.get(name, customer[name]) for name in FOUND_BY}
        keys = customer_keys(values)
        named = named_key(**{name: str(values[name]) for name in NAMED_BY})
        return (own["phone"], "", *(keys[name] for name in KEYS), named)

    def _customers(self, customers: int) -> None:
        code = f"({FIRST_CODE} + n)::text"
        at = f"now() - ({customers} - n) * (interval '{DAYS} days' / {customers})"
        began = "current_date - (n % 700)::int"
        self._copy(
            "crm_customer",
            "bench_unit",
            {
                "budget_code": code,
                "name": "name",
                "public_unit_kind": "kind",
                **{name: name for name in ("org_type", "level", "province", "commune")},
                **{name: name for name in ("phone", "tax_code", *KEYS)},
                "owner_id": "seller",
                "team_id": "team",
                **_made(at),
            },
        )
        customer = {"customer_id": self._key("crm_customer", "n")}
        self._copy("crm_contact", "bench_unit", {**customer, "phone": _phone("03", 104729)})
        self._copy("entitlements_subscription", "bench_unit", {**customer, **_made(at)}, OWNS)
        span = {"first_day": began, "last_day": f"{began} + 365"}
        self._copy("crm_ownedproduct", "bench_unit", {**customer, **span}, OWNS)

    def _orders(self) -> None:
        number = "'DH-' || year || '-' || number"
        contract = "'HD-' || lpad((n * 31 % 10000000)::text, 7, '0')"
        self._copy(
            "crm_order",
            "bench_sale",
            {
                **self._of_sale(),
                **AMOUNTS,
                "order_no": number,
                "contract_no": contract,
                "search_key": f"lower({number} || ' ' || {contract}) || ' ' || named",
                "salesperson_id": "seller",
                "ordered_on": "at::date",
                "licence_status": _chosen(ORDER_STATES),
            },
        )
        line = {"order_id": self._key("crm_order", "n"), "quantity": "1", "unit_price": "total"}
        self._copy("crm_orderline", "bench_sale", {**line, **AMOUNTS})

    def _requests(self) -> None:
        number = "'YC-' || year || '-' || number"
        self._copy(
            "provisioning_licencerequest",
            "bench_sale",
            {
                **self._of_sale(),
                "request_no": number,
                "order_id": self._key("crm_order", "n"),
                "unit_name": "name",
                "amount": "total",
                "status": _chosen(REQUEST_STATES),
                "created_by_id": "seller",
                "sent_by_id": "seller",
                "sent_at": "at + interval '1 hour'",
                "due_on": "at::date + 2",
                "decided_at": "CASE WHEN state <> 'waiting' "
                "THEN LEAST(at + (n % 71) * interval '1 hour', now()) END",
            },
            "state <> 'none'",
        )

    def _of_sale(self) -> dict[str, str]:
        return {
            "customer_id": self._key("crm_customer", "unit"),
            "budget_code": f"({FIRST_CODE} + unit)::text",
            "team_id": "team",
            **_made("at"),
        }

    def _key(self, table: str, number: str) -> str:
        return f"{self.first[table]} + {number}"

    def _copy(self, name: str, source: str, varied: Mapping[str, str], where: str = "true") -> None:
        """A row for each of the source, like the real one but for what is ``varied``."""
        table, row = self.tables[name], next(iter(self.rows[name].values()))
        [(highest,)] = self.raw.rows(f"SELECT COALESCE(MAX({table.key}), 0) FROM {name}")
        self.first[name] = highest + 1
        own = {table.key: f"{highest + 1} + n", **varied}
        own = {column: shown for column, shown in own.items() if column in table.types}
        values: list[Any] = [row[column] for column in table.types if column not in own]
        shown = [
            f"CAST({own.get(column, self.raw.mark)} AS {kind})"
            for column, kind in table.types.items()
        ]
        picked = _escaped(f"SELECT {', '.join(shown)} FROM {source} WHERE {where}")
        self.raw.execute(f"INSERT INTO {name} ({named(table.types)}) {picked}", values)

    def _settle(self) -> None:
        """What a database that grew to this size day by day would have done by itself."""
        for name in self.first:
            key = self.tables[name].key
            self.raw.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', '{key}'), "
                f"(SELECT MAX({key}) FROM {name}))"
            )


def _made(at: str) -> dict[str, str]:
    return {"created_at": at, "updated_at": at}


def _phone(prefix: str, step: int) -> str:
    return f"'{prefix}' || lpad(((n * {step}) % 100000000)::text, 8, '0')"


def _chosen(states: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN '{name}' THEN '{value!s}'" for name, value in states.items())
    return f"CASE state {cases} END"


def _escaped(sql: str) -> str:
    """For psycopg, to which a lone per cent sign begins a placeholder."""
    return sql.replace(" % ", " %% ")
