"""The import of a customer workbook: both its sheets, in one transaction."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from capphep.crm.imports import customers
from capphep.crm.imports.rows import Cell, Rejected, SheetPlan, SheetRow, key_of, text_of
from capphep.exchange import columns, sheet_rows, uploads, writing
from capphep.exchange.kinds import CUSTOMERS, SUBSCRIPTIONS, Found, ImportKind
from capphep.exchange.returned import REASON
from capphep.exchange.unreadable import Unreadable
from capphep.exchange.uploads import NothingThere
from capphep.platform.models import Installation
from capphep.platform.origin import working_from
from capphep.platform.roles import SYSTEM
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Refusal, gettext_noop


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
class Sheet:
    """A sheet as it was read: its headings, and each row below them by its number."""

    kind: ImportKind
    headings: Sequence[str]
    cells: Mapping[int, Sequence[Cell]]

    @property
    def rows(self) -> list[SheetRow]:
        """Those that say something."""
        places = columns.guessed(self.kind, self.headings)
        return [
            columns.row_of(places, number, cells)
            for number, cells in self.cells.items()
            if any(map(text_of, cells))
        ]


@dataclass(frozen=True, slots=True)
class Book:
    customers: Sheet
    lines: Sheet


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
    book = read_book(path)
    return enter_book(book, Report(path, rejected_path, write_empty), dry_run=dry_run)


def enter_book(book: Book, report: Report, *, dry_run: bool) -> Summary:
    """As `import_customers`, of a workbook that was read."""
    with working_from("import_customers"):
        try:
            return _entered(book, report, dry_run=dry_run)
        except IntegrityError:
            # Somebody entered one of the customers meanwhile; a second look sees it.
            return _entered(book, report, dry_run=dry_run)


def _entered(book: Book, report: Report, *, dry_run: bool) -> Summary:
    with report.published(), transaction.atomic():
        _wait_for_other_imports()
        people = customers.import_customers(actor=SYSTEM, rows=book.customers.rows)
        lines = SUBSCRIPTIONS.enter(SYSTEM, book.lines.rows, False)
        summary = _summary(people, lines)
        report.draft(book, summary)
        if dry_run:
            transaction.set_rollback(True)
    return summary


def _wait_for_other_imports() -> None:
    """Two imports at once would enter the same customers: the second waits for the first."""
    list(Installation.objects.select_for_update(no_key=True))


def _summary(people: customers.Outcome, lines: Found) -> Summary:
    return Summary(
        created=people.created,
        updated=people.updated,
        unchanged=people.unchanged,
        rejected=_returned(CUSTOMERS.plan, people.rejected),
        lines_created=lines.created,
        lines_unchanged=lines.unchanged,
        lines_rejected=_returned(SUBSCRIPTIONS.plan, lines.rejected),
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


def read_book(path: Path) -> Book:
    """Both sheets, read where no hostile file takes anything along (`exchange.sheet_rows`).

    Raises Unreadable, also for a missing column.
    """
    try:
        # What cannot be opened is told in the system's own words.
        path.open("rb").close()
    except OSError as error:
        message = gettext_noop("%(file)s cannot be read: %(reason)s.")
        raise Unreadable(message, file=path.name, reason=error.strerror or str(error)) from error
    try:
        lines = _sheet(path, SUBSCRIPTIONS)
    except NothingThere:
        lines = Sheet(SUBSCRIPTIONS, list(SUBSCRIPTIONS.plan.columns.values()), {})
    return Book(_sheet(path, CUSTOMERS), lines)


def _sheet(path: Path, kind: ImportKind) -> Sheet:
    plan, name = kind.plan, path.name

    def titled(titles: Sequence[str]) -> str:
        for title in titles:
            if key_of(title) == key_of(plan.title):
                return title
        message = gettext_noop("%(file)s has no sheet “%(title)s”.")
        raise NothingThere(message, file=name, title=plan.title)

    table = uploads.table_of(sheet_rows.read(path, name, titled), name, plan)
    missing = plan.required - columns.guessed(kind, table.headings).keys()
    if missing:
        message = gettext_noop("The sheet “%(title)s” of %(file)s lacks the column %(columns)s.")
        quoted = ", ".join(f"“{title}”" for at, title in plan.columns.items() if at in missing)
        raise Unreadable(message, title=plan.title, file=name, columns=quoted)
    return Sheet(kind, table.headings, dict(table.rows))


# --- the rows that go back ---------------------------------------------------------------------


class Report:
    """The workbook of the rows that did not enter: whole, or not there at all."""

    def __init__(self, source: Path, target: Path | None, write_empty: bool) -> None:
        self.target = target
        self.write_empty = write_empty
        self.part = target.with_name(f".{target.name}.{os.getpid()}") if target else None
        if target and target.resolve() == source.resolve():
            message = gettext_noop("%(file)s is being read; name another file for what goes back.")
            raise Unreadable(message, file=target.name)

    def draft(self, book: Book, summary: Summary) -> None:
        """Write it beside its place, while everything can still be taken back."""
        if self.part and (summary.returned or self.write_empty):
            with self._writing():
                # Whether it can be written is told in the system's own words.
                self.part.open("wb").close()
                with writing.Book(self.part) as out:
                    _write(out, book.customers, summary.rejected)
                    _write(out, book.lines, summary.lines_rejected)

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


def _write(book: writing.Book, sheet: Sheet, returned: Sequence[Returned]) -> None:
    """The header and the rows as they came, the reasons after them; older reasons go."""
    kept = [at for at, title in enumerate(sheet.headings) if key_of(title) != key_of(REASON)]
    headings = [sheet.headings[at] for at in kept]
    out = book.sheet(sheet.kind.plan.title, [*headings, REASON])
    for row in returned:
        cells = sheet.cells[row.number]
        out.row([*(cells[at] for at in kept), row.reason])
