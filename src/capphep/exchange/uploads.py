"""An upload, read into one table: .xlsx and the like by `sheet_rows`, or text parted by commas."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from capphep.crm.imports.rows import Cell, SheetPlan, key_of, text_of
from capphep.exchange import sheet_rows
from capphep.exchange.unreadable import Unreadable
from capphep.pure.errors import gettext_noop

MOST_BYTES: Final = 50 * 1024 * 1024
MOST_ROWS: Final = 200_000
# A title and a date above the header are common; more than that is another kind of file.
HEADER_WITHIN: Final = 10
_MOST_COLUMNS: Final = 200
_DELIMITERS: Final = ",;\t|"


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` come with their numbers in the sheet, and only once."""

    headings: Sequence[str]
    rows: Iterable[tuple[int, Sequence[Cell]]]


class NothingThere(Unreadable):
    """The file says nothing where one looks."""


def keep(chunks: Iterable[bytes], target: Path, name: str) -> str:
    """Write the upload to ``target``; returns its SHA-256.

    Raises Unreadable when it is too large.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                message = gettext_noop("%(file)s is larger than %(limit)s MiB; split it.")
                raise Unreadable(message, file=name, limit=MOST_BYTES // (1024 * 1024))
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def read(path: Path, name: str, plan: SheetPlan) -> Table:
    """The sheet that fits the plan best, from its header on. Raises Unreadable.

    What the file is, its content says: the name proves nothing.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        rows = sheet_rows.read(path, name, lambda titles: _sheet_title(titles, plan))
    else:
        rows = _text_rows(path, name)
    return table_of(rows, name, plan)


def table_of(rows: Iterator[Sequence[Cell]], name: str, plan: SheetPlan) -> Table:
    """The rows from the header on, which need not be the first. Raises NothingThere."""
    names = plan.column_names()
    top = list(islice(rows, HEADER_WITHIN))
    known = [len({names.get(key_of(text_of(cell))) for cell in row} - {None}) for row in top]
    filled = [sum(1 for cell in row if text_of(cell)) for row in top]
    if not any(filled):
        raise NothingThere(gettext_noop("There is nothing in %(file)s."), file=name)
    at = max(range(len(top)), key=lambda row: (known[row], filled[row], -row))
    headings = [text_of(cell) for cell in top[at]][:_MOST_COLUMNS]
    while headings and not headings[-1]:
        headings.pop()
    return Table(headings, _numbered(top[at + 1 :], rows, at + 2, len(headings), name))


def _numbered(
    top: Sequence[Sequence[Cell]],
    rows: Iterator[Sequence[Cell]],
    first: int,
    width: int,
    name: str,
) -> Iterator[tuple[int, Sequence[Cell]]]:
    number = first
    for part in (top, rows):
        for row in part:
            if number - first >= MOST_ROWS:
                message = gettext_noop("%(file)s has more than %(limit)s rows; split it.")
                raise Unreadable(message, file=name, limit=MOST_ROWS)
            yield number, [*row[:width], *[""] * (width - len(row))]
            number += 1


def _sheet_title(titles: Sequence[str], plan: SheetPlan) -> str:
    wanted = key_of(plan.title)
    return next((title for title in titles if key_of(title) == wanted), titles[0])


def _text_rows(path: Path, name: str) -> Iterator[Sequence[Cell]]:
    """UTF-8, with or without its mark, or UTF-16 with it, as Excel saves them."""
    with path.open("rb") as file:
        start = file.read(64 * 1024)
    encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
    try:
        with path.open(encoding=encoding or "utf-8-sig", newline="") as text:
            sample = text.read(16 * 1024)
            if "\0" in sample:
                raise _no_table(name)
            text.seek(0)
            yield from csv.reader(text, delimiter=_delimiter(sample))
    except (UnicodeError, csv.Error) as error:
        raise _no_table(name) from error


def _delimiter(sample: str) -> str:
    """The one that the first line has most of."""
    line = next((line for line in sample.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=line.count)


def _no_table(name: str) -> Unreadable:
    message = gettext_noop(
        "%(file)s is neither a workbook nor text in UTF-8; save it as .xlsx and try again."
    )
    return Unreadable(message, file=name)
