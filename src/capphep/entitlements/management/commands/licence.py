"""`./capphep licence verify|keys|rotate-key|rewrap`: signed files, and the keys that sign them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from capphep.entitlements.actions.keys import OVERLAP_DAYS, rewrap_keys, rotate_key
from capphep.entitlements.models import SigningKey
from capphep.entitlements.queries import FileCounts, file_differences, key_states
from capphep.pure.errors import Refusal


class Command(BaseCommand):
    help = "Signed licence files and their keys; docs/licence-format.md says how they are used."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser(
            "verify", help="read every stored file; exits 1 on any that is not as it was signed"
        )
        verbs.add_parser("keys", help="which key signs, which did, which is still to come")
        rotate = verbs.add_parser(
            "rotate-key", help="make the next key: published at once, it signs later"
        )
        rotate.add_argument(
            "--days",
            type=int,
            default=OVERLAP_DAYS,
            help="how many days from now it begins to sign (default %(default)s; 0: at once)",
        )
        rewrap = verbs.add_parser(
            "rewrap", help="encrypt the private keys with the secret that is set now"
        )
        rewrap.add_argument(
            "--old-secret-file",
            type=Path,
            required=True,
            metavar="FILE",
            help="holds the secret with which they were kept until now",
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            if verb == "verify":
                self._verify()
            elif verb == "rotate-key":
                self._rotate(options["days"])
            elif verb == "rewrap":
                self._rewrap(options["old_secret_file"])
            else:
                self._list()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _verify(self) -> None:
        counts = FileCounts()
        for sentence in file_differences(counts):
            self.stdout.write(sentence)
        self.stdout.write(
            f"{counts.licences} licences, {counts.unsigned} from before files were signed;"
            f" {counts.differences} differences"
        )
        if counts.differences:
            raise CommandError(f"{counts.differences} files are not as they were signed.")

    def _list(self) -> None:
        for key, state in key_states(timezone.now()):
            self.stdout.write(f"{key.kid}  {state:<8}  signs from {_moment(key)}")
        if not SigningKey.objects.exists():
            self.stdout.write("no key yet: the next start makes one")

    def _rotate(self, days: int) -> None:
        if days < 0:
            raise CommandError("--days is a number of days from now, 0 or more.")
        key = rotate_key(days=days)
        self.stdout.write(f"{key.kid}  published now, signs from {_moment(key)}")

    def _rewrap(self, old: Path) -> None:
        try:
            secret = old.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise CommandError(f"{old}: {error.strerror}") from None
        self.stdout.write(f"{rewrap_keys(old_secret=secret)} keys encrypted anew")


def _moment(key: SigningKey) -> str:
    return f"{timezone.localtime(key.signs_from):%Y-%m-%d %H:%M}"
