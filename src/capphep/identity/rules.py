"""What is to be delivered of an account, as pure functions."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from capphep.identity.states import OPEN, TO_CLOSE, TO_OPEN
from capphep.pure.folding import fold


@dataclass(frozen=True, slots=True)
class Standing:
    """A link by its key, where it stands, and from which local day on nothing is left."""

    key: int
    status: str
    closed_from: datetime.date | None

    def is_open(self, day: datetime.date) -> bool:
        return self.closed_from is None or self.closed_from > day


@dataclass(frozen=True, slots=True)
class Work:
    """What the links of one account ask for on a day.

    ``opening`` and ``closing`` are the keys of links; ``is_active``: something is left to
    administer, so that the person may sign in.
    """

    is_active: bool
    opening: frozenset[int]
    closing: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.opening or self.closing)


def work_of(links: Iterable[Standing], day: datetime.date) -> Work:
    """RULE R15: one account is one user: active while any of its links is open on the day.

    A link that waits and whose closing day has come is not opened any more: it waits to be
    closed.
    """
    known = list(links)
    still_open = [link for link in known if link.status in OPEN and link.is_open(day)]
    return Work(
        is_active=bool(still_open),
        opening=frozenset(link.key for link in still_open if link.status in TO_OPEN),
        closing=frozenset(link.key for link in known if link.status in TO_CLOSE),
    )


@dataclass(frozen=True, slots=True)
class NameParts:
    family: str
    middle: str
    given: str


def name_parts(full_name: str) -> NameParts:
    """RULE R15: a Vietnamese name as providers want it: the family's first, one's own last."""
    words = full_name.split() or [full_name]
    return NameParts(family=words[0], middle=" ".join(words[1:-1]), given=words[-1])


def international(phone: str) -> str:
    """RULE R15: a phone number of 10 or 11 digits as providers want it: 0912… is +84912…"""
    return f"+84{phone[1:]}" if phone.startswith("0") else phone


def same_phone(one: str, other: str) -> bool:
    """RULE R15: whether two numbers ring the same phone, +84, "tel:" and separators or not."""
    return bool(one) and _digits(one) == _digits(other)


def _digits(phone: str) -> str:
    digits = re.sub(r"[^0-9]", "", phone)
    return re.sub(r"^(?:00)?84(?=[0-9]{9,10}$)", "0", digits)


def account_key(full_name: str, email: str, phone: str) -> str:
    """What a search box finds a person by, without accents."""
    return fold(f"{full_name} {email} {phone}")
