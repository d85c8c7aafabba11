"""Uploads for tests, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from capphep.crm.imports.customer_rows import SHEET
from capphep.exchange import actions
from capphep.exchange.models import Import
from capphep.exchange.running import KINDS
from capphep.platform import jobs
from capphep.platform.models import User
from tests.imports.books import unit


def workbook(rows: Sequence[Sequence[Any]], title: str = "Khách hàng") -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(title)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return out.getvalue()


def units(*rows: Mapping[str, Any], columns: Mapping[str, str] = SHEET.columns) -> bytes:
    """A workbook of customers, by the titles of their columns."""
    body = [[row.get(name) for name in columns] for row in rows]
    return workbook([list(columns.values()), *body])


def many(count: int, first: int = 1000001) -> bytes:
    return units(*(unit(str(first + at), f"UBND Xã số {at}") for at in range(count)))


def uploaded(user: User, content: bytes, kind: str = "customers", name: str = "kh.xlsx") -> Import:
    return actions.upload(actor=user, kind_name=kind, name=name, chunks=[content])


def work() -> None:
    while jobs.work_next(KINDS):
        pass


def entered(user: User, content: bytes, kind: str = "customers") -> Import:
    one = uploaded(user, content, kind)
    actions.begin(actor=user, import_id=one.pk)
    work()
    one.refresh_from_db()
    return one


def returned(one: Import) -> list[list[Any]]:
    """The rows of the workbook that goes back, its header first."""
    assert one.job is not None
    one.job.refresh_from_db()
    path = jobs.result_of(one.job)
    assert isinstance(path, Path)
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
