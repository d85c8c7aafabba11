"""Which of the runs of `./capphep test` does a test: one on each database, and one beside them.

Beside them goes once what no database can change, with the browser above all: it leaves the
machine idle for a third of its time, in which the others go on. A run by itself, as of
`--database postgres` or of pytest alone, does everything.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection

# tools/run_tests.py says "database" or "once"; a run by itself is told nothing.
SHARE = "CAPPHEP_TESTS_SHARE"

_TESTS = Path(__file__).resolve().parent.parent
ONCE = {_TESTS / "pure", _TESTS.parent / "packages"}


def is_done_here(item: pytest.Item) -> bool:
    return is_done(item, connection.vendor, os.environ.get(SHARE))


def is_done(item: pytest.Item, vendor: str, share: str | None) -> bool:
    for only in ("postgresql", "sqlite"):
        if item.get_closest_marker(only):
            return vendor == only and share != "once"
    return share is None or (share == "once") == _is_once(item)


def _is_once(item: pytest.Item) -> bool:
    is_of_pure_rules = item.path.name.endswith("rules.py") and not item.get_closest_marker(
        "django_db"
    )
    is_marked = bool(item.get_closest_marker("once"))
    return is_marked or is_of_pure_rules or not ONCE.isdisjoint(item.path.parents)
