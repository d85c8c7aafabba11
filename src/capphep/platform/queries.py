"""Reads about the installation and its people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from capphep.platform.models import Installation

LARGEST_ID: Final = 2**63 - 1
"""No key is larger, and no database is asked for one."""


def is_demo() -> bool:
    """True when this database holds the shipped sample data."""
    return Installation.objects.filter(is_demo=True).exists()


def pk_batches(rows: QuerySet[Any], size: int = 500) -> Iterator[list[int]]:
    """The primary keys of the rows, ascending, so many at a time; one statement each."""
    last = 0
    while batch := list(
        rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]
    ):
        yield batch
        last = batch[-1]
