"""Phones and e-mails as those see them who need not know them (Law 91/2025 on personal data)."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "*"
_KEPT: Final = 2
_SHORTEST: Final = 7


_PHONE: Final = re.compile(r"(?<!\d)(?:\+84|0)\d{8,10}(?!\d)")
_EMAIL: Final = re.compile(r"[^\s@·,;:<>()]+@[^\s@·,;:<>()]+")


def masked_within(text: str) -> str:
    """The text with each phone and e-mail in it masked, as a line of the trail names a person."""
    text = _EMAIL.sub(lambda found: masked_email(found[0]), text)
    return _PHONE.sub(lambda found: masked_phone(found[0]), text)


def masked_phone(phone: str) -> str:
    """``0912345612`` becomes ``09** *** *12``; "" stays "", what is too short is hidden whole."""
    digits = re.sub(r"\D", "", phone)
    if not phone.strip():
        return ""
    if len(digits) < _SHORTEST:
        return HIDDEN * 3
    hidden = HIDDEN * (len(digits) - 2 * _KEPT)
    text = f"{digits[:_KEPT]}{hidden}{digits[-_KEPT:]}"
    return f"{text[:4]} {text[4:7]} {text[7:]}".rstrip()


def masked_email(email: str) -> str:
    """``nam@example.vn`` becomes ``n***@…``; "" stays ""."""
    name = email.strip().partition("@")[0]
    return f"{name[:1]}{HIDDEN * 3}@…" if email.strip() else ""
