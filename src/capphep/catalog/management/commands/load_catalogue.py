"""`./capphep load_catalogue FILE.yaml` or `--demo`: load the catalogue, all or nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.catalog import imports
from capphep.platform import origin
from capphep.platform.roles import SYSTEM
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalids, Refusal


class Command(BaseCommand):
    help = "Load products, packages, items and eligibility from a YAML file; safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the catalogue, a YAML file")
        parser.add_argument("--demo", action="store_true", help="the sample catalogue")

    def handle(self, *args: Any, file: Path | None, demo: bool, **options: Any) -> None:
        if (file is None) == (not demo):
            raise CommandError("Name one file, or --demo for the sample catalogue.")
        path = file or imports.DEMO_FILE
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            with origin.working_from("load_catalogue"):
                loaded = imports.load(actor=SYSTEM, content=content)
        except Invalids as found:
            for refusal in found.refusals:
                self.stderr.write(_line(path, refusal))
            self.stderr.write(f"{len(found.refusals)} mistakes; nothing was changed.")
            sys.exit(1)
        self.stdout.write(str(loaded))


def _line(path: Path, refusal: Refusal) -> str:
    rule = f" [{refusal.rule}]" if refusal.rule else ""
    return f"{path}:{getattr(refusal, 'line', 1)}: {refusal_text(refusal)}{rule}"
