"""The order of Vietnamese words, as a key that any database compares byte by byte."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from capphep.pure.folding import clean

_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Two digits a letter: digits compare alike in every collation. 00 ends a syllable's letters,
# 01 is a number, 02 whatever has no place in the alphabet.
_LETTERS: Final = {letter: f"{at:02d}" for at, letter in enumerate(_ALPHABET, 10)}
# ngang, huyền, hỏi, ngã, sắc, nặng: the order of the dictionaries.
_TONES: Final = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_NO_TONE: Final = "0"
_PARTS: Final = re.compile(r"[0-9]+|[^\W\d_]+")
_LONGEST: Final = 800


def vietnamese_key(text: str) -> str:
    """Return the key by which a name is sorted: digits only, so that its order is the text's.

    Syllable by syllable, as Vietnamese dictionaries do: first its letters (a ă â b … d đ e ê …),
    then its tone (ngang huyền hỏi ngã sắc nặng), then the next syllable. Capitals and
    punctuation do not count. Numbers come before letters and by their value: "Số 2", "Số 10".
    """
    parts = _PARTS.findall(clean(text).lower())
    return "".join(map(_part_key, parts))[:_LONGEST]


def _part_key(part: str) -> str:
    if part.isdecimal():
        digits = str(int(part)) if len(part) <= 20 else part[:90]
        return f"01{len(digits):02d}{digits}"
    letters, tone = [], _NO_TONE
    # ơ and ư keep their horns and â, ê, ô, ă their hats: only the tone is taken off.
    for char in unicodedata.normalize("NFD", part):
        if char in _TONES:
            tone = _TONES[char]
        else:
            letters.append(char)
    bare = unicodedata.normalize("NFC", "".join(letters))
    return "".join(_LETTERS.get(char, "02") for char in bare) + "00" + tone
