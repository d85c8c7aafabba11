"""Rows of goods copied from a spreadsheet: which column says what, which item each row means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final

from django.utils.translation import gettext

from capphep.catalog.models import Item
from capphep.crm.queries.orders import items_by_sku
from capphep.pure.cells import cell_text, whole_number
from capphep.pure.errors import Invalid
from capphep.pure.folding import clean, fold
from capphep.pure.money import MAX_LINES, format_dong, parse_dong

_HEADERS: Final = {
    "code": ("ma", "ma hang", "ma hang hoa", "ma hh", "ma sp", "code", "sku", "item code"),
    "name": ("ten", "ten hang", "ten hang hoa", "hang hoa", "san pham", "name", "item"),
    "quantity": ("so luong", "sl", "so luong mua", "quantity", "qty"),
    "price": ("don gia", "gia", "gia ban", "unit price", "price"),
    "discount_percent": ("chiet khau", "ck", "discount"),
}
_NUMBERS: Final = ("quantity", "price", "discount_percent")
_FRACTION_OF_NOTHING: Final = re.compile(r"[,.]0{1,2}$")
_PERCENT_SIGN: Final = re.compile(r"\(?%\)?")
_LONGEST: Final = 200
_ROW_NUMBER: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
_LOOKS_LIKE_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9., ]*(?:%|đ|₫|vnd)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One row as it stood in the spreadsheet; ``number`` counts from 1, the header included."""

    number: int
    text: str
    code: str = ""
    name: str = ""
    quantity: str = "1"
    price: str = ""
    discount_percent: str = ""

    @property
    def asked(self) -> str:
        return self.code or self.name

    @property
    def kept(self) -> str:
        """The row as the form carries it until it is dealt with; read by `still_unknown`."""
        return "\t".join(map(str, astuple(self)))


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A pasted row and the item that it means."""

    row: PastedRow
    item: Item


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A pasted row that means no item, or several, and why."""

    row: PastedRow
    reason: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What became of the rows; ``is_cut`` where there were more than an order has."""

    found: list[FoundRow]
    unknown: list[UnknownRow]
    is_cut: bool

    @property
    def priced_otherwise(self) -> list[tuple[PastedRow, str]]:
        """The rows whose pasted price is not that of the catalogue, which the order takes."""
        return [
            (each.row, format_dong(each.item.unit_price))
            for each in self.found
            if each.row.price and _price(each.row.price) != each.item.unit_price
        ]


def read_pasted(text: str) -> tuple[list[PastedRow], bool]:
    """The rows of the text, and whether some did not fit: at most MAX_LINES are read.

    Cells are separated by tabs, without any by semicolons. The first row may name the
    columns; otherwise the first cell that is no number is the code or name, and the numbers
    after it are quantity, price and discount. A missing quantity is 1.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    separator = "\t" if "\t" in text else ";"
    table = [[clean(cell)[:_LONGEST] for cell in line.split(separator)] for line in lines]
    columns = _columns(table[0]) if table else {}
    first = 1 if columns else 0
    rows = [
        _row(number, cells, columns)
        for number, cells in enumerate(table[first : first + MAX_LINES], first + 1)
    ]
    return [row for row in rows if row], len(table) - first > MAX_LINES


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """The place of each column that the header names; nothing for a row that is no header."""
    folded = [fold(_PERCENT_SIGN.sub(" ", cell)) for cell in cells]
    found = {
        column: next(place for place, name in enumerate(folded) if name in names)
        for column, names in _HEADERS.items()
        if any(name in names for name in folded)
    }
    return found if "code" in found or "name" in found else {}


def _row(number: int, cells: Sequence[str], columns: dict[str, int]) -> PastedRow | None:
    values = _by_header(cells, columns) if columns else _by_place(cells)
    if not any(values.get(name) for name in ("code", "name")):
        return None
    quantity = _plain(values.pop("quantity", "")) or "1"
    return PastedRow(number, " · ".join(filter(None, cells)), quantity=quantity, **values)


def _by_header(cells: Sequence[str], columns: dict[str, int]) -> dict[str, str]:
    return {column: cells[place] for column, place in columns.items() if place < len(cells)}


def _by_place(cells: Sequence[str]) -> dict[str, str]:
    start = next((at for at, cell in enumerate(cells) if cell and not _is_number(cell)), None)
    if start is None:
        return {"code": next(filter(None, cells), "")}
    numbers = [cell for cell in cells[start + 1 :] if _is_number(cell)]
    named = dict(zip(_NUMBERS, numbers, strict=False))
    rest = [cell for cell in cells[start + 1 :] if cell and not _is_number(cell)]
    return {"code": cells[start], "name": rest[0] if rest else "", **named}


def _is_number(cell: str) -> bool:
    return bool(_LOOKS_LIKE_NUMBER.fullmatch(cell))


def _plain(quantity: str) -> str:
    """A quantity as a person would type it: a spreadsheet may write 5 as "5,00"."""
    text = cell_text(quantity)
    whole = _FRACTION_OF_NOTHING.sub("", text)
    return whole if whole_number(whole) is not None else text


def _price(text: str) -> int | None:
    try:
        return parse_dong(_FRACTION_OF_NOTHING.sub("", text))
    except Invalid:
        return None


def matched(rows: Sequence[PastedRow], *, is_cut: bool = False) -> Pasted:
    """Each row with the item of its code, else the only one of its name, accents aside.

    At most three statements, whatever the number of rows.
    """
    found, unknown = list[FoundRow](), list[UnknownRow]()
    for row, meant in _meanings(rows):
        if len(meant) == 1:
            found.append(FoundRow(row, meant[0]))
        else:
            unknown.append(UnknownRow(row, _why(row, meant)))
    return Pasted(found, unknown, is_cut)


def still_unknown(kept: Sequence[str]) -> list[UnknownRow]:
    """The rows that wait below the grid, from what the form carries of them (`PastedRow.kept`).

    At most three statements; what is not a row is left out.
    """
    rows = list(filter(None, map(_kept_row, kept[:MAX_LINES])))
    return [UnknownRow(row, _why(row, meant)) for row, meant in _meanings(rows)]


def _kept_row(text: str) -> PastedRow | None:
    number, *cells = map(clean, text.split("\t"))
    if not _ROW_NUMBER.fullmatch(number) or len(cells) != len(fields(PastedRow)) - 1:
        return None
    return PastedRow(int(number), *cells)


def _meanings(rows: Sequence[PastedRow]) -> Iterator[tuple[PastedRow, list[Item]]]:
    known = items_by_sku({row.code for row in rows if row.code})
    named = _by_name(row for row in rows if row.code not in known)
    items = Item.objects.in_bulk(known.values())
    for row in rows:
        meant = [items[known[row.code]]] if row.code in known else named[fold(row.asked)]
        yield row, meant or named[fold(row.name)]


def _by_name(rows: Iterable[PastedRow]) -> dict[str, list[Item]]:
    """The items of these names, by the name folded: the catalogue is read once, if at all."""
    wanted = {fold(text) for row in rows for text in (row.code, row.name) if text}
    named: dict[str, list[Item]] = defaultdict(list)
    if wanted:
        for item in Item.objects.filter(is_active=True):
            if fold(item.name) in wanted:
                named[fold(item.name)].append(item)
    return named


def _why(row: PastedRow, meant: Sequence[Item]) -> str:
    if len(meant) == 1:
        # It has come into the catalogue since.
        return gettext("There is %(code)s by now.") % {"code": meant[0].sku}
    if meant:
        codes = ", ".join(item.sku for item in meant[:3])
        return gettext("Several items are called that: %(codes)s") % {"codes": codes}
    return gettext("No such item: %(codes)s") % {"codes": row.asked}
