"""The import of a customer workbook: both its sheets, in one transaction."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import IntegrityError, transaction

from capphep.crm.imports import customer_rows, customers
from capphep.crm.imports.rows import Cell, Rejected, SheetPlan, SheetRow, key_of, text_of
from capphep.entitlements import imports as entitlements
from capphep.exchange import workbooks
from capphep.exchange.workbooks import Unreadable
from capphep.platform.models import Installation
from capphep.platform.origin import working_from
from capphep.platform.roles import SYSTEM
from capphep.platform.texts import refusal_text
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Refusal, gettext_noop

REASON: Final = "Lý do"
# A title and a date above the header are common; more than that is another kind of file.
_HEADER_WITHIN: Final = 10


@dataclass(frozen=True, slots=True)
class Returned:
    """A row that did not enter, with its reasons in the reader's language."""

    sheet: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of each row of the workbook."""

    created: int
    updated: int
    unchanged: int
    rejected: Sequence[Returned]
    lines_created: int
    lines_unchanged: int
    lines_rejected: Sequence[Returned]
    unusual_codes: Sequence[str]
    """RULE R11: budget codes that entered and deserve a second look."""

    @property
    def returned(self) -> list[Returned]:
        return [*self.rejected, *self.lines_rejected]

    def line(self) -> str:
        """The summary in one line that scripts can read: always English, always this form."""
        return (
            f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged, "
            f"{len(self.rejected)} rejected; {self.lines_created} subscription lines created, "
            f"{self.lines_unchanged} unchanged, {len(self.lines_rejected)} rejected"
        )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as it was read: every cell, where its header stands, the rows below it."""

    plan: SheetPlan
    cells: Sequence[Sequence[Cell]]
    header: int
    rows: Sequence[SheetRow]


@dataclass(frozen=True, slots=True)
class _Book:
    customers: _Sheet
    lines: _Sheet


def import_customers(
    path: Path,
    *,
    dry_run: bool = False,
    rejected_path: Path | None = None,
    write_empty: bool = True,
) -> Summary:
    """Enter what is good in the workbook, all in one transaction; bad rows go back.

    ``dry_run`` does the same and takes it back. The bad rows are written to
    ``rejected_path`` (where there is one) with their reasons in a last column; where there
    are none, ``write_empty`` says whether it is written all the same, with headers only.

    Raises Unreadable where the workbook or the other one is no use; then nothing changed.
    """
    book = _read(path)
    report = _Report(path, rejected_path, write_empty)
    with working_from("import_customers"):
        try:
            return _entered(book, report, dry_run=dry_run)
        except IntegrityError:
            # Somebody entered one of the customers meanwhile; a second look sees it.
            return _entered(book, report, dry_run=dry_run)


def _entered(book: _Book, report: _Report, *, dry_run: bool) -> Summary:
    with report.published(), transaction.atomic():
        _wait_for_other_imports()
        people = customers.import_customers(actor=SYSTEM, rows=book.customers.rows)
        lines = entitlements.import_subscription_lines(
            actor=SYSTEM, rows=book.lines.rows, issued_here=_issued_here
        )
        summary = _summary(people, lines)
        report.draft(book, summary)
        if dry_run:
            transaction.set_rollback(True)
    return summary


def _wait_for_other_imports() -> None:
    """Two imports at once would enter the same customers: the second waits for the first."""
    list(Installation.objects.select_for_update(no_key=True))


def _issued_here(numbers: Collection[str]) -> set[str]:
    requests = LicenceRequest.objects.filter(request_no__in=numbers)
    return set(requests.values_list("request_no", flat=True))


def _summary(people: customers.Outcome, lines: entitlements.Outcome) -> Summary:
    return Summary(
        created=people.created,
        updated=people.updated,
        unchanged=people.unchanged,
        rejected=_returned(customer_rows.SHEET, people.rejected),
        lines_created=lines.created,
        lines_unchanged=lines.unchanged,
        lines_rejected=_returned(entitlements.SHEET, lines.rejected),
        unusual_codes=people.unusual_codes,
    )


def _returned(plan: SheetPlan, rejected: Iterable[Rejected]) -> list[Returned]:
    return [
        Returned(plan.title, row.number, " ".join(_reason(plan, why) for why in row.reasons))
        for row in rejected
    ]


def _reason(plan: SheetPlan, refusal: Refusal) -> str:
    column = plan.columns.get(refusal.field)
    return f"{column}: {refusal_text(refusal)}" if column else refusal_text(refusal)


# --- reading -----------------------------------------------------------------------------------


def _read(path: Path) -> _Book:
    sheets = {key_of(title): rows for title, rows in workbooks.read(path).items()}
    people = sheets.get(key_of(customer_rows.SHEET.title))
    if people is None:
        message = gettext_noop("%(file)s has no sheet “%(title)s”.")
        raise Unreadable(message, file=path.name, title=customer_rows.SHEET.title)
    lines = sheets.get(key_of(entitlements.SHEET.title), [])
    if not any(_says_something(row) for row in lines):
        lines = [list(entitlements.SHEET.columns.values())]
    return _Book(
        customers=_sheet(people, customer_rows.SHEET, path),
        lines=_sheet(lines, entitlements.SHEET, path),
    )


def _sheet(cells: Sequence[Sequence[Cell]], plan: SheetPlan, path: Path) -> _Sheet:
    """Find the header and name the cells below it. Raises Unreadable for a missing column."""
    names = plan.column_names()
    titles = [[names.get(key_of(text_of(cell))) for cell in row] for row in cells[:_HEADER_WITHIN]]
    at = max(range(len(titles)), key=lambda row: len(set(titles[row]) - {None}), default=0)
    columns = titles[at] if titles else []
    missing = [plan.columns[name] for name in plan.columns if name in plan.required - set(columns)]
    if missing:
        message = gettext_noop("The sheet “%(title)s” of %(file)s lacks the column %(columns)s.")
        quoted = ", ".join(f"“{title}”" for title in missing)
        raise Unreadable(message, title=plan.title, file=path.name, columns=quoted)
    rows = [
        SheetRow(number, _named(columns, row))
        for number, row in enumerate(cells[at + 1 :], at + 2)
        if _says_something(row)
    ]
    return _Sheet(plan, cells, at, rows)


def _named(columns: Sequence[str | None], row: Sequence[Cell]) -> dict[str, Cell]:
    named: dict[str, Cell] = {}
    for column, cell in zip(columns, row, strict=False):
        if column:
            named.setdefault(column, cell)
    return named


def _says_something(row: Sequence[Cell]) -> bool:
    return any(text_of(cell) for cell in row)


# --- the rows that go back ---------------------------------------------------------------------


class _Report:
    """The workbook of the rows that did not enter: whole, or not there at all."""

    def __init__(self, source: Path, target: Path | None, write_empty: bool) -> None:
        self.target = target
        self.write_empty = write_empty
        self.part = target.with_name(f".{target.name}.{os.getpid()}") if target else None
        if target and target.resolve() == source.resolve():
            message = gettext_noop("%(file)s is being read; name another file for what goes back.")
            raise Unreadable(message, file=target.name)

    def draft(self, book: _Book, summary: Summary) -> None:
        """Write it beside its place, while everything can still be taken back."""
        if self.part and (summary.returned or self.write_empty):
            with self._writing():
                workbooks.write(
                    self.part,
                    {
                        customer_rows.SHEET.title: _with_reasons(book.customers, summary.rejected),
                        entitlements.SHEET.title: _with_reasons(book.lines, summary.lines_rejected),
                    },
                )

    @contextmanager
    def published(self) -> Iterator[None]:
        """Put the draft in its place after the block, unless the block fails."""
        try:
            yield
            if self.part and self.target and self.part.exists():
                with self._writing():
                    self.part.replace(self.target)
        finally:
            if self.part:
                self.part.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = gettext_noop("%(file)s cannot be written: %(reason)s.")
            raise Unreadable(message, file=str(self.target), reason=error.strerror) from error


def _with_reasons(sheet: _Sheet, returned: Sequence[Returned]) -> list[list[Cell]]:
    """The header and the rows as they came, the reasons after them; older reasons go."""
    header = sheet.cells[sheet.header]
    kept = [at for at, title in enumerate(header) if key_of(text_of(title)) != key_of(REASON)]
    rows = [(sheet.header + 1, REASON), *((row.number, row.reason) for row in returned)]
    return [[*(sheet.cells[number - 1][at] for at in kept), reason] for number, reason in rows]
