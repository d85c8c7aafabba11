"""What can be read in a file: asked of `filereader`, which hostile bytes cannot take along (R7)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from capphep.platform import filereader
from capphep.platform.models import TextState
from capphep.pure.folding import clean

CPU_SECONDS: Final = 10
PATIENCE: Final = 30
_PAGE_END: Final = "\f"


class ReaderMissing(Exception):
    """The reader itself cannot run: the file is not to blame."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` has form feeds between pages; ``is_open`` is False where nothing can open the file.

    ``pages`` of ``page_count`` were read, both 0 for a kind of file that has no pages;
    ``is_cut`` where a limit ended the reading.
    """

    is_open: bool
    state: TextState
    text: str = ""
    pages: int = 0
    page_count: int = 0
    is_cut: bool = False


NOTHING_TO_READ: Final = Reading(True, TextState.NO_TEXT)


def read(path: Path, kind: str) -> Reading:
    """Read a "pdf", "docx" or "xlsx" within limits of time, memory, pages and characters.

    Never raises for what the file contains. Raises `ReaderMissing`.
    """
    facts = _facts(path, kind)
    if not any("ready" in fact for fact in facts):
        raise ReaderMissing("The reader of files cannot be started.")
    return _reading(facts)


def _facts(path: Path, kind: str) -> list[Mapping[str, Any]]:
    command = [sys.executable, "-I", filereader.__file__, kind, str(CPU_SECONDS)]
    with path.open("rb") as file, tempfile.TemporaryFile() as out:
        # What it said before its time was over stands.
        with suppress(subprocess.TimeoutExpired):
            # Neither secrets in its environment nor a pipe that it could fill without end.
            subprocess.run(  # noqa: S603
                command,
                stdin=file,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=PATIENCE,
                check=False,
            )
        out.seek(0)
        lines = out.read(filereader.OUTPUT_BYTES).splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _reading(facts: Sequence[Mapping[str, Any]]) -> Reading:
    texts = [_tidy(fact["text"]) for fact in facts if "text" in fact]
    pages = sum("text" in fact or "failed" in fact for fact in facts)
    page_count = next((int(fact["page_count"]) for fact in facts if "page_count" in fact), 0)
    is_whole = any(fact.get("done") and not fact["is_cut"] for fact in facts)
    return Reading(
        is_open=any("opened" in fact for fact in facts),
        state=_state(facts, texts),
        text=_PAGE_END.join(texts),
        pages=pages if page_count else 0,
        page_count=page_count,
        is_cut=not is_whole or pages < page_count,
    )


def _state(facts: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> TextState:
    if any(texts):
        return TextState.HAS_TEXT
    is_read = any("done" in fact for fact in facts) and not any("failed" in fact for fact in facts)
    return TextState.NO_TEXT if is_read else TextState.UNREADABLE


def _tidy(text: str) -> str:
    """Lines without what nobody sees; a database refuses some of it."""
    lines = [clean(line) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)
