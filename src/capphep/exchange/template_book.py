"""The workbook to fill in: the columns of a kind, and an invented row that shows how."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from capphep.exchange.kinds import ImportKind
from capphep.exchange.writing import Book


def template_book(kind: ImportKind) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        with Book(path) as book:
            sheet = book.sheet(kind.plan.title, list(kind.plan.columns.values()))
            for row in kind.example:
                sheet.row([row.get(name, "") for name in kind.plan.columns])
        return path.read_bytes()
