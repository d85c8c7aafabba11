"""`./capphep audit verify`: the audit trail is what was recorded."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.platform.audit_walk import Seal, Walk


class Command(BaseCommand):
    help = (
        "verify: read the whole audit trail and name what was changed, removed or put in; exits"
        " 1 on any difference. It ends with a seal: written down outside and given later, it"
        " shows whether the trail still holds all that it held."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify")
        verify = verbs.add_parser("verify", help="name what is not as it was recorded")
        verify.add_argument(
            "--seal", type=Seal.parse, metavar="SEAL", help="as an earlier run printed it"
        )

    def handle(self, *args: Any, seal: Seal | None, **options: Any) -> None:
        walk, differences = Walk(seal), 0
        for sentence in walk.differences():
            differences += 1
            self.stdout.write(sentence)
        counts = f"{len(walk.heads)} chains, {walk.entries} entries, {differences} differences"
        self.stdout.write(counts)
        self.stdout.write(f"seal {walk.seal}")
        if differences:
            raise CommandError(f"{differences} differences: the trail is not what was recorded.")
