"""`./capphep search verify|rebuild`: records are found by what they say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.shell import found_by


class Command(BaseCommand):
    help = (
        "verify: compare what every record is found and sorted by with what it says, and the word"
        " indexes with the records; exits 1 on any difference. rebuild: derive it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|rebuild")
        verbs.add_parser("verify", help="name every record that differs; changes nothing")
        verbs.add_parser("rebuild", help="derive again what differs; safe to run again")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "rebuild":
            self.stdout.write(f"{found_by.rebuild()} records differed; the indexes are made anew.")
            return
        count = 0
        for sentence in found_by.differences():
            count += 1
            self.stdout.write(sentence)
        if count:
            raise CommandError(f"{count} differences: run ./capphep search rebuild.")
        self.stdout.write("Every record is found by what it says.")
