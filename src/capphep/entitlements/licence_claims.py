"""What the signed file of a licence says to programs: pure functions over its content.

The claims are described in docs/licence-format.md.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from capphep.pure.months import Term

TIME_ZONE: Final = "Asia/Ho_Chi_Minh"
"""Where the days of a licence begin and end (R9)."""

_ONE_DAY: Final = datetime.timedelta(days=1)
_RENEWALS: Final = 3
_MOST_REQUESTS: Final = 5


@dataclass(frozen=True, slots=True)
class Addition:
    """One grant as a licence certifies it: codes of the catalogue, and the days that are left."""

    module: str
    resource: str
    quantity: int
    days: Term
    request_no: str
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of local days on which a quantity stays the same, and what it is made of."""

    days: Term
    quantity: int
    on_trial: int
    request_nos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one licence says. ``supersedes`` is the number of the one before, or empty.

    ``customer`` is the budget code, ``product`` the code of the catalogue. ``day`` is the
    local day of issue.
    """

    no: str
    customer: str
    product: str
    version: int
    supersedes: str
    request_no: str
    cause: str
    day: datetime.date
    additions: Sequence[Addition]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From when to when (UTC) a file may be used, apart from what was bought.

    ``grace_days`` is how long a product goes on with a file that it could not renew.
    """

    begins: datetime.datetime
    ends: datetime.datetime
    grace_days: int


def additions(content: Mapping[str, Any]) -> list[Addition]:
    """The additions that the content of a licence lists, in the order of their grants."""
    return [
        Addition(
            module=row["module"],
            resource=row["resource"],
            quantity=row["quantity"],
            days=Term(
                datetime.date.fromisoformat(row["first_day"]),
                datetime.date.fromisoformat(row["last_day"]),
            ),
            request_no=row["request_no"],
            is_trial=row["trial"],
        )
        for row in content["grants"]
    ]


def stretches(found: Sequence[Addition]) -> list[Stretch]:
    """RULE R2: the sums of one resource for every day, without days on which there is nothing."""
    turns = sorted({day for one in found for day in (one.days.first, one.days.last + _ONE_DAY)})
    sums: list[Stretch] = []
    for first, after in pairwise(turns):
        here = [one for one in found if one.days.first <= first <= one.days.last]
        if here:
            stretch = Stretch(
                Term(first, after - _ONE_DAY),
                sum(one.quantity for one in here),
                sum(one.quantity for one in here if one.is_trial),
                tuple(dict.fromkeys(one.request_no for one in here)),
            )
            sums.append(stretch)
    return sums


def module_stretches(found: Sequence[Addition]) -> list[Stretch]:
    """RULE R2: the days on which anything of a module is in force, and whether only on trial.

    Its quantity is 1. Neighbours that say the same are one.
    """
    merged: list[Stretch] = []
    for one in stretches(found):
        on_trial = int(one.on_trial == one.quantity)
        days, before = one.days, merged[-1] if merged else None
        if before and before.on_trial == on_trial and before.days.last + _ONE_DAY == days.first:
            merged.pop()
            days = Term(before.days.first, days.last)
        merged.append(Stretch(days, 1, on_trial, ()))
    return merged


def lifetime(
    issued: datetime.datetime, now: datetime.datetime, days: int, grace_days: int
) -> Lifetime:
    """The life of the file that is handed out now: of so many days, made anew after a third.

    It begins a whole number of thirds after the licence was issued, so that the same file
    is handed out until the next one is due, by whatever process, without being kept.
    """
    life = datetime.timedelta(days=days)
    begins = issued.replace(microsecond=0)
    begins += max(0, (now - begins) // (life / _RENEWALS)) * (life / _RENEWALS)
    return Lifetime(begins, begins + life, grace_days)


def claims(facts: Facts, life: Lifetime, issuer: str) -> dict[str, object]:
    """RULE R14: what the signed file says, in the order of docs/licence-format.md."""
    first = min((one.days.first for one in facts.additions), default=facts.day)
    last = max((one.days.last for one in facts.additions), default=facts.day)
    return {
        "iss": issuer,
        "sub": facts.customer,
        "aud": facts.product.lower(),
        "jti": facts.no,
        "iat": int(life.begins.timestamp()),
        "nbf": int(life.begins.timestamp()),
        "exp": int(life.ends.timestamp()),
        "tz": TIME_ZONE,
        "lic": {
            "no": facts.no,
            "version": facts.version,
            "supersedes": facts.supersedes or None,
            "request_no": facts.request_no,
            "cause": facts.cause,
            "valid_from": first.isoformat(),
            "valid_to": last.isoformat(),
            "grace_days": life.grace_days,
        },
        "mod": _modules(facts),
        "ent": _entitlements(facts),
    }


def _modules(facts: Facts) -> list[dict[str, object]]:
    by_module: dict[str, list[Addition]] = defaultdict(list)
    for one in facts.additions:
        by_module[_key(facts.product, one.module)].append(one)
    return [
        {
            "k": key,
            "terms": [{**_days(one.days), **_trial(one)} for one in module_stretches(found)],
        }
        for key, found in by_module.items()
    ]


def _entitlements(facts: Facts) -> list[dict[str, object]]:
    by_resource: dict[str, list[Addition]] = defaultdict(list)
    for one in facts.additions:
        by_resource[_key(facts.product, one.module, one.resource)].append(one)
    return [
        {"k": key, "terms": [_stretch(one) for one in stretches(found)]}
        for key, found in by_resource.items()
    ]


def _key(*codes: str) -> str:
    """As the check names it: lower case, joined by dots."""
    return ".".join(codes).lower()


def _days(term: Term) -> dict[str, object]:
    return {"from": term.first.isoformat(), "to": term.last.isoformat()}


def _stretch(one: Stretch) -> dict[str, object]:
    # The latest say enough: with all of them a file would grow by the square of its grants.
    requests = list(one.request_nos[-_MOST_REQUESTS:])
    return {"q": one.quantity, **_days(one.days), **_trial(one), "req": requests}


def _trial(one: Stretch) -> dict[str, int]:
    return {"trial": one.on_trial} if one.on_trial else {}
