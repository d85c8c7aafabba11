"""Codes of today and former ones stand in two tables, over which no constraint reaches (R11)."""

from __future__ import annotations

from typing import Final

from django.db import connection

_SPACE: Final = 7_368_001
"""Tells these locks from all others of the database."""


def hold_codes(*codes: str) -> None:
    """Nobody else gives one of these codes until the transaction ends.

    Whoever gives a code, or notes that it is a former one, holds it before looking whether it is
    free. One statement each on PostgreSQL, none on SQLite, where one transaction writes at a time.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for code in sorted(codes):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SPACE, int(code)])
