"""`./capphep compile_catalogues`: make the .mo files that are missing or stale."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from capphep.platform.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compile the translation catalogues that are missing or stale."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{compile_catalogues()} catalogues compiled")
