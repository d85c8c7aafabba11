"""`./capphep ledger verify|rebuild`: what is stored is what was granted and approved."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.ims import ledger


class Command(BaseCommand):
    help = (
        "verify: compare every stored balance and span of ownership with the grants, and every"
        " approved request with its grants; exits 1 on any difference. rebuild: restore"
        " balances and ownership from the grants alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|rebuild")
        verbs.add_parser("verify", help="name every record that differs; changes nothing")
        verbs.add_parser("rebuild", help="derive again what differs; safe to run again")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "rebuild":
            self.rebuild()
        else:
            self.verify()

    def verify(self) -> None:
        counts = ledger.Counts()
        for sentence in ledger.differences(counts):
            self.stdout.write(sentence)
        self.stdout.write(
            f"{counts.subscriptions} subscriptions, {counts.steps} balance steps,"
            f" {counts.grants} grants, {counts.requests} approved requests,"
            f" {counts.lines} lines; {counts.differences} differences"
        )
        if counts.differences:
            raise CommandError(f"{counts.differences} differences: the ledger does not agree.")

    def rebuild(self) -> None:
        restored = ledger.Restored()
        for sentence in ledger.restore(restored):
            self.stdout.write(sentence)
        self.stdout.write(f"{restored.subscriptions} subscriptions, {restored.differed} differed")
