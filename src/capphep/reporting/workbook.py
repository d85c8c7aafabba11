"""A report as a workbook: its tables with real numbers and days, and what it was narrowed to."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from capphep.platform.filetypes import XLSX
from capphep.platform.kit import Text
from capphep.reporting.views.shown import Cell, Report, Table

_FORMATS: Final[Mapping[str, str]] = {
    "money": '#,##0" đ"',
    "number": "#,##0",
    "date": "dd/mm/yyyy",
    "duration": "0.0",
    "change": '+0"%";-0"%"',
    "percent": '0"%"',
}
_NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def workbook(
    title: Text, report: Report, chips: Sequence[Mapping[str, Any]], *, name: str
) -> HttpResponse:
    """One sheet for each table, durations in hours; built in memory, tables are bounded."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    styles = _Styles(book)
    used: set[str] = set()
    for table in report.tables:
        sheet = book.add_worksheet(_sheet_name(str(table.title), used))
        _write(sheet, styles, title, table, chips)
    book.close()
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


class _Styles:
    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.quiet = book.add_format({"font_color": "#666666"})
        self.plain = {
            kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()
        }
        self.bold = {
            kind: book.add_format({"num_format": text, "bold": True, "top": 1})
            for kind, text in {"text": "@", **_FORMATS}.items()
        }


def _sheet_name(title: str, used: set[str]) -> str:
    """At most 31 characters, none that Excel refuses, each once."""
    name = base = title.translate(_NOT_IN_NAMES).strip("' ")[:28] or "1"
    while name.lower() in used:
        name = f"{base} {len(used)}"
    used.add(name.lower())
    return name


def _write(
    sheet: Any, styles: _Styles, title: Text, table: Table, chips: Sequence[Mapping[str, Any]]
) -> None:
    sheet.write_string(0, 0, f"{title} – {table.title}", styles.title)
    made = _("Made on %(moment)s") % {"moment": f"{timezone.localtime():%d/%m/%Y %H:%M}"}
    narrowed = [f"{chip['label']}: {chip['value']}" for chip in chips]
    sheet.write_string(1, 0, " · ".join([made, *narrowed]), styles.quiet)
    if table.note:
        sheet.write_string(2, 0, str(table.note), styles.quiet)
    for column, heading in enumerate(table.headings):
        text = str(heading.label)
        if heading.kind == "duration":
            text = _("%(what)s (hours)") % {"what": text}
        sheet.write_string(4, column, text, styles.head)
        sheet.set_column(column, column, 34 if column == 0 else 18)
    for number, cells in enumerate(table.rows, start=5):
        _write_row(sheet, number, cells, styles.plain)
    if table.total:
        _write_row(sheet, 5 + len(table.rows), table.total, styles.bold)
    sheet.freeze_panes(5, 1)
    if table.rows:
        sheet.autofilter(4, 0, 4 + len(table.rows), len(table.headings) - 1)


def _write_row(sheet: Any, number: int, cells: Sequence[Cell], styles: Mapping[str, Any]) -> None:
    for column, cell in enumerate(cells):
        style = styles.get(cell.kind)
        if cell.value in (None, ""):
            sheet.write_blank(number, column, None, style)
        elif cell.kind == "text":
            sheet.write_string(number, column, str(cell.value), style)
        elif cell.kind == "date":
            sheet.write_datetime(number, column, cell.value, style)
        else:
            value = cell.value / 60 if cell.kind == "duration" else cell.value
            sheet.write_number(number, column, value, style)
