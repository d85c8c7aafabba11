"""What a file is, by its content: the name that it came with proves nothing (R7)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from capphep.platform.reading import NOTHING_TO_READ, ReaderMissing, Reading, read
from capphep.pure.errors import Invalid, gettext_noop

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS: Final = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", DOCX: ".docx", XLSX: ".xlsx"}

_MAX_PIXELS = 100_000_000
_END_OF_PDF = 2048
_MAX_CONTENT_LIST = 1024 * 1024

Examined: TypeAlias = tuple[str, Reading]


def examine(path: Path) -> Examined:
    """RULE R7: the media type of a PDF, PNG, JPEG, DOCX or XLSX that can be opened, and its text.

    A text that cannot be read is no reason to refuse a file. Raises Invalid ``file_empty``,
    ``file_type`` for any other content and ``file_broken`` for one that is cut off, damaged
    or locked by a password.
    """
    with path.open("rb") as file:
        start = file.read(1024)
    if not start:
        raise Invalid("file_empty", gettext_noop("The file is empty."), rule="R7", field="evidence")
    for signature, check in _CHECKS:
        if start.startswith(signature):
            return _checked(check, path)
    raise _wrong_type()


def _checked(check: Callable[[Path], Examined], path: Path) -> Examined:
    try:
        return check(path)
    except (Invalid, ReaderMissing):
        raise
    # The parsers meet hostile bytes here: whatever they trip over, the file is not readable.
    except Exception as error:
        raise Invalid(
            "file_broken",
            gettext_noop("The file cannot be opened: it is damaged, cut off or locked."),
            rule="R7",
            field="evidence",
        ) from error


def _pdf(path: Path) -> Examined:
    """A file without its end is cut off, whatever a lenient reader makes of it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_OF_PDF))
        if b"%%EOF" not in file.read():
            raise ValueError("cut off")
    reading = read(path, "pdf")
    if not reading.is_open:
        raise ValueError("damaged or locked")
    return PDF, reading


def _picture(media_type: str) -> Callable[[Path], Examined]:
    def check(path: Path) -> Examined:
        from PIL import Image

        with Image.open(path) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise ValueError("too many pixels")
            picture.load()
        return media_type, NOTHING_TO_READ

    return check


def _office(path: Path) -> Examined:
    with zipfile.ZipFile(path) as package:
        entry = package.getinfo("[Content_Types].xml")
        if entry.file_size > _MAX_CONTENT_LIST:
            raise _wrong_type()
        parts = package.read(entry).decode("utf-8", errors="replace")
    for media_type, kind in ((DOCX, "docx"), (XLSX, "xlsx")):
        if f'"{media_type}.main+xml"' in parts:
            return media_type, read(path, kind)
    raise _wrong_type()


def _wrong_type() -> Invalid:
    return Invalid(
        "file_type",
        gettext_noop("Only PDF, PNG, JPEG, DOCX and XLSX files are accepted, by their content."),
        rule="R7",
        field="evidence",
    )


_CHECKS: tuple[tuple[bytes, Callable[[Path], Examined]], ...] = (
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n\x1a\n", _picture(PNG)),
    (b"\xff\xd8\xff", _picture(JPEG)),
    (b"PK\x03\x04", _office),
)
