"""The code in a licence's public address: whoever was not given it cannot find it."""

from __future__ import annotations

import secrets
from typing import Final

# Crockford's: no letter that is easily read as another.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans("OIL", "011", "- ")
LENGTH: Final = 16
"""Sixteen letters are 80 random bits."""


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))


def normal(typed: str) -> str:
    """The code as it is kept, of one that a person typed: 7kqm-2f9t-… is 7KQM2F9T…"""
    return typed.upper().translate(_READ_AS)


def is_code(text: str) -> bool:
    """Whether a licence could have it. What could not be one is not asked of the database."""
    return len(text) == LENGTH and set(text) <= set(_ALPHABET)


def shown(code: str) -> str:
    """In groups of four, for people: 7KQM-2F9T-X3HA-WJ0D."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
