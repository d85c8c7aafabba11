"""Secrets that have to be read again: encrypted at rest, with a key made of CAPPHEP_SECRET_KEY.

Whoever has only the database, or a backup of it, reads none of them. Under another secret key
they are lost (`Unsealable`) and have to be made anew.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unsealable(Exception):
    """It was sealed with another secret key."""


def seal(text: str, purpose: str) -> str:
    """The text, readable only by `unseal` with the same purpose."""
    return _box(settings.SECRET_KEY, purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Raises Unsealable."""
    try:
        return _box(settings.SECRET_KEY, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unsealable from None


@lru_cache(maxsize=8)
def _box(secret_key: str, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"capphep {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
