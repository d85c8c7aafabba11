"""What a licence file says, taken apart and checked: capphep's docs/licence-format.md."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from capphep_licence.jws import malformed

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FEATURE: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+){1,2}", re.ASCII)
_LONGEST_GRACE: Final = 3_660
LAST_MOMENT: Final = 221_845_392_000
"""The first second of the year 9000 (UTC): later times, with the grace, leave the calendar."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Term:
    """On these local days, both included, so much of a feature; ``trial`` of it on trial."""

    first: datetime.date
    last: datetime.date
    quantity: int
    trial: int
    requests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of one file. Times are seconds since 1970 (UTC), days are local.

    ``features`` has modules (``igov.accounting``, quantity 1) and resources of them
    (``igov.accounting.users``), each with its terms in their order.
    """

    issuer: str
    customer: str
    product: str
    number: str
    issued_at: int
    not_before: int
    expires_at: int
    time_zone: str
    version: int
    supersedes: str | None
    request_no: str
    cause: str
    valid_from: datetime.date
    valid_to: datetime.date
    grace_days: int
    features: Mapping[str, tuple[Term, ...]]


def claims(payload: Any) -> Claims:
    """Raises Refused ``malformed``. Names that are not known are passed over."""
    said = _object(payload, "payload")
    licence = _object(said.get("lic"), "lic")
    found = Claims(
        issuer=_text(said, "iss"),
        customer=_text(said, "sub"),
        product=_text(said, "aud"),
        number=_text(said, "jti"),
        issued_at=_whole(said, "iat", most=LAST_MOMENT),
        not_before=_whole(said, "nbf", most=LAST_MOMENT),
        expires_at=_whole(said, "exp", most=LAST_MOMENT),
        time_zone=_text(said, "tz"),
        version=_whole(licence, "version", least=1),
        supersedes=None if licence.get("supersedes") is None else _text(licence, "supersedes"),
        request_no=_text(licence, "request_no", may_be_empty=True),
        cause=_text(licence, "cause"),
        valid_from=_day(licence, "valid_from"),
        valid_to=_day(licence, "valid_to"),
        grace_days=_whole(licence, "grace_days", most=_LONGEST_GRACE),
        features={**_features(said, "mod", 2), **_features(said, "ent", 3)},
    )
    if not found.issued_at <= found.not_before < found.expires_at:
        malformed("times in a wrong order")
    if _text(licence, "no") != found.number:
        malformed("two numbers")
    return found


def _features(said: Mapping[str, Any], name: str, parts: int) -> dict[str, tuple[Term, ...]]:
    found: dict[str, tuple[Term, ...]] = {}
    for entry in _list(said, name):
        feature = _text(_object(entry, name), "k")
        if not _FEATURE.fullmatch(feature) or feature.count(".") != parts - 1:
            malformed("a feature's name")
        if feature in found:
            malformed("a feature stands twice")
        found[feature] = tuple(_in_order(_term(one, parts) for one in _list(entry, "terms")))
    return found


def _term(entry: Any, parts: int) -> Term:
    said = _object(entry, "terms")
    first, last = _day(said, "from"), _day(said, "to")
    if last < first:
        malformed("a term ends before it begins")
    quantity = _whole(said, "q", least=1) if parts == 3 else 1
    trial = _whole(said, "trial", most=quantity) if "trial" in said else 0
    if parts == 2:
        return Term(first, last, quantity, trial, ())
    requests = tuple(_each_text(_list(said, "req")))
    return Term(first, last, quantity, trial, requests)


def _in_order(terms: Iterator[Term]) -> Iterator[Term]:
    before: Term | None = None
    for term in terms:
        if before and term.first <= before.last:
            malformed("terms overlap")
        yield term
        before = term


def _object(value: Any, name: str) -> Mapping[str, Any]:
    return _of_type(value, dict, name)


def _list(said: Mapping[str, Any], name: str) -> Sequence[Any]:
    return _of_type(said.get(name), list, name)


def _of_type(value: Any, kind: type[T], name: str) -> T:
    # A boolean is an integer in Python, and none here.
    if type(value) is not kind:
        malformed(f"{name} is missing or of another kind")
    return value


def _text(said: Mapping[str, Any], name: str, *, may_be_empty: bool = False) -> str:
    value = _of_type(said.get(name), str, name)
    if not value and not may_be_empty:
        malformed(f"{name} is empty")
    return value


def _each_text(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        yield _of_type(value, str, "req")


def _whole(said: Mapping[str, Any], name: str, *, least: int = 0, most: int = 2**53) -> int:
    value = _of_type(said.get(name), int, name)
    if not least <= value <= most:
        malformed(f"{name} is out of range")
    return value


def _day(said: Mapping[str, Any], name: str) -> datetime.date:
    text = _text(said, name)
    if not _DAY.fullmatch(text):
        malformed(f"{name} is no day")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        malformed(f"{name} is no day")
