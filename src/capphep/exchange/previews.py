"""The first rows of an upload as they would be read, each error at its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from capphep.crm.imports.rows import SheetRow
from capphep.exchange import row_files
from capphep.exchange.columns import row_of
from capphep.exchange.kinds import ImportKind
from capphep.exchange.models import Import
from capphep.exchange.row_files import RowFile
from capphep.exchange.states import ImportState
from capphep.platform.models import User
from capphep.platform.texts import refusal_text

ROWS: Final = 20
# The unit may stand further down in the file: the check of all rows knows.
_TOO_EARLY: Final = frozenset({"parent_unknown"})


@dataclass(frozen=True, slots=True)
class PreviewCell:
    text: str
    error: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    number: int
    cells: list[PreviewCell]
    errors: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    headings: list[str]
    rows: list[PreviewRow]
    bad: int


def preview_of(actor: User, one: Import, kind: ImportKind) -> Preview | None:
    """None where nothing is to be chosen any more, or the upload is gone."""
    path = row_files.path_of(one.pk)
    if one.state != ImportState.OPEN or not path.exists():
        return None
    with RowFile(path) as file:
        rows = [row_of(one.columns, line.number, line.cells) for line in islice(file, ROWS)]
    errors = _errors(actor, one, kind, rows)
    names = [name for name in kind.plan.columns if name in one.columns]
    shown = [_row(row, names, errors.get(row.number, {}), kind) for row in rows]
    return Preview(
        [kind.plan.columns[name] for name in names],
        shown,
        sum(1 for row in shown if row.errors),
    )


def _errors(
    actor: User, one: Import, kind: ImportKind, rows: Sequence[SheetRow]
) -> dict[int, dict[str, str]]:
    """The reasons by row and field."""
    found = kind.judge(actor, rows, one.updates, ())
    return {
        row.number: {
            reason.field: refusal_text(reason)
            for reason in row.reasons
            if reason.code not in _TOO_EARLY
        }
        for row in found.rejected
    }


def _row(
    row: SheetRow, names: Sequence[str], errors: Mapping[str, str], kind: ImportKind
) -> PreviewRow:
    titles = kind.plan.columns
    cells = [PreviewCell(row.text(name), errors.get(name, "")) for name in names]
    texts = [f"{titles[name]}: {text}" if name in titles else text for name, text in errors.items()]
    return PreviewRow(row.number, cells, texts)
