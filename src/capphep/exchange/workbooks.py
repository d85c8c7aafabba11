"""Workbooks written from plain rows of cells, and why one cannot be read (`sheet_rows`)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from capphep.crm.imports.rows import Cell
from capphep.pure.errors import Invalid, gettext_noop

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Rows = Sequence[Sequence[Cell]]
_LONGEST_TEXT = 32_767
NO_WORKBOOK = gettext_noop("%(file)s is not a workbook that can be read.")
TOO_LARGE = gettext_noop("%(file)s is too large; split it into several files.")


class Unreadable(Invalid):
    """One sentence for the person who named the file."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__("workbook_unreadable", message, field="file", params=params)


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


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, day: Format) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, (int, float)) and math.isfinite(cell):
        sheet.write_number(row, column, cell)
    elif cell != "":
        sheet.write_string(row, column, str(cell)[:_LONGEST_TEXT])
