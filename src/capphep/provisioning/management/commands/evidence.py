"""`./capphep evidence verify|read`: stored evidence is what was stored; its text is known."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from capphep.platform.append_only import is_append_only
from capphep.platform.file_checks import Checked, checked_files, stray_files
from capphep.platform.filetexts import read_unread
from capphep.platform.models import StoredFile, TextState
from capphep.provisioning.evidence_proof import checked_rounds
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
        files, sendings = self.files(), self.sendings()
        counts = files + sendings
        self.stdout.write(
            f"{counts['files']} files, {counts['bytes']} bytes; "
            f"{counts['sendings']} sendings with {counts['sent']} files; "
            f"{counts['differences']} differences"
        )
        if counts["differences"]:
            raise CommandError(f"{counts['differences']} differences: evidence is not as it was.")

    def files(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for checked in checked_files():
            counts.update(files=1, bytes=checked.file.size)
            if checked.fault:
                self.differs(counts, _fault(checked))
        if not is_append_only(StoredFile._meta.db_table):
            self.differs(counts, f"UNGUARDED {StoredFile._meta.db_table}: rows can be changed")
        for path in stray_files():
            self.differs(counts, f"STRAY {path.relative_to(settings.FILES_DIR)}: has no record")
        return counts

    def sendings(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for sent in checked_rounds():
            counts.update(sendings=1, sent=sent.files)
            for difference in sent.differences:
                self.differs(counts, f"SENT {difference}")
        return counts

    def differs(self, counts: Counter[str], text: str) -> None:
        counts.update(differences=1)
        self.stdout.write(text)

    def read(self, *, again: bool) -> None:
        counts = read_unread(again=again)
        told = ", ".join(f"{counts[state]} {state.value}" for state in TextState)
        self.stdout.write(f"{counts.total()} files read: {told}")


def _fault(checked: Checked) -> str:
    used = requests_with_file(checked.file.sha256)
    requests = ", ".join(f"{number} ({name})" for number, name in used) or "no request"
    detail = f": {checked.found}" if checked.found else ""
    return f"{FAULTS[checked.fault or '']} {checked.file.sha256}{detail}; used by {requests}"
