"""What every imported sheet has in common: columns, rows, and how one cell is read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from capphep.crm.rules import at_field
from capphep.pure.cells import Raw, cell_text, shown
from capphep.pure.errors import Invalid, Refusal, gettext_noop
from capphep.pure.folding import clean, fold
from capphep.pure.problems import Problems

Cell: TypeAlias = str | int | float | datetime.date | datetime.time | datetime.timedelta
"""What a workbook holds; an empty cell is the empty text."""
T = TypeVar("T")

_REMEMBERED: Final = 1000
FIRST_DAY: Final = datetime.date(2000, 1, 1)
LAST_DAY: Final = datetime.date(2199, 12, 31)
# Day 0 of a spreadsheet, from where a date that lost its format counts.
_DAY_ZERO = datetime.date(1899, 12, 30)
_MIDNIGHT = r"(?: 0?0:00(?::00)?)?"
_DAY_MONTH_YEAR = re.compile(rf"([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}}){_MIDNIGHT}")
_YEAR_MONTH_DAY = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){_MIDNIGHT}")


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet as the import knows it: its title, and the title of each column by its name."""

    title: str
    columns: Mapping[str, str]
    required: frozenset[str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Name of the column by another title that it goes by."""

    def column_names(self) -> dict[str, str]:
        """Name of the column by the key of each of its titles."""
        own = {key_of(title): name for name, title in self.columns.items()}
        return own | {key_of(title): name for title, name in self.aliases.items()}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with its number as the spreadsheet shows it, and its cells by column name."""

    number: int
    cells: Mapping[str, Cell]

    def raw(self, column: str) -> Raw:
        return raw_of(self.cells.get(column, ""))

    def text(self, column: str) -> str:
        return text_of(self.cells.get(column, ""))


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that goes back; the field of each reason is the name of a column."""

    number: int
    reasons: Sequence[Refusal]


def read(
    row: SheetRow,
    column: str,
    parse: Callable[[Cell], T],
    problems: Problems,
    *,
    required: bool = False,
) -> T | None:
    """What ``parse`` makes of the cell; None where it is empty, or wrong and noted."""
    if not row.text(column):
        if required:
            problems.add(missing(column))
        return None
    try:
        return parse(row.cells[column])
    except Refusal as refusal:
        problems.add(at_field(refusal, column))
        return None


def missing(column: str) -> Invalid:
    return Invalid("required", gettext_noop("This has to be filled in."), field=column)


def key_of(text: str) -> str:
    """What two titles or names have in common that a person takes for the same."""
    return fold(cell_text(text)).strip(" *:")


def raw_of(cell: Cell) -> Raw:
    """The cell as `pure` takes it: text or a number."""
    if isinstance(cell, datetime.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, (bool, datetime.time, datetime.timedelta)):
        return str(cell)
    return cell


def text_of(cell: Cell) -> str:
    """The cell as a column of text stores it."""
    raw = raw_of(cell)
    return clean(raw) if isinstance(raw, str) else cell_text(raw)


# --- readers of cells --------------------------------------------------------------------------


def by(normalise: Callable[[Raw], T]) -> Callable[[Cell], T]:
    """A reader of cells from a normaliser of `pure`."""
    return lambda cell: normalise(raw_of(cell))


def one_of(vocabulary: Mapping[str, T]) -> Callable[[Cell], T]:
    """A reader of names out of a list, accents and case aside. Raises Invalid not_in_list."""
    by_key = {key_of(name): value for name, value in vocabulary.items()}
    # A file names the same few again and again.
    as_written: dict[Cell, T] = {}

    def read_name(cell: Cell) -> T:
        if cell in as_written:
            return as_written[cell]
        key = key_of(text_of(cell))
        if key not in by_key:
            message = gettext_noop("“%(value)s” is not in the list: %(known)s.")
            params = {"value": shown(raw_of(cell)), "known": ", ".join(vocabulary)}
            raise Invalid("not_in_list", message, params=params)
        if len(as_written) < _REMEMBERED:
            as_written[cell] = by_key[key]
        return by_key[key]

    return read_name


def day(cell: Cell) -> datetime.date:
    """The day in a cell: a date, its serial number, or text such as 31/12/2026.

    Raises Invalid day_form, day_out_of_range.
    """
    found = _day(cell)
    if found is None:
        message = gettext_noop("A day is written dd/mm/yyyy; “%(value)s” is not one.")
        raise Invalid("day_form", message, params={"value": shown(raw_of(cell))})
    if not FIRST_DAY <= found <= LAST_DAY:
        message = gettext_noop("The day %(day)s cannot be right.")
        raise Invalid("day_out_of_range", message, params={"day": f"{found:%d/%m/%Y}"})
    return found


def _day(cell: Cell) -> datetime.date | None:
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    try:
        if isinstance(cell, str):
            return _written_day(cell_text(cell))
        if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == int(cell):
            return _DAY_ZERO + datetime.timedelta(days=int(cell))
    except (ValueError, OverflowError):
        # 31/02, an infinite number, a day beyond the calendar.
        return None
    return None


def _written_day(written: str) -> datetime.date | None:
    if found := _DAY_MONTH_YEAR.fullmatch(written):
        return datetime.date(int(found[3]), int(found[2]), int(found[1]))
    if found := _YEAR_MONTH_DAY.fullmatch(written):
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    return None
