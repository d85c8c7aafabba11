"""The rows that go back: a workbook as it came, with a column of reasons and marked cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from capphep.crm.imports.rows import SheetPlan
from capphep.exchange import row_files
from capphep.exchange.kinds import ImportKind
from capphep.exchange.models import Import, ReturnedRow
from capphep.exchange.row_files import Line, RowFile
from capphep.exchange.writing import Book
from capphep.platform.jobs import Run
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Label, Refusal

REASON: Final = "Lý do"
_RENEWED_EACH: Final = 2000


@dataclass(frozen=True, slots=True)
class Reason:
    field: str
    text: str


def reasons_of(row: ReturnedRow, plan: SheetPlan) -> list[Reason]:
    """In the active language, each with the title of its column."""
    return [_reason(packed, plan) for packed in row.reasons]


def write_returned(run: Run, one: Import, kind: ImportKind) -> None:
    """Write them to ``run.draft``, one after the other, in the order of the file."""
    headings = [title for title in one.headings if title != REASON]
    kept = [place for place, title in enumerate(one.headings) if title != REASON]
    with Book(run.draft) as book:
        sheet = book.sheet(str(kind.plan.title), [*headings, REASON])
        for number, (line, row) in enumerate(_pairs(one)):
            reasons = reasons_of(row, kind.plan)
            marked = {one.columns[each.field] for each in reasons if each.field in one.columns}
            cells = [line.cells[place] if place < len(line.cells) else "" for place in kept]
            text = " ".join(each.text for each in reasons)
            bad = {at for at, place in enumerate(kept) if place in marked}
            sheet.row([*cells, text], marked=bad)
            if number % _RENEWED_EACH == 0:
                run.renew()


def _pairs(one: Import) -> Iterator[tuple[Line, ReturnedRow]]:
    """Each bad row with its cells; both come in the order of the file."""
    returned = one.returned.order_by("number").iterator(chunk_size=2000)
    wanted = next(returned, None)
    with RowFile(row_files.path_of(one.pk)) as file:
        for line in file:
            if wanted is None:
                return
            if line.number == wanted.number:
                yield line, wanted
                wanted = next(returned, None)


def _reason(packed: Mapping[str, Any], plan: SheetPlan) -> Reason:
    params = {
        name: Label(value["label"]) if isinstance(value, dict) else value
        for name, value in packed["params"].items()
    }
    text = refusal_text(Refusal("", packed["message"], params=params))
    column = plan.columns.get(packed["field"])
    return Reason(packed["field"], f"{column}: {text}" if column else text)
