"""An uploaded sheet as lines of JSON: read again and again, from any row on, in little memory.

["Mã ngân sách", "Tên khách hàng", …]      the headings
[2, ["1234567", "UBND Xã Đông Hải", …]]    a row with its number in the sheet
"""

from __future__ import annotations

import array
import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from capphep.crm.imports.rows import Cell, text_of

if TYPE_CHECKING:
    from capphep.exchange.uploads import Table

_DAY: Final = "d"
_MOMENT: Final = "m"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    cells: Sequence[Cell]


def path_of(import_id: int) -> Path:
    directory: Path = settings.JOB_FILES_DIR
    directory.mkdir(parents=True, exist_ok=True)
    return directory / f"import-{import_id}.rows"


def write(path: Path, table: Table) -> int:
    """Write the rows that say something; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        out.write(json.dumps(list(table.headings)) + "\n")
        for number, cells in table.rows:
            if any(text_of(cell) for cell in cells):
                out.write(json.dumps([number, [_packed(cell) for cell in cells]]) + "\n")
                count += 1
    return count


class RowFile:
    """The rows at their places; each place is a number to `read`."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._file.readline()
        self._start = self._file.tell()

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Line]:
        self._file.seek(self._start)
        for text in self._file:
            yield _line(text)

    def places(self) -> array.array[int]:
        """Where each row begins, in the order of the file."""
        self._file.seek(self._start)
        at, found = self._start, array.array("Q")
        for text in self._file:
            found.append(at)
            at += len(text)
        return found

    def read(self, places: Iterable[int]) -> Iterator[Line]:
        for place in places:
            if self._file.tell() != place:
                self._file.seek(place)
            yield _line(self._file.readline())


def in_order(file: RowFile, keys: Callable[[Line], tuple[str, str]] | None) -> Sequence[int]:
    """The places of all rows as they are entered.

    ``keys`` gives what a row is known by and what it stands under: rows known by the same follow
    each other, and what stands under another one of the file comes after it.
    """
    places = file.places()
    if keys is None:
        return places
    own: list[str] = []
    above: dict[str, str] = {}
    for line in file:
        key, parent = keys(line)
        own.append(key)
        above.setdefault(key, parent)
    first = {key: at for at, key in reversed(list(enumerate(own)))}
    depths = _depths(above)
    order = sorted(range(len(own)), key=lambda at: (depths[own[at]], first[own[at]], at))
    return array.array("Q", (places[at] for at in order))


def _depths(above: dict[str, str]) -> dict[str, int]:
    """How many of the file stand above each; in a circle it does not matter."""
    depths: dict[str, int] = {}
    for key in above:
        way: list[str] = []
        at = key
        while at in above and at not in depths:
            # Seen on this way already: a circle ends here.
            depths[at] = 0
            way.append(at)
            at = above[at]
        depth = depths.get(at, -1) if at not in way else 0
        for one in reversed(way):
            depth += 1
            depths[one] = depth
    return depths


def _packed(cell: Cell) -> Any:
    if isinstance(cell, datetime.datetime):
        return {_MOMENT: cell.isoformat()}
    if isinstance(cell, datetime.date):
        return {_DAY: cell.isoformat()}
    if isinstance(cell, (datetime.time, datetime.timedelta)):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def unpacked(value: Any) -> Cell:
    if not isinstance(value, dict):
        cell: Cell = value
        return cell
    if _DAY in value:
        return datetime.date.fromisoformat(value[_DAY])
    return datetime.datetime.fromisoformat(value[_MOMENT])


def _line(text: bytes) -> Line:
    number, cells = json.loads(text)
    return Line(number, [unpacked(cell) for cell in cells])
