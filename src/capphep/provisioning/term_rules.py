"""When what a request adds begins and ends, and what it is added to: pure functions (R1, R9)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from capphep.crm.rules import Ownership, ownership
from capphep.entitlements import rules as ledger
from capphep.entitlements.rules import Base, Key, Span
from capphep.provisioning.states import RequestKind
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.months import Term, co_term, months_until, term

_ONE_DAY = datetime.timedelta(days=1)
MOST_DAYS_AHEAD = 366


@dataclass(frozen=True, slots=True)
class Timing:
    """What decides about the term of a request's lines beside the months of the items.

    ``day`` is the day of the approval (today, while that lies ahead), ``start_on`` a later
    first day that was asked for. ``renewal_continues``: a renewal in time begins on the day
    after the running term, not at once.
    """

    kind: str
    day: datetime.date
    start_on: datetime.date | None = None
    co_terminates: bool = False
    renewal_continues: bool = True

    @property
    def first_day(self) -> datetime.date:
        return max(self.day, self.start_on) if self.start_on else self.day


@dataclass(frozen=True, slots=True)
class LineTerm:
    """A line's term, with the running term that it ends with or follows, if it does."""

    term: Term
    months: int
    ends_with: datetime.date | None = None
    follows: datetime.date | None = None


class Holdings:
    """What a customer has of a product on any day, from spans that were read once."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.bases = cache(partial(ledger.bases, spans))
        self.running_until = cache(partial(ledger.running_until, spans))
        self._spans = spans

    def owned(self, day: datetime.date) -> Ownership:
        """RULE R8: what was bought of the product, seen from the day."""
        return ownership(ledger.owned_days(self._spans), day)

    def is_tried(self, day: datetime.date) -> bool:
        """Whether anything of a trial would run on the day or later."""
        return any(last >= day for _first, last in ledger.trial_days(self._spans))

    def on_trial(self, day: datetime.date) -> Ownership:
        """RULE R8: what is on trial, seen from the day."""
        return ownership(ledger.trial_days(self._spans), day)


class Additions:
    """RULE R1: the base of each addition in turn; a second one counts on top of the first."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._added: dict[Key, int] = defaultdict(int)

    def base(self, key: Key, first_day: datetime.date, added: int) -> Base:
        """What ``added`` of the resource is added to, from its first day on."""
        before = self._added[key]
        self._added[key] += added
        base = self._holdings.bases(first_day).get(key, Base(0))
        return Base(base.quantity + before) if before else base


def line_term(module_id: int, months: int, timing: Timing, holdings: Holdings) -> LineTerm:
    """RULE R9: the term of one module's line; ``months`` are those of the ordered item.

    From the approval or a later day that was asked for. A renewal continues on the day after
    the running term when that is in time. In a product that co-terminates an addition ends
    with the module's running term, its months rounded up.
    """
    first_day = timing.first_day
    if timing.kind == RequestKind.RENEWAL and timing.renewal_continues:
        running = holdings.running_until(timing.day).get(module_id)
        if running:
            following = max(first_day, running + _ONE_DAY)
            return LineTerm(term(following, months), months, follows=running)
    if timing.kind == RequestKind.ADD_ON and timing.co_terminates:
        running = holdings.running_until(first_day).get(module_id)
        if running:
            until = co_term(first_day, running)
            return LineTerm(until, months_until(first_day, running), ends_with=running)
    return LineTerm(term(first_day, months), months)


def check_start(start_on: datetime.date | None, day: datetime.date) -> None:
    """RULE R9: a first day that is asked for is today or lies within a year.

    Raises Invalid ``start_in_past``, ``start_too_far``.
    """
    if start_on and start_on < day:
        raise Invalid(
            "start_in_past",
            gettext_noop("The first day is today or later; leave it empty for the approval's."),
            rule="R9",
            field="start_on",
        )
    if start_on and (start_on - day).days > MOST_DAYS_AHEAD:
        raise Invalid(
            "start_too_far",
            gettext_noop("The first day lies within a year from today."),
            rule="R9",
            field="start_on",
        )
