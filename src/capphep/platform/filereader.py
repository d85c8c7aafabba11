"""Reads the text of one untrusted file, in a process of its own.

`reading.read` starts it by its path: ``filereader.py pdf|docx|xlsx SECONDS < file``. Every line
on standard output is a JSON object, written as soon as it is known, so that what was found
before a limit ended the process still counts:

    {"ready": true}        the limits are set, the parser is loaded
    {"opened": true}       the file can be opened and has a first page
    {"page_count": 12}
    {"text": "…"}          one for each page or sheet; {"failed": true} for one that cannot be read
    {"done": true, "is_cut": false}

It knows neither Django nor the database, and is given no environment.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from typing import IO, Any, Final

MOST_PAGES: Final = 20
MOST_CHARACTERS: Final = 200_000
MEMORY_BYTES: Final = 768 * 1024 * 1024
OUTPUT_BYTES: Final = 8 * 1024 * 1024
_DEEPEST_TREE: Final = 100
_LARGEST_PART: Final = 32 * 1024 * 1024
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS: Final = {f"{_WORD}p": "\n", f"{_WORD}br": "\n", f"{_WORD}tab": " ", f"{_WORD}tc": " "}


def main() -> None:
    kind, cpu_seconds, file = sys.argv[1], int(sys.argv[2]), sys.stdin.buffer
    limit(cpu_seconds)
    read = {"pdf": pdf_pages, "docx": docx_pages, "xlsx": xlsx_pages}[kind]
    found, is_cut = 0, False
    for text in read(file):
        if text is None:
            say(failed=True)
            continue
        is_cut = is_cut or found + len(text) > MOST_CHARACTERS
        say(text=text[: MOST_CHARACTERS - found])
        found += len(text)
        if is_cut:
            break
    say(done=True, is_cut=is_cut)


def limit(cpu_seconds: int) -> None:
    """Whatever the file makes the parser do, the kernel ends it here."""
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


def pdf_pages(file: IO[bytes]) -> Iterator[str | None]:
    """Scanners bend the format, so the reader is lenient."""
    from pypdf import PdfReader

    say(ready=True)
    reader = PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("locked by a password")
    check_first_page(reader)
    say(opened=True)
    say(page_count=len(reader.pages))
    for number in range(min(len(reader.pages), MOST_PAGES)):
        # A page that trips the parser costs its own text, not that of the others.
        try:
            yield reader.pages[number].extract_text()
        except Exception:
            yield None


def check_first_page(reader: Any) -> None:
    """Raise where the document has no page; only the way to the first one is walked.

    pypdf unfolds the whole tree of pages, which a hostile file makes endless.
    """
    node, has_size = reader.root_object["/Pages"].get_object(), False
    for _ in range(_DEEPEST_TREE):
        has_size = has_size or "/MediaBox" in node
        kids = [kid for kid in node.get("/Kids", ()) if kid.get_object() is not None]
        if not kids:
            break
        node = kids[0].get_object()
    if not has_size or "/Kids" in node:
        raise ValueError("no pages")


def docx_pages(file: IO[bytes]) -> Iterator[str | None]:
    import zipfile
    from xml.etree.ElementTree import iterparse

    say(ready=True)
    parts: list[str] = []
    with zipfile.ZipFile(file) as package, package.open("word/document.xml") as document:
        say(opened=True)
        # Entities cannot explode: the kernel's limits hold for the parser too.
        for _event, element in iterparse(Limited(document)):  # noqa: S314
            if element.tag == f"{_WORD}t":
                parts.append(element.text or "")
            parts.append(_BREAKS.get(element.tag, ""))
            element.clear()
    yield "".join(parts)


class Limited:
    """As much of a packed file as anybody wants to read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.left = file, _LARGEST_PART

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(min(size, self.left) if size >= 0 else self.left)
        self.left -= len(chunk)
        return chunk


def xlsx_pages(file: IO[bytes]) -> Iterator[str | None]:
    from python_calamine import CalamineWorkbook

    say(ready=True)
    book = CalamineWorkbook.from_filelike(file)
    say(opened=True)
    for name in book.sheet_names[:MOST_PAGES]:
        rows = book.get_sheet_by_name(name).to_python()
        yield "\n".join(" ".join(cell_text(cell) for cell in row) for row in rows)


def cell_text(cell: object) -> str:
    is_whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell)) if is_whole else str(cell)  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
