"""`./capphep import_customers FILE.xlsx`: enter customers and what they have in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils.translation import gettext as _
from django.utils.translation import override

from capphep.exchange.unreadable import Unreadable
from capphep.platform.texts import refusal_text
from capphep.shell.customer_import import Summary, import_customers
from capphep.shell.startup import database_label

SHOWN: Final = 20


class Command(BaseCommand):
    help = (
        "Enter the customers of a workbook (sheet Khách hàng) and their subscriptions in force"
        " (sheet Thuê bao đang có). All in one transaction; safe to run again. The last line"
        " counts what became of the rows."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the workbook: .xlsx, .xls, .xlsb or .ods")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="do the same and take it back: reports the same, changes nothing",
        )
        parser.add_argument(
            "--rejected",
            type=Path,
            metavar="OUT.xlsx",
            help="where the rows that did not enter are written with their reasons, also by a"
            " dry run; default: FILE-rejected.xlsx in the current directory, only when there"
            " are such rows and never by a dry run",
        )

    def handle(
        self, *args: Any, file: Path, dry_run: bool, rejected: Path | None, **options: Any
    ) -> None:
        target = rejected or (None if dry_run else Path(f"{file.stem}-rejected.xlsx"))
        with override(settings.LANGUAGE_CODE):
            try:
                summary = import_customers(
                    file, dry_run=dry_run, rejected_path=target, write_empty=bool(rejected)
                )
            except Unreadable as refusal:
                raise CommandError(refusal_text(refusal)) from refusal
            except Error as error:
                reason = str(error).strip().splitlines()[0]
                raise CommandError(f"{database_label()} refused: {reason}") from error
            self.report(summary, target, dry_run=dry_run)
        self.stdout.write(summary.line())

    def report(self, summary: Summary, target: Path | None, *, dry_run: bool) -> None:
        """What a person should know beside the numbers."""
        returned = summary.returned
        for row in returned[:SHOWN]:
            place = _("%(sheet)s, row %(row)s") % {"sheet": row.sheet, "row": row.number}
            self.stdout.write(f"{place}: {row.reason}")
        if len(returned) > SHOWN:
            self.stdout.write(_("… and %(count)s more") % {"count": len(returned) - SHOWN})
        if summary.unusual_codes:
            codes = ", ".join(summary.unusual_codes[:SHOWN])
            self.stdout.write(_("Budget codes that begin unusually: %(codes)s") % {"codes": codes})
        if dry_run:
            self.stdout.write(_("A dry run: nothing was changed."))
        if returned and target:
            message = _("The rows that did not enter, with their reasons: %(file)s")
            self.stdout.write(message % {"file": target})
