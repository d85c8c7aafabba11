"""Reads one sheet of an untrusted workbook, in a process of its own.

`sheet_rows.read` starts it by its path: ``sheetreader.py PATH CPU_SECONDS``. Every line on standard
output is JSON:

    {"ready": true}              the limits are set, the parser is loaded
    {"sheets": ["Khách hàng"]}   now it waits on standard input for the title of one of them
    ["1234567", 3, {"d": "2026-11-25"}]
    {"done": true}               there are no more rows
    {"too_large": true}          there are, and nobody wants to hear them

It knows neither Django nor the database, and is given no environment.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
from typing import Any, Final

MEMORY_BYTES: Final = 1536 * 1024 * 1024
OUTPUT_BYTES: Final = 200_000_000
"""A short file may name one long text a million times."""
MOST_COLUMNS: Final = 200
LONGEST_TEXT: Final = 32_767


def main() -> None:
    path, cpu_seconds = sys.argv[1], int(sys.argv[2])
    limit(cpu_seconds)
    from python_calamine import CalamineWorkbook

    say({"ready": True})
    try:
        book = CalamineWorkbook.from_path(path)
        say({"sheets": book.sheet_names})
        sheet = book.get_sheet_by_name(json.loads(sys.stdin.readline()))
        said = 0
        for row in sheet.iter_rows():
            said += say([packed(cell) for cell in row[:MOST_COLUMNS]])
            if said > OUTPUT_BYTES:
                raise MemoryError
    except MemoryError:
        say({"too_large": True})
    else:
        say({"done": True})


def limit(cpu_seconds: int) -> None:
    """Whatever the file makes the parser do, the kernel ends it here."""
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def say(fact: Any) -> int:
    line = json.dumps(fact)
    sys.stdout.write(f"{line}\n")
    if isinstance(fact, dict):
        sys.stdout.flush()
    return len(line)


def packed(cell: Any) -> Any:
    """As `row_files` keeps a cell."""
    if isinstance(cell, datetime.datetime):
        return {"m": cell.isoformat()}
    if isinstance(cell, datetime.date):
        return {"d": cell.isoformat()}
    if isinstance(cell, (datetime.time, datetime.timedelta)):
        return str(cell)
    return cell[:LONGEST_TEXT] if isinstance(cell, str) else cell


if __name__ == "__main__":
    main()
