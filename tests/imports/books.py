"""Small workbooks as exports make them, and what came of importing them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation
from python_calamine import CalamineWorkbook

from capphep.exchange.kinds import CUSTOMERS, SUBSCRIPTIONS, ImportKind
from capphep.shell.customer_import import Book, Report, Sheet, Summary, enter_book

Row = dict[str, Any]
Imported = Callable[..., Summary]


def unit(code: Any = "1234567", name: str = "UBND Xã Đông Hải", **other: Any) -> Row:
    """A good row of the sheet of customers, by column names."""
    row = {
        "budget_code": code,
        "name": name,
        "org_type": "Đơn vị HCSN cấp Xã/Phường",
        "public_unit_kind": "UBND Xã/Phường",
        "sector": "UBND cấp xã",
        "level": "Xã",
        "chapter_code": "805",
    }
    return row | other


def line(code: Any = "1234567", number: str = "YC-2026-000245", **other: Any) -> Row:
    """A good line of the sheet of subscriptions, for the small catalogue of the tests."""
    row = {
        "budget_code": code,
        "product": "iGOV",
        "module": "Văn phòng số",
        "resource": "Người dùng",
        "quantity": 50,
        "first_day": datetime.date(2026, 3, 1),
        "last_day": datetime.date(2027, 2, 28),
        "request_no": number,
    }
    return row | other


def write(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook with these sheets of cells; None leaves a cell empty."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write(number, column, cell)
    book.close()
    return path


def table(plan: Any, rows: Sequence[Row]) -> list[list[Any]]:
    names = list(plan.columns)
    return [list(plan.columns.values()), *([row.get(name) for name in names] for row in rows)]


def book(path: Path, units: Sequence[Row], lines: Sequence[Row] | None = None) -> Path:
    sheets = {CUSTOMERS.plan.title: table(CUSTOMERS.plan, units)}
    if lines is not None:
        sheets[SUBSCRIPTIONS.plan.title] = table(SUBSCRIPTIONS.plan, lines)
    return write(path, sheets)


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    """`imported(units, lines)` imports a workbook with these rows, reasons in Vietnamese.

    As it was read: no file, and no process that reads it. `test_workbooks` reads real ones.
    """

    def run(units: Sequence[Row], lines: Sequence[Row] = (), *, dry_run: bool = False) -> Summary:
        read = Book(_as_read(CUSTOMERS, units), _as_read(SUBSCRIPTIONS, lines))
        report = Report(tmp_path / "khach hang.xlsx", None, write_empty=True)
        with translation.override("vi"):
            return enter_book(read, report, dry_run=dry_run)

    return run


def _as_read(kind: ImportKind, rows: Sequence[Row]) -> Sheet:
    """Every number of a workbook is a float, every empty cell the empty text."""
    header, *body = table(kind.plan, rows)
    cells = [[_cell(value) for value in row] for row in body]
    return Sheet(kind, header, dict(enumerate(cells, 2)))


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return float(value) if type(value) is int else value


def sheets_of(path: Path) -> dict[str, list[list[Any]]]:
    """The cells of a workbook that came back."""
    with CalamineWorkbook.from_path(path) as found:
        return {
            title: found.get_sheet_by_name(title).to_python(skip_empty_area=False)
            for title in found.sheet_names
        }


def counts(summary: Summary) -> tuple[int, int, int, int]:
    """Customers created, updated, unchanged and rejected."""
    return summary.created, summary.updated, summary.unchanged, len(summary.rejected)


def line_counts(summary: Summary) -> tuple[int, int, int]:
    """Subscription lines created, unchanged and rejected."""
    return summary.lines_created, summary.lines_unchanged, len(summary.lines_rejected)


def reasons(summary: Summary) -> dict[int, str]:
    """The reason by row of the sheet; the first row below the header is 2."""
    return {row.number: row.reason for row in summary.returned}
