"""Rows of an uploaded workbook: asked of `sheetreader`, which no hostile file takes further."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from capphep.crm.imports.rows import Cell
from capphep.exchange import sheetreader
from capphep.exchange.row_files import unpacked
from capphep.exchange.unreadable import NO_WORKBOOK, TOO_LARGE, Unreadable
from capphep.platform.reading import ReaderMissing

CPU_SECONDS: Final = 60


def read(path: Path, name: str, choose: Callable[[Sequence[str]], str]) -> Iterator[Sequence[Cell]]:
    """The rows of the sheet that ``choose`` takes by its title, within limits of time and memory.

    Raises Unreadable; `ReaderMissing`.
    """
    with _started(path) as process:
        said = _said(process)
        if next(said, None) != {"ready": True}:
            raise ReaderMissing("The reader of workbooks cannot be started.")
        last: Any = next(said, {})
        if titles := last.get("sheets"):
            _answer(process, choose(titles))
            for last in said:
                if isinstance(last, dict):
                    break
                yield [unpacked(cell) for cell in last]
        if "done" not in last:
            raise _refusal(process, last, name)


@contextmanager
def _started(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-I", sheetreader.__file__, str(path.resolve()), str(CPU_SECONDS)]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    # No secrets in its environment.
    with subprocess.Popen(  # noqa: S603
        command, stdin=pipe, stdout=pipe, stderr=nowhere, env={}, cwd="/"
    ) as process:
        try:
            yield process
        finally:
            # Whoever reads no further need not know the rest.
            process.kill()


def _said(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    """What it says, to the last whole line."""
    assert process.stdout
    return (json.loads(line) for line in process.stdout if line.endswith(b"\n"))


def _answer(process: subprocess.Popen[bytes], title: str) -> None:
    assert process.stdin
    process.stdin.write(json.dumps(title).encode() + b"\n")
    process.stdin.flush()


def _refusal(process: subprocess.Popen[bytes], last: Any, name: str) -> Unreadable:
    """The kernel ends what takes too much; what the parser refuses is no workbook."""
    assert process.stdin
    process.stdin.close()
    is_ended = process.wait() < 0 or "too_large" in last
    return Unreadable(TOO_LARGE if is_ended else NO_WORKBOOK, file=name)
