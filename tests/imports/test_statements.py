"""The database is asked by the batch, not by the row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capphep.shell.customer_import import Summary
from tests.imports.books import Imported, Row, line, unit

pytestmark = pytest.mark.django_db


def units(count: int, name: str = "Trường") -> list[Row]:
    first = unit("1000000", full_name="An", position="Kế toán")
    return [
        first,
        *(
            unit(str(1_000_000 + n), f"{name} {n}", parent="1000000", full_name=f"Người {n}")
            for n in range(1, count)
        ),
    ]


def lines(count: int) -> list[Row]:
    return [line(str(1_000_000 + n), f"YC-2026-{n + 1:06d}") for n in range(count)]


def asked(import_them: Callable[[], Summary]) -> int:
    """How many statements it took."""
    with CaptureQueriesContext(connection) as queries:
        import_them()
    return len(queries)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("before", ["", "Trường", "Trạm"])
def test_statements_for_customers_grow_with_batches_and_not_with_rows(
    imported: Imported, before: str
) -> None:
    """New ones, the same again, and such as have another name now."""
    if before:
        imported(units(60, before))
    few, many = (
        asked(lambda count=count: imported(units(count), dry_run=True)) for count in (20, 60)
    )
    # A batch of SQLite, which takes only 999 values at once, holds fewer rows than these.
    assert many - few < 15


@pytest.mark.usefixtures("catalogue")
def test_statements_for_subscriptions_grow_with_batches_and_not_with_rows(
    imported: Imported,
) -> None:
    imported(units(60))
    few, many = (
        asked(lambda count=count: imported(units(1), lines(count), dry_run=True))
        for count in (20, 60)
    )
    assert many - few < 15
