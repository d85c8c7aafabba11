"""The reads of checks: plain statements over connections of their own, one for each thread.

Only `known_customer`, `catalogue` and the look for a former code, where nothing else was found, go
beyond the three tables of tokens, users and documents, so that a check waits for no import and for
no migration of anything else.
"""

from __future__ import annotations

import datetime
import json
import threading
import time
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from capphep.integration.ofrep.connections import Broken, Connection, TimedOut, connect
from capphep.platform.api import Scope
from capphep.platform.roles import Role

_ASKED: Final = """
SELECT t.id, t.per_minute, t.scopes, u.role, t.product_id, t.customer_id,
    d.customer_id, d.product_id, d.product_code, d.version, d.document
FROM integration_apitoken t
JOIN platform_user u ON u.id = t.user_id
LEFT JOIN entitlements_checkdocument d ON d.budget_code = $3"""
_RUNNING: Final = "t.revoked_at IS NULL AND t.expires_at > $2 AND u.is_active"

STATEMENTS: Final = {
    "check": f"{_ASKED} AND d.product_code = $4 WHERE t.sha256 = $1 AND {_RUNNING}",
    "bulk": f"{_ASKED} WHERE t.sha256 = $1 AND {_RUNNING} ORDER BY d.product_code",
    "stream": f"{_ASKED} WHERE t.id = CAST($1 AS bigint) AND {_RUNNING} ORDER BY d.product_code",
    # Whether anything was granted to the customer of which no document was written. Former codes,
    # also those of merged customers, mean the customer of today.
    "customer": """
SELECT c.id, EXISTS (
    SELECT 1 FROM entitlements_subscription s
    JOIN entitlements_grant g ON g.subscription_id = s.id
    LEFT JOIN entitlements_checkdocument d ON d.subscription_id = s.id
    WHERE s.customer_id = c.id AND d.id IS NULL)
FROM crm_customer c WHERE c.budget_code = $1 AND c.merged_into_id IS NULL
UNION SELECT k.customer_id, 1 = 0 FROM crm_customercode k
WHERE k.key = $1 AND k.kind = 'budget_code'""",
    # What a former code, or that of a merged customer, is today.
    "today": """
SELECT c.budget_code FROM crm_customercode k JOIN crm_customer c ON c.id = k.customer_id
WHERE k.key = $1 AND k.kind = 'budget_code'""",
    # What the catalogue sells or offers for trial; a module without either as well.
    "catalogue": """
SELECT p.id, p.code, m.code, COALESCE(r.code, '')
FROM catalog_product p
JOIN catalog_module m ON m.product_id = p.id
LEFT JOIN (SELECT module_id, resource_id FROM catalog_itemcontent
    UNION SELECT module_id, resource_id FROM catalog_trialdefault) x ON x.module_id = m.id
LEFT JOIN catalog_resource r ON r.id = x.resource_id
ORDER BY p.code, m.position, m.code, r.code""",
    "versions": """
SELECT budget_code, product_code, version FROM entitlements_checkdocument
WHERE budget_code IN (SELECT value FROM json_array_elements_text(CAST($1 AS json)))
ORDER BY budget_code, product_code""",
}

_SELLING: Final = (Role.SALES.value, Role.MANAGER.value)
_REST: Final = 1.0
"""Seconds for which nobody connects anew to a database that refused it."""


class Unavailable(Exception):
    """The database does not answer; nothing can be said about anybody's rights."""


class Token(NamedTuple):
    """A running token: its bounds, and whether its scopes and its user let it ask."""

    id: int
    per_minute: int
    may_ask: bool
    product_id: int | None
    customer_id: int | None


class Held(NamedTuple):
    """What is written down about a customer and a product; ``document`` is JSON."""

    customer_id: int
    product_id: int
    product: str
    version: int
    document: str


class Reader:
    """Reads over the calling thread's own connection, which is renewed once when it broke.

    Every read raises Unavailable.
    """

    def __init__(self) -> None:
        self._own = threading.local()
        self._rests_until = 0.0

    def check(self, sha256: str, budget_code: str, product: str) -> tuple[Token | None, list[Held]]:
        """The running token with this hash, and what this customer has of the product."""
        return self._asked("check", sha256, budget_code, product)

    def bulk(self, sha256: str, budget_code: str) -> tuple[Token | None, list[Held]]:
        """The same for all products."""
        return self._asked("bulk", sha256, budget_code)

    def stream(self, token_id: int, budget_code: str) -> tuple[Token | None, list[Held]]:
        """The same for a token that is known by its key."""
        return self._asked("stream", str(token_id), budget_code)

    def _asked(
        self, name: str, token: str, budget_code: str, *product: str
    ) -> tuple[Token | None, list[Held]]:
        """A former code is asked for once more, by the code of today."""
        found, held = _token(self.rows(name, [token, _now(), budget_code, *product]))
        if found and not held:
            for (today,) in self.rows("today", [budget_code]):
                return _token(self.rows(name, [token, _now(), today, *product]))
        return found, held

    def known_customer(self, budget_code: str) -> int | None:
        """The key of a customer; None where there is none.

        Raises Unavailable also where something was granted that is not written down for checks.
        """
        for customer_id, is_unwritten in self.rows("customer", [budget_code]):
            if is_unwritten in (1, "t"):
                raise Unavailable
            return int(customer_id)
        return None

    def catalogue(self) -> list[tuple[int, str, str, str]]:
        """Key and code of a product, a module of it, and a resource or nothing."""
        return [(int(row[0]), row[1], row[2], row[3]) for row in self.rows("catalogue", [])]

    def versions(self, budget_codes: Collection[str]) -> dict[str, tuple[object, ...]]:
        """By customer, something that is another one after each change of what it holds."""
        found: dict[str, tuple[object, ...]] = dict.fromkeys(budget_codes, ())
        for budget_code, product, version in self.rows("versions", [json.dumps([*budget_codes])]):
            found[budget_code] += (product, version)
        return found

    def rows(self, name: str, values: Sequence[str]) -> list[Sequence[Any]]:
        """One statement. Numbers may come as numbers or as texts."""
        own: Connection | None = getattr(self._own, "connection", None)
        if own is not None:
            try:
                return own.rows(name, STATEMENTS[name], values)
            except TimedOut:
                self.close()
                raise Unavailable from None
            except Broken:
                self.close()
        if time.monotonic() < self._rests_until:
            raise Unavailable
        try:
            own = self._own.connection = connect()
            return own.rows(name, STATEMENTS[name], values)
        except Broken:
            self.close()
            self._rests_until = time.monotonic() + _REST
            raise Unavailable from None

    def close(self) -> None:
        """End this thread's connection; the next read opens another one."""
        own: Connection | None = getattr(self._own, "connection", None)
        self._own.connection = None
        if own is not None:
            own.close()


def _now() -> str:
    # As SQLite keeps moments; PostgreSQL would else take it for one of its own time zone.
    return datetime.datetime.now(datetime.UTC).isoformat(" ")


def _token(rows: list[Sequence[Any]]) -> tuple[Token | None, list[Held]]:
    if not rows:
        return None, []
    key, per_minute, scopes, role, product_id, customer_id, *_ = rows[0]
    token = Token(
        id=int(key),
        per_minute=int(per_minute),
        # Who sells sees some customers only, and which ones stands in other tables.
        may_ask=f'"{Scope.ENTITLEMENTS_READ.value}"' in scopes and role not in _SELLING,
        product_id=None if product_id is None else int(product_id),
        customer_id=None if customer_id is None else int(customer_id),
    )
    held = [
        Held(int(row[6]), int(row[7]), row[8], int(row[9]), row[10])
        for row in rows
        if row[6] is not None
    ]
    return token, held
