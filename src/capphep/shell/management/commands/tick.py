"""`./capphep tick`: let begin and end what the calendar says, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from capphep.shell import tick


class Command(BaseCommand):
    help = "Note what began or ended since the last run; running it again harms nothing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        counts = tick.run()
        for name, count in sorted(counts.items()):
            self.stdout.write(f"{name}: {count}")
