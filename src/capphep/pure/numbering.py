"""How document numbers are written: a pattern such as ``DH-{year}-{n:6}`` (R14)."""

from __future__ import annotations

import datetime
import re
from typing import Final

LONGEST: Final = 20
"""How much fits where numbers are kept."""
_PATTERN: Final = re.compile(
    r"(?P<before>[A-Z][A-Z0-9._-]*(?:\{(?:year|yy)\}[A-Z0-9._-]*)?)\{n:(?P<digits>[3-9])\}"
)


def is_pattern(text: str) -> bool:
    """A letter first; the year at most once; last the number, of 3 to 9 digits; short enough."""
    found = _PATTERN.fullmatch(text)
    return bool(found) and len(written(text, datetime.date(2026, 1, 1), 1)) <= LONGEST


def written(pattern: str, day: datetime.date, number: int) -> str:
    """RULE R14: the number under the pattern in the day's year: ``DH-2026-000001``."""
    before, digits = _parts(pattern)
    return f"{_of_year(before, day)}{number:0{digits}d}"


def series_of(pattern: str, day: datetime.date) -> str:
    """What is counted by itself: ``DH-2026``; each year anew where the pattern names the year."""
    before, _digits = _parts(pattern)
    return _of_year(before, day).rstrip("-._")


def number_in(pattern: str, day: datetime.date, text: str) -> int | None:
    """Which number the text is under the pattern in the day's year; None for other texts."""
    before, digits = _parts(pattern)
    start = _of_year(before, day)
    rest = text.removeprefix(start)
    is_number = rest.isascii() and rest.isdecimal() and len(rest) >= digits
    return int(rest) if text.startswith(start) and is_number else None


def _parts(pattern: str) -> tuple[str, int]:
    found = _PATTERN.fullmatch(pattern)
    if not found:
        raise ValueError(f"{pattern} is no pattern of numbers")
    return found["before"], int(found["digits"])


def _of_year(text: str, day: datetime.date) -> str:
    return text.replace("{year}", f"{day.year:04d}").replace("{yy}", f"{day.year % 100:02d}")
