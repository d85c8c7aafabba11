"""What a customer is found and sorted by: columns that follow from its others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from capphep.pure.collation import vietnamese_key
from capphep.pure.folding import fold, words_of
from capphep.pure.provinces import other_names
from capphep.pure.vocabulary import other_words

NAMED_BY: Final = ("budget_code", "name", "province", "commune")
"""The columns of a customer by which its orders and opportunities are found too."""

_CODES: Final = ("tax_code", "phone")
FOUND_BY: Final = (*NAMED_BY, *_CODES)


def customer_keys(values: Mapping[str, object]) -> dict[str, str]:
    """The derived columns of a customer whose columns `FOUND_BY` have these values."""
    said = {name: str(values[name]) for name in FOUND_BY}
    named = named_key(**{name: said[name] for name in NAMED_BY})
    codes = " ".join(word for name in _CODES for word in words_of(said[name]))
    return {
        "search_key": f"{named} {codes}".strip(),
        "sort_key": vietnamese_key(said["name"]),
    }


def named_key(*, budget_code: str, name: str, province: str = "", commune: str = "") -> str:
    """What a customer is found by, accents aside: code and name, then how else one looks for it.

    Short and full forms ("UBND", "uy ban nhan dan"), the commune, the province with the names
    of those that went into it.
    """
    own = fold(f"{budget_code} {name}")
    more = dict.fromkeys(_more(name, province, commune))
    for word in words_of(own):
        more.pop(word, None)
    return " ".join([own, *more])


def _more(name: str, province: str, commune: str) -> Iterator[str]:
    yield from other_words(name)
    for place in (commune, province, *other_names(province)):
        yield from words_of(place)
        yield from other_words(place)
