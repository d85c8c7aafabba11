"""What two customers are compared by, so that one unit is not entered twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from capphep.pure.folding import fold
from capphep.pure.provinces import bare_name

_COMMUNE_WORDS: Final = re.compile(r"^(?:xa|phuong|thi tran|dac khu)[ .]+(?=\w)")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person answers to the warning: ``codes`` are the budget codes that it showed.

    ``reason`` says why a unit with the same tax code is another one.
    """

    codes: frozenset[str] = frozenset()
    reason: str = ""


NOTHING_SEEN: Final = Confirmed()


def name_key(name: str, province: str) -> str:
    """RULE D1: the same name in the same province; nothing where no province is known.

    Accents, capitals and punctuation do not count, nor "Tỉnh" or "TP." before the province.
    """
    place = bare_name(province)
    return f"{_words(fold(name))}|{place}" if place else ""


def place_key(commune: str) -> str:
    """RULE D1: the commune as it is compared, without "Xã" or "Phường" before it."""
    return _words(_COMMUNE_WORDS.sub("", fold(commune)))


def duplicate_keys(name: str, province: str, commune: str) -> dict[str, str]:
    """The columns of a customer that `name_key` and `place_key` make."""
    return {"name_key": name_key(name, province), "place_key": place_key(commune)}


def _words(folded: str) -> str:
    return " ".join(_WORD.findall(folded))
