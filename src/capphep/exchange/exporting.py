"""A list as a workbook: the rows that its reader sees, read page by page, in little memory."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from capphep.exchange.models import Export
from capphep.exchange.writing import Book, Look
from capphep.platform import audit, jobs
from capphep.platform.jobs import Kind, Outcome, Run
from capphep.platform.keyset import window
from capphep.platform.kit import Status
from capphep.platform.list_filters import InForce
from capphep.platform.list_spec import Column
from capphep.platform.lists import ListSource, columns_of, source_named
from capphep.platform.models import BackgroundJob, User
from capphep.platform.narrowing import Narrowing
from capphep.platform.personal import note_export, viewing
from capphep.pure.errors import gettext_noop
from capphep.pure.folding import fold

AT_ONCE: Final = 5000
"""More rows are exported in the background."""
EXPORT: Final = "export"
MOST_ROWS: Final = 1_000_000
"""A sheet ends at 1,048,576."""
_PAGE: Final = 2000
_LOOKS: Final[dict[str, Look]] = {
    "money": "money",
    "number": "number",
    "date": "date",
    "moment": "moment",
}


@dataclass(frozen=True, slots=True)
class Written:
    """``has_personal`` says that phones or e-mails of people stand there in full."""

    count: int
    has_personal: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list by its name, as the actor sees it under a query string."""

    source: ListSource[Any]
    actor: User
    query: QueryDict

    @classmethod
    def of(cls, name: str, actor: User, query: str) -> Wanted:
        """Raises NotFound for a list that there is not."""
        return cls(source_named(name), actor, QueryDict(query))

    @property
    def here(self) -> ListSource[Any]:
        return self.source.of(self.query)

    def narrowing(self) -> Narrowing[Any]:
        return Narrowing(self.here.spec(self.actor), self.query)

    def count(self, most: int) -> int:
        """How many rows, counted up to ``most``."""
        rows = self.narrowing().narrow(self.here.rows(self.actor))
        count: int = rows.order_by()[:most].count()
        return count

    def records(self) -> Iterator[Model]:
        """All rows in the list's order; each page is one statement, however deep."""
        narrowing = self.narrowing()
        rows, after = narrowing.narrow(self.here.rows(self.actor)), ""
        while True:
            page = window(
                rows, narrowing.order, _PAGE, after=after, never_null=narrowing.never_null
            )
            yield from page.rows
            if page.after is None:
                return
            after = page.after


def export_now(*, actor: User, name: str, query: str, path: Path) -> str:
    """Write the list to ``path``; returns what to call the file. Raises NotFound, Forbidden."""
    wanted = Wanted.of(name, actor, query)
    _record(wanted, write(path, wanted, lambda _done: None))
    return file_name(wanted)


@transaction.atomic
def export_later(*, actor: User, name: str, query: str) -> BackgroundJob:
    """Write it in the background. Raises NotFound, Forbidden."""
    wanted = Wanted.of(name, actor, query)
    total = wanted.count(MOST_ROWS)
    return jobs.submit(
        actor=actor,
        kind=EXPORT,
        title=gettext_noop("Export"),
        label=str(wanted.here.title),
        link=reverse("exchange:job_list"),
        params={"list": name, "query": query},
        total=total,
    )


def export(run: Run) -> Outcome:
    """The job: by the rights that its owner has now. Begun again, it is written from the start."""
    wanted = Wanted.of(run.job.params["list"], run.actor, run.job.params["query"])

    def renew(done: int) -> None:
        run.job.note(done=done)
        run.renew()

    written = write(run.draft, wanted, renew)
    with run.step():
        _record(wanted, written)
        run.job.note(done=written.count, total=written.count)
    message = gettext_noop("Exported %(label)s: %(count)s rows.")
    return Outcome(message, {"count": written.count}, file_name(wanted))


def write(path: Path, wanted: Wanted, renew: Callable[[int], None]) -> Written:
    """The workbook at ``path``. ``renew`` is called after each page.

    Phones and e-mails are as the actor may see them, in a worker too, where nobody is looking.
    """
    columns = columns_of(wanted.source, wanted.actor, wanted.query)
    looks: Sequence[Look] = [_LOOKS.get(column.kind, "") for column in columns]
    has_personal = False
    with viewing(wanted.actor) as viewer, Book(path) as book:
        sheet = book.sheet(str(wanted.here.title), [str(each.label) for each in columns], looks)
        for record in wanted.records():
            sheet.row([_value(column, record) for column in columns])
            # One entry tells of the whole list: a million would fill the memory and the log.
            has_personal = has_personal or bool(viewer.seen)
            viewer.seen.clear()
            if sheet.count % _PAGE == 0:
                renew(sheet.count)
            if sheet.count >= MOST_ROWS:
                break
        sheet.filter()
        about = book.sheet(_("About this file"), [_("Fact"), _("Value")])
        for row in _about(wanted, sheet.count):
            about.row(row)
    return Written(sheet.count, has_personal)


def file_name(wanted: Wanted) -> str:
    """Such as ``don-hang-2026-11-25.xlsx``."""
    title = fold(str(wanted.here.title))
    name = "-".join("".join(each if each.isalnum() else " " for each in title).split())
    return f"{name}-{timezone.localdate():%Y-%m-%d}.xlsx"


def _about(wanted: Wanted, count: int) -> Iterator[Sequence[object]]:
    """Who took what, when, and narrowed how: the sheet that goes along."""
    yield _("List"), str(wanted.here.title)
    yield _("Rows"), count
    yield _("Exported by"), wanted.actor.full_name
    yield _("Exported at"), date_format(timezone.localtime(), "d/m/Y H:i")
    narrowing = wanted.narrowing()
    if narrowing.search:
        yield _("Search"), narrowing.search
    for state in narrowing.filters:
        if state.in_force:
            yield str(state.label), ", ".join(map(_told, state.in_force))
    if settings.VENDOR_NAME:
        yield _("Vendor"), settings.VENDOR_NAME


def _told(each: InForce) -> str:
    """A file is read when "this month" is another one."""
    return f"{each.text} ({each.exact})" if each.exact else str(each.text)


def _value(column: Column[Any], record: Model) -> object:
    value = column.cell(record)
    if isinstance(value, Status):
        return str(value.label)
    if value is None or isinstance(value, (bool, int, float, datetime.date)):
        return value
    return str(value)


@transaction.atomic
def _record(wanted: Wanted, written: Written) -> None:
    """RULE R13: what left the house, and with whom."""
    made = Export.objects.create(
        owner=wanted.actor,
        list_name=wanted.source.name,
        query=wanted.query.urlencode(),
        row_count=written.count,
    )
    said = {"list": str(wanted.here.title), "rows": written.count, "query": made.query}
    if written.has_personal:
        note_export(wanted.actor, str(wanted.here.title), written.count)
    audit.record(wanted.actor, [audit.Change(made, "exported", after=said)])


KINDS: Final[Sequence[Kind]] = (Kind(EXPORT, export),)
