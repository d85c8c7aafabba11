"""From the text of a file to a licence that may be asked, or to the reason why not."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from capphep_licence.claims import Claims, claims
from capphep_licence.jws import KeySet, malformed, verified
from capphep_licence.licence import DAY_OF_SECONDS, Licence, Outlook, zone
from capphep_licence.reasons import Reason, Refused
from capphep_licence.state import Memory, MemoryState, Seen, StateStore

# What was seen is noted once an hour, so that a question costs no writing.
_LONGEST_LOOK: Final = 3_600


class ClockPolicy(StrEnum):
    """What to do when the clock stands more than 24 hours before a time already seen."""

    WARN = "warn"
    """Go on by the clock, and say so."""
    LIMIT = "limit"
    """Go on by the latest time seen, and say so: setting the clock back brings nothing."""
    DENY = "deny"
    """Refuse until the clock is right."""


class Verifier:
    """Verifies the files of one product at one customer, offline.

    ``keys`` are the issuer's public keys, a JSON Web Key Set that is built into the product.
    ``state`` keeps the highest version and the latest time seen; without it a superseded
    file and a clock that was set back go unnoticed after a restart.
    """

    def __init__(
        self,
        keys: Mapping[str, Any] | KeySet,
        *,
        product: str,
        customer: str,
        issuer: str | None = None,
        state: StateStore | None = None,
        clock_policy: ClockPolicy = ClockPolicy.WARN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys if isinstance(keys, KeySet) else KeySet(keys)
        self._wanted = (product, customer, issuer)
        self._memory = Memory(state or MemoryState(), f"{product}/{customer}")
        self._policy = ClockPolicy(clock_policy)
        self._clock = clock

    def verify(self, file: str) -> Licence:
        """The licence of a file. Raises Refused, whose reason and sentence say why not."""
        found = claims(verified(file, self._keys))
        self._check_whose(found)
        self._check_newest(found)
        licence = Licence(found, _Look(found, self._memory, self._policy), self._clock)
        refused = licence.outlook.refused
        if refused:
            raise refused
        return licence

    def _check_whose(self, found: Claims) -> None:
        product, customer, issuer = self._wanted
        for reason, said, wanted in (
            (Reason.WRONG_PRODUCT, found.product, product),
            (Reason.WRONG_CUSTOMER, found.customer, customer),
            (Reason.WRONG_ISSUER, found.issuer, issuer),
        ):
            if wanted is not None and said != wanted:
                raise Refused(reason, found=said, wanted=wanted)

    def _check_newest(self, found: Claims) -> None:
        seen = self._memory.seen().version
        if found.version < seen:
            raise Refused(Reason.SUPERSEDED, number=found.number, version=found.version, seen=seen)


class _Look:
    """How a file stands at a moment; what was seen by it is noted."""

    def __init__(self, found: Claims, memory: Memory, policy: ClockPolicy) -> None:
        self._claims = found
        self._memory = memory
        self._policy = policy
        try:
            self._zone = zone(found.time_zone)
        except ValueError:
            malformed("time zone")
        self._ends = found.expires_at + found.grace_days * DAY_OF_SECONDS

    def __call__(self, now: float) -> Outlook:
        seen = self._seen(now)
        warned, refused = [*self._note(now, seen)], None
        is_behind = now < seen.time - DAY_OF_SECONDS
        if is_behind:
            behind = Refused(
                Reason.CLOCK_ROLLED_BACK, now=self._shown(now), seen=self._shown(seen.time)
            )
            if self._policy is ClockPolicy.DENY:
                refused = behind
            else:
                warned.append(behind)
        judged = seen.time if is_behind and self._policy is ClockPolicy.LIMIT else now
        expiry = self._expiry(judged)
        if expiry and expiry.reason is Reason.FILE_EXPIRED:
            refused = refused or expiry
        elif expiry:
            warned.append(expiry)
        day = datetime.datetime.fromtimestamp(judged, self._zone).date()
        return Outlook(now, self._until(now, judged, day), day, refused, tuple(warned))

    def _seen(self, now: float) -> Seen:
        """What is known of time. The issuer's own moment counts as seen.

        A file newer than any before begins anew: so a clock that once ran ahead by years
        does no harm for ever, and what it says cannot be older than what it proves.
        """
        known = self._memory.seen()
        issued = self._claims.issued_at
        if issued > known.issued_at:
            return Seen(self._claims.version, issued, issued)
        return Seen(self._claims.version, known.issued_at, max(known.time, issued))

    def _note(self, now: float, seen: Seen) -> Iterator[Refused]:
        latest = max(seen.time, int(now))
        try:
            self._memory.note(Seen(seen.version, seen.issued_at, latest))
        except OSError as error:
            yield Refused(Reason.STATE_NOT_KEPT, error=error.strerror or str(error))

    def _expiry(self, judged: float) -> Refused | None:
        ends = self._claims.expires_at
        if judged < ends:
            return None
        reason = Reason.WITHIN_GRACE if judged < self._ends else Reason.FILE_EXPIRED
        return Refused(reason, expired=self._shown(ends), grace=self._shown(self._ends))

    def _until(self, now: float, judged: float, day: datetime.date) -> float:
        """The first moment at which the answers could be others."""
        midnight = datetime.datetime.combine(
            day + datetime.timedelta(days=1), datetime.time.min, self._zone
        )
        turns = (midnight.timestamp(), self._claims.expires_at, self._ends)
        ahead = [turn - judged for turn in turns if turn > judged]
        return now + min([_LONGEST_LOOK, *ahead])

    def _shown(self, moment: float) -> str:
        return f"{datetime.datetime.fromtimestamp(moment, self._zone):%d/%m/%Y %H:%M}"
