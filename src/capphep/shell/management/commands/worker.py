"""`./capphep worker`: work on what goes on by itself, beside the server or instead of it."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from capphep.shell import worker


class Command(BaseCommand):
    help = (
        "Let days pass, deliver what waits, and so on, until Ctrl+C or SIGTERM; any number of"
        " them may run. The server does the same by itself unless CAPPHEP_WORKER=no."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what there is now, and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            worker.work_once()
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write(f"working on {', '.join(job.name for job in worker.JOBS)}", ending="\n")
        self.stdout.flush()
        worker.work_until(stopped)
