"""Text as it is stored, and the key by which it is searched."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_WORD = re.compile(r"[^\W_]+")


class _Bare(dict[int, int | str | None]):
    """What is left of a letter: marks are dropped. Unicode is asked once for each."""

    def __missing__(self, code: int) -> int | None:
        bare = None if unicodedata.category(chr(code)) == "Mn" else code
        self[code] = bare
        return bare


# Letters with a stroke, which Unicode does not decompose. ð and ɖ are here because their
# capitals (Ð, Ɖ) look exactly like Đ and are found in old data in its place.
_BARE = _Bare({ord(letter): "d" for letter in "đðɖ"})

_SHORT: Final = 300

# Controls, invisible format characters (zero-width, bidi marks) and lone surrogates:
# nobody sees them, and a database refuses some of them.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})


def clean(text: str) -> str:
    """Return the text as it is stored: NFC, trimmed, every run of white space one space.

    White space includes no-break spaces, tabs and line ends. Characters that nobody can
    see (zero-width, control) are dropped. Cleaning twice changes nothing.
    """
    # Almost every text is printable as a whole, and asking that is much quicker.
    visible = text if text.isprintable() else "".join(filter(_is_visible, text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def clean_lines(text: str) -> str:
    """Return a text of several lines as it is stored: each line cleaned, none empty at the ends."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def fold(text: str) -> str:
    """Return the search key: lower case, without accents, đ as d, spaces collapsed.

    NFC, lower case, NFD, marks dropped, đ → d. Two texts that a person would type alike
    on a keyboard without Vietnamese input have the same key. Folding twice changes nothing.
    """
    # One name is folded for many keys, one after the other.
    return _short_folded(text) if len(text) <= _SHORT else _folded(text)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", clean(text).lower())
    return " ".join(decomposed.translate(_BARE).split())


@lru_cache(maxsize=2048)
def _short_folded(text: str) -> str:
    return _folded(text)


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in their order: runs of letters and digits.

    "TP.HCM - HĐ 12/2026" is tp, hcm, hd, 12, 2026. Folding first changes nothing.
    """
    return _WORD.findall(fold(text))


def _is_visible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in _INVISIBLE
