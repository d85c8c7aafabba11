"""Workbooks: read into plain rows of cells, and written from them."""

from __future__ import annotations

import datetime
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from python_calamine import CalamineError, CalamineWorkbook

from capphep.crm.imports.rows import Cell
from capphep.pure.errors import Invalid, gettext_noop

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# What the standard library raises for spoilt bytes; RuntimeError for passwords, and for unknown
# compressions as NotImplementedError.
_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
)
Rows = Sequence[Sequence[Cell]]
MOST_CELLS: Final = 5_000_000
MOST_BYTES: Final = 200_000_000
_LONGEST_TEXT = 32_767
NO_WORKBOOK = gettext_noop("%(file)s is not a workbook that can be read.")
TOO_LARGE = gettext_noop("%(file)s is too large; split it into several files.")
# A cell with content; an empty one that is only formatted may stand anywhere.
_FILLED_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')


class Unreadable(Invalid):
    """One sentence for the person who named the file."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__("workbook_unreadable", message, field="file", params=params)


def read(path: Path) -> dict[str, list[list[Cell]]]:
    """The rows of each sheet by its title, from the first row on; empty cells are "".

    Raises Unreadable.
    """
    try:
        with path.open("rb"):
            # What cannot be opened is told in the system's own words.
            check_size(path, path.name)
        with CalamineWorkbook.from_path(path) as workbook:
            return {
                title: workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
                for title in workbook.sheet_names
            }
    except OSError as error:
        message = gettext_noop("%(file)s cannot be read: %(reason)s.")
        raise Unreadable(message, file=path.name, reason=error.strerror or str(error)) from error
    except CalamineError as error:
        raise Unreadable(NO_WORKBOOK, file=path.name) from error


def write(path: Path, sheets: Mapping[str, Rows]) -> None:
    """Write the sheets, each with a header row that stays in sight. Raises OSError.

    Text stays text, whatever it begins with: nothing becomes a formula or a link.
    """
    # Loaded where it is needed: every start of the server would wait for it.
    from xlsxwriter import Workbook

    with path.open("wb") as out:
        workbook = Workbook(
            out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        bold = workbook.add_format({"bold": True})
        for title, rows in sheets.items():
            sheet = workbook.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            sheet.set_row(0, None, bold)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _write_cell(sheet, number, column, cell, day)
            sheet.autofit(400)
        workbook.close()


def check_size(path: Path, name: str) -> None:
    """Refuse what would fill the memory: one stray cell in the last corner is enough.

    For files that an administrator names at the machine; uploads, which may be hostile, are read
    by `sheet_rows`.

    Raises Unreadable.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise Unreadable(TOO_LARGE, file=name)
            for part in archive.namelist():
                if part.startswith("xl/worksheets/") and _area(archive.read(part)) > MOST_CELLS:
                    raise Unreadable(TOO_LARGE, file=name)
    except _BROKEN_ARCHIVE as error:
        raise Unreadable(NO_WORKBOOK, file=name) from error


def _area(sheet: bytes) -> int:
    """How many cells the sheet takes from its first corner to the furthest filled one."""
    columns = rows = 0
    for letters, row in _FILLED_CELL.findall(sheet):
        rows = max(rows, int(row))
        columns = max(columns, _column_number(letters))
    return columns * rows


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, day: Format) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, (int, float)) and math.isfinite(cell):
        sheet.write_number(row, column, cell)
    elif cell != "":
        sheet.write_string(row, column, str(cell)[:_LONGEST_TEXT])
