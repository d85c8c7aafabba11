"""Which column of a file holds what, guessed by the titles, and rows read by that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from capphep.crm.imports.rows import Cell, SheetRow, key_of
from capphep.exchange.kinds import ImportKind


def guessed(kind: ImportKind, headings: Sequence[str]) -> dict[str, int]:
    """The place of each field whose title is known, in Vietnamese or English; the first counts."""
    names = {key_of(title): name for title, name in kind.english.items()}
    names |= kind.plan.column_names()
    found: dict[str, int] = {}
    for place, title in enumerate(headings):
        name = names.get(key_of(title))
        if name:
            found.setdefault(name, place)
    return found


def row_of(columns: Mapping[str, int], number: int, cells: Sequence[Cell]) -> SheetRow:
    """The row by the names of its fields."""
    return SheetRow(
        number, {name: cells[place] for name, place in columns.items() if place < len(cells)}
    )
