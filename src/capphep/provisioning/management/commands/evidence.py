"""`./capphep evidence verify|read`: stored evidence is what was stored; its text is known."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.platform.file_checks import Checked, checked_files, stray_files
from capphep.platform.filetexts import read_file, unread
from capphep.platform.models import TextState
from capphep.provisioning.queries import requests_with_file

FAULTS = {
    "missing": "MISSING",
    "unreadable": "UNREADABLE",
    "size": "OTHER SIZE",
    "content": "OTHER CONTENT",
}


class Command(BaseCommand):
    help = (
        "verify: read every stored file and compare it with what was stored and what was sent;"
        " exits 1 on any difference. read: read the text of files that were never read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|read")
        verbs.add_parser("verify", help="re-hash everything; changes nothing")
        read = verbs.add_parser("read", help="find the text of files that lack it")
        read.add_argument(
            "--again", action="store_true", help="also of those that could not be read before"
        )

    def handle(self, *args: Any, verb: str, again: bool = False, **options: Any) -> None:
        if verb == "read":
            self.read(again=again)
        else:
            self.verify()

    def verify(self) -> None:
        count = size = faults = 0
        for checked in checked_files():
            count, size = count + 1, size + checked.file.size
            if checked.fault:
                faults += 1
                self.stdout.write(_fault(checked))
        for path in stray_files():
            faults += 1
            self.stdout.write(f"STRAY {path.relative_to(settings.FILES_DIR)}: has no record")
        self.stdout.write(f"{count} files, {size} bytes, {faults} differences")
        if faults:
            raise CommandError(f"{faults} differences: the stored files are not what was stored.")

    def read(self, *, again: bool) -> None:
        counts = dict.fromkeys(TextState, 0)
        for stored in unread(again=again):
            counts[read_file(stored)] += 1
        told = ", ".join(f"{number} {state.value}" for state, number in counts.items())
        self.stdout.write(f"{sum(counts.values())} files read: {told}")


def _fault(checked: Checked) -> str:
    used = requests_with_file(checked.file.sha256)
    requests = ", ".join(f"{number} ({name})" for number, name in used) or "no request"
    detail = f": {checked.found}" if checked.found else ""
    return f"{FAULTS[checked.fault or '']} {checked.file.sha256}{detail}; used by {requests}"
