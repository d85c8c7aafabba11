"""What the check is measured beside, on the same server software: WSGI applications.

`thin` reads the row that a check reads, by the key that the address names, over a connection of
psycopg (sqlite3) for each thread, and answers with it: no token, no JSON, no rate. `libpq` does the
same as the check itself reads, by calls below psycopg's cursor: there is nothing thinner.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

import django

django.setup()

from django.db import connections  # noqa: E402

from bench.cycles.raw import Raw  # noqa: E402
from capphep.integration.ofrep.connections import Connection, connect  # noqa: E402

SQL: Final = """
SELECT version, document FROM entitlements_checkdocument
WHERE budget_code = $1 AND product_code = $2"""
HEADERS: Final = [("Content-Type", "application/json")]
_own = threading.local()

StartResponse = Callable[..., object]


def libpq(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    connection: Connection | None = getattr(_own, "connection", None)
    if connection is None:
        connection = _own.connection = connect()
    [(_, document)] = connection.rows("libpq", SQL, [_customer(environ), "igov"])
    return _answered(document.encode(), start_response)


def thin(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    raw: Raw | None = getattr(_own, "raw", None)
    if raw is None:
        raw = _own.raw = Raw()
    sql = SQL.replace("$1", raw.mark).replace("$2", raw.mark)
    [(_, document)] = raw.rows(sql, [_customer(environ), "igov"])
    return _answered(document.encode(), start_response)


def _customer(environ: dict[str, Any]) -> str:
    """The load program says it in the address too: the limits read no body."""
    return str(environ["QUERY_STRING"])


def _answered(body: bytes, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [*HEADERS, ("Content-Length", str(len(body)))])
    return [body]


application = {"thin": thin, "libpq": libpq}[os.environ.get("CAPPHEP_BENCH_LIMIT", "thin")]
# The settings are read before the first request, as the check has it.
connections["default"].get_connection_params()
