"""Texts of tokens: made at random, recognised by their beginning, kept as a hash."""

from __future__ import annotations

import datetime
import enum
import hashlib
import re
import secrets
from typing import Final

PREFIX_LENGTH: Final = 12
_FORM: Final = re.compile(r"capphep_[A-Za-z0-9_-]{43}")

SOON: Final = datetime.timedelta(days=14)


class State(enum.StrEnum):
    RUNNING = "running"
    ENDING = "ending"
    EXPIRED = "expired"
    REVOKED = "revoked"


def state_of(
    expires_at: datetime.datetime, revoked_at: datetime.datetime | None, now: datetime.datetime
) -> State:
    """Where a token stands; one that ends within two weeks asks to be replaced."""
    if revoked_at is not None:
        return State.REVOKED
    if expires_at <= now:
        return State.EXPIRED
    return State.ENDING if expires_at <= now + SOON else State.RUNNING


def new_text() -> str:
    """A token of 256 random bits. So many need no slow hash."""
    return f"capphep_{secrets.token_urlsafe(32)}"


def hash_of(text: str) -> str:
    """SHA-256 in hexadecimal: what is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def presented(authorization: str, api_key: str = "") -> str | None:
    """The token in ``Authorization: Bearer …`` or ``X-API-Key``; None where there is none."""
    scheme, _, text = authorization.partition(" ")
    text = text.strip() if scheme.lower() == "bearer" else api_key.strip()
    return text if _FORM.fullmatch(text) else None
