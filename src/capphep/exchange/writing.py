"""Workbooks written row by row, in little memory, with real numbers and days."""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from django.utils import timezone

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Look: TypeAlias = Literal["", "money", "number", "date", "moment"]
_FORMATS: Final[Mapping[str, str]] = {
    "money": '#,##0" đ"',
    "number": "#,##0",
    "date": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm",
}
_WIDTHS: Final[Mapping[str, int]] = {"money": 18, "number": 12, "date": 12, "moment": 17}
_WIDEST: Final = 60
_LOOKED_AT: Final = 1_000
"""Rows after which a column of text is as wide as it gets."""
_LONGEST_TEXT: Final = 32_767
_LONGEST_TITLE: Final = 31
_NOT_IN_TITLES: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_MARK: Final = "#F8D7DA"


class Book:
    """Use as a context manager. Text stays text: nothing becomes a formula or a link."""

    def __init__(self, path: Path) -> None:
        # Loaded where it is needed: every start of the server would wait for it.
        from xlsxwriter import Workbook

        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": str(path.parent),
        }
        self._book: Workbook = Workbook(str(path), options)
        self._formats: dict[tuple[str, bool], Format] = {}
        self.bold: Format = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_error: object) -> None:
        self._book.close()

    def sheet(self, title: str, headings: Sequence[str], looks: Sequence[Look] = ()) -> Sheet:
        name = title.translate(_NOT_IN_TITLES).strip()[:_LONGEST_TITLE] or "Sheet"
        return Sheet(self, self._book.add_worksheet(name), headings, looks)

    def format(self, look: str, *, is_marked: bool) -> Format | None:
        if not look and not is_marked:
            return None
        key = (look, is_marked)
        if key not in self._formats:
            values: dict[str, object] = {"num_format": _FORMATS[look]} if look else {}
            self._formats[key] = self._book.add_format(
                values | ({"bg_color": _MARK} if is_marked else {})
            )
        return self._formats[key]


class Sheet:
    """A header that stays in sight, and rows below it, each written once and in order."""

    def __init__(
        self, book: Book, sheet: Worksheet, headings: Sequence[str], looks: Sequence[Look]
    ) -> None:
        self._book, self._sheet, self._looks = book, sheet, looks
        self.count = 0
        sheet.freeze_panes(1, 1)
        self._widths = [self._width_of(at, title) for at, title in enumerate(headings)]
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, width)
        sheet.write_row(0, 0, [str(title) for title in headings], book.bold)
        self._last_column = len(headings) - 1

    def row(self, cells: Sequence[object], *, marked: Collection[int] = ()) -> None:
        self.count += 1
        for column, cell in enumerate(cells):
            look = self._looks[column] if column < len(self._looks) else ""
            self._write(column, cell, look, column in marked)

    def filter(self) -> None:
        """Let the rows be filtered by their columns; after the last one."""
        self._sheet.autofilter(0, 0, max(1, self.count), self._last_column)

    def _width_of(self, column: int, title: str) -> int:
        look = self._looks[column] if column < len(self._looks) else ""
        return _WIDTHS.get(look, max(14, min(40, len(title) + 6)))

    def _widen(self, column: int, text: str) -> None:
        """Names are read whole, without a column being pulled wide first."""
        width = min(_WIDEST, len(text) + 2)
        if column < len(self._widths) and width > self._widths[column]:
            self._widths[column] = width
            self._sheet.set_column(column, column, width)

    def _write(self, column: int, cell: object, look: str, is_marked: bool) -> None:
        at = self.count
        if cell is None or cell == "":
            if is_marked:
                self._sheet.write_blank(at, column, None, self._book.format("", is_marked=True))
        elif isinstance(cell, bool):
            self._sheet.write_boolean(at, column, cell)
        elif isinstance(cell, datetime.datetime):
            local = timezone.localtime(cell) if timezone.is_aware(cell) else cell
            form = self._book.format("moment", is_marked=is_marked)
            self._sheet.write_datetime(at, column, local.replace(tzinfo=None), form)
        elif isinstance(cell, datetime.date):
            form = self._book.format("date", is_marked=is_marked)
            self._sheet.write_datetime(at, column, cell, form)
        elif isinstance(cell, (int, float)) and math.isfinite(cell):
            form = self._book.format(look, is_marked=is_marked)
            self._sheet.write_number(at, column, cell, form)
        else:
            form = self._book.format("", is_marked=is_marked)
            text = str(cell)[:_LONGEST_TEXT]
            if at <= _LOOKED_AT:
                self._widen(column, text)
            self._sheet.write_string(at, column, text, form)
