"""Django's `migrate`, after which SQLite's word indexes are in step again."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from capphep.platform import word_index


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        word_index.restore_triggers()
