"""A verified licence: what it allows today, or on any day."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from capphep_licence.claims import Claims, Term
from capphep_licence.reasons import Reason, Refused, explained

DAY_OF_SECONDS: Final = 86_400
# Viet Nam's clocks have stood at +07:00 since 1975: right also where no time zones are installed.
_FIXED: Final = {"Asia/Ho_Chi_Minh": datetime.timezone(datetime.timedelta(hours=7))}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a feature may be used, and why. It is true where it is allowed.

    ``first`` and ``last`` are the local days of the term that it speaks of, ``requests`` the
    requests that granted it. ``warnings`` are what someone should be told all the same.
    """

    feature: str
    reason: Reason
    quantity: int = 0
    first: datetime.date | None = None
    last: datetime.date | None = None
    requests: tuple[str, ...] = ()
    warnings: tuple[Reason, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def allowed(self) -> bool:
        return self.quantity > 0

    def __bool__(self) -> bool:
        return self.quantity > 0

    def explain(self, language: str = "vi") -> str:
        """One sentence in Vietnamese, or in English."""
        said = {name: getattr(self, name) for name in ("feature", "first", "last")}
        counted = f", số lượng {self.quantity}" if language == "vi" else f", {self.quantity}"
        # Of a module there is one or none: its number says nothing.
        amount = "" if self.feature.count(".") == 1 else counted
        return explained(self.reason, {**self.details, **said, "amount": amount}, language)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What holds now, until a moment at the latest (seconds, UTC).

    ``refused`` is why the file as a whole counts no more; ``warned`` what is to be said.
    """

    since: float
    until: float
    day: datetime.date
    refused: Refused | None
    warned: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class _View:
    outlook: Outlook
    answers: Mapping[str, Answer]


class Licence:
    """What one file allows. Made by `Verifier.verify` alone.

    It may be kept for as long as the program runs: it goes with the clock.
    """

    def __init__(
        self,
        claims: Claims,
        look: Callable[[float], Outlook],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.claims = claims
        self._look = look
        self._clock = clock
        self._view = self._seen_at(clock())

    def check(self, feature: str, day: datetime.date | None = None) -> Answer:
        """Whether ``igov.accounting`` or ``igov.accounting.users`` may be used, and why.

        On a local day, or today. Whether the file itself still counts is always asked of now.
        """
        now = self._clock()
        view = self._view
        if not view.outlook.since <= now < view.outlook.until:
            view = self._view = self._seen_at(now)
        if day is not None:
            return self._answer(feature, day, view.outlook)
        known = view.answers.get(feature)
        return self._answer(feature, view.outlook.day, view.outlook) if known is None else known

    def limit(self, feature: str, day: datetime.date | None = None) -> int:
        """How much of a resource may be used; 0 where nothing. Of a module 1 or 0."""
        return self.check(feature, day).quantity

    @property
    def outlook(self) -> Outlook:
        """How the file as a whole stood when it was looked at last."""
        return self._view.outlook

    @property
    def warnings(self) -> tuple[Refused, ...]:
        """What someone should be told, though the licence counts; each explains itself."""
        return self._view.outlook.warned

    def _seen_at(self, now: float) -> _View:
        outlook = self._look(now)
        answers = {
            feature: self._answer(feature, outlook.day, outlook) for feature in self.claims.features
        }
        return _View(outlook, answers)

    def _answer(self, feature: str, day: datetime.date, outlook: Outlook) -> Answer:
        if outlook.refused:
            return Answer(feature, outlook.refused.reason, details=outlook.refused.details)
        warned = tuple(one.reason for one in outlook.warned)
        terms = self.claims.features.get(feature, ())
        for term in terms:
            if term.first <= day <= term.last:
                reason = Reason.TRIAL if term.trial == term.quantity else Reason.GRANTED
                return _answered(feature, reason, term, term.quantity, warned)
            if day < term.first:
                return _answered(feature, Reason.NOT_BEGUN, term, 0, warned)
        if terms:
            return _answered(feature, Reason.EXPIRED, terms[-1], 0, warned)
        return Answer(feature, Reason.NOT_BOUGHT, warnings=warned)


def _answered(
    feature: str, reason: Reason, term: Term, quantity: int, warned: tuple[Reason, ...]
) -> Answer:
    return Answer(feature, reason, quantity, term.first, term.last, term.requests, warned)


def zone(name: str) -> datetime.tzinfo:
    """Raises ValueError for one that nobody knows."""
    if name in _FIXED:
        return _FIXED[name]
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError(f"the time zone {name} is not known") from None
