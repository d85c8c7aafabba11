"""Django's `migrate`, after which SQLite's word indexes are in step again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate

from capphep.platform import word_index


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with seldom_collected():
            super().handle(*args, **options)
        word_index.restore_triggers()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage seldom: the steps to an empty database's schema make ten thousand model
    classes, and looking through them as often as usual takes a fifth of the first start."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
