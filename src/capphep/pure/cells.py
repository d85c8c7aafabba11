"""What a person typed or a spreadsheet cell holds, brought to one form before it is judged."""

from __future__ import annotations

import re
from decimal import Decimal

from capphep.pure.folding import clean

Raw = str | int | float

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_TO_PLAIN = _FULL_WIDTH | _DASHES

# Longer than any number that a cell can hold (a float has at most 309 digits).
_LONGEST_NUMBER = 400

# Vietnamese grouping: points or spaces, never both. A group after a leading zero would make
# five hundred of "0.500", which is a half in English.
_WHOLE = re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?: [0-9]{3})+))")


def cell_text(raw: Raw) -> str:
    """Return the raw value as clean text with ASCII digits, dashes and punctuation.

    A number is written the Vietnamese way, a whole one without a fraction: 3.0 is "3" and
    1.125 is "1,125", so that its point is never taken for a thousands separator.
    """
    if isinstance(raw, str):
        return clean(raw.translate(_TO_PLAIN))
    if isinstance(raw, bool):
        return str(raw)
    return format(Decimal(raw), "f").replace(".", ",")


def whole_number(text: str) -> int | None:
    """Return the whole number that the text writes, or None where it writes none.

    ``text`` comes from `cell_text`. Points or spaces may group the digits in threes.
    """
    if len(text) > _LONGEST_NUMBER or not _WHOLE.fullmatch(text):
        return None
    return int(text.replace(".", "").replace(" ", ""))


def shown(raw: Raw) -> str:
    """Return the raw value, shortened, as a message quotes it back to the person."""
    if isinstance(raw, float):
        return f"{raw:.15g}".replace(".", ",")
    text = clean(raw) if isinstance(raw, str) else cell_text(raw)
    return text if len(text) <= 40 else text[:39] + "…"
