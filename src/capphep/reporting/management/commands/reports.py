"""`./capphep reports verify|rebuild`: the figures of the reports are what the records say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.reporting import keeping, proof


class Command(BaseCommand):
    help = (
        "verify: compare every figure with the records; exits 1 on any difference. rebuild:"
        " count all records again; safe while people work, and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|rebuild")
        verbs.add_parser("verify", help="name every figure that differs; changes nothing")
        verbs.add_parser("rebuild", help="forget the figures and count all records again")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "rebuild":
            keeping.begin_anew()
            while keeping.keep_up():
                pass
        counts = proof.Counts()
        for sentence in proof.differences(counts):
            self.stdout.write(sentence)
        self.stdout.write(
            f"{counts.orders} orders, {counts.requests} requests,"
            f" {counts.subscriptions} subscriptions; {counts.differences} differences"
        )
        if counts.differences:
            raise CommandError(f"{counts.differences} differences: the figures do not agree.")
