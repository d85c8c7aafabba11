"""The arithmetic of the ledger: pure functions over spans of granted quantity."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias, TypeVar

from capphep.pure.months import Term

Key: TypeAlias = tuple[int, int]
"""Module id and resource id: what one quantity counts."""

_ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One grant: so much of a resource from the first to the last local day, both included.

    What takes something back is a span of a negative quantity. ``is_trial`` marks what is
    on trial and what ends a trial.
    """

    key: Key
    quantity: int
    first_day: datetime.date
    last_day: datetime.date
    request_no: str
    is_trial: bool = False

    def covers(self, day: datetime.date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Step:
    """From this day on, this quantity, until the next step."""

    from_day: datetime.date
    quantity: int


Why: TypeAlias = Literal["begins", "lapses", "withdrawal", "trial_end", "moved"]


@dataclass(frozen=True, slots=True)
class Stay:
    """What is left of one grant: how much, on which days, and why it ends.

    ``grant_id`` is for whoever wants to say more about it.
    """

    key: Key
    grant_id: int
    quantity: int
    days: Term
    ends: Why = "lapses"


@dataclass(frozen=True, slots=True)
class Reason:
    """One grant's part in a change of what is in force; ``quantity`` is signed."""

    grant_id: int
    quantity: int
    why: Why


@dataclass(frozen=True, slots=True)
class Turn(Step):
    """A day on which grants begin or end: from then on this quantity, for these reasons.

    Where one grant follows another, the quantity may stay what it was.
    """

    reasons: tuple[Reason, ...]

    @property
    def change(self) -> int:
        return sum(reason.quantity for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Base:
    """What is in force before an addition.

    ``request_no`` is the latest request that granted some of the resource, ``lapsed``
    how much less is in force now than right after that request.
    """

    quantity: int
    request_no: str = ""
    lapsed: int = 0


def in_force(spans: Iterable[Span], day: datetime.date) -> dict[Key, int]:
    """RULE R2: what is in force on a day is the sum of the grants that cover it."""
    totals: dict[Key, int] = defaultdict(int)
    for span in spans:
        if span.covers(day):
            totals[span.key] += span.quantity
    return dict(totals)


def steps(spans: Iterable[Span]) -> dict[Key, list[Step]]:
    """RULE R2: the same sums for every day at once, as steps; equal neighbours are one step."""
    changes: dict[Key, dict[datetime.date, int]] = defaultdict(lambda: defaultdict(int))
    for span in spans:
        changes[span.key][span.first_day] += span.quantity
        changes[span.key][span.last_day + _ONE_DAY] -= span.quantity
    return {key: _running_total(by_day) for key, by_day in changes.items()}


@dataclass(frozen=True, slots=True)
class Held:
    """So much, and the last local day on which it is so as far as decided."""

    quantity: int
    until: datetime.date


K = TypeVar("K")


def holding(
    stays: Iterable[tuple[K, int, datetime.date, datetime.date]], day: datetime.date
) -> dict[K, Held]:
    """RULE R2: what is in force on a day, and until when; ``stays`` are spans by any key.

    Each is a key, a quantity, a first and a last day; what holds nothing is left out.
    """
    changes: dict[K, dict[datetime.date, int]] = defaultdict(lambda: defaultdict(int))
    for key, quantity, first, last in stays:
        changes[key][first] += quantity
        changes[key][last + _ONE_DAY] -= quantity
    found = {key: _held(_running_total(by_day), day) for key, by_day in changes.items()}
    return {key: held for key, held in found.items() if held}


def _held(steps_: Sequence[Step], day: datetime.date) -> Held | None:
    so_far = [step.quantity for step in steps_ if step.from_day <= day]
    # What begins ends: behind a quantity there is another step.
    later = next((step.from_day for step in steps_ if step.from_day > day), None)
    return Held(so_far[-1], later - _ONE_DAY) if later and so_far and so_far[-1] else None


def _running_total(changes: Mapping[datetime.date, int]) -> list[Step]:
    total, found = 0, []
    for day in sorted(changes):
        if changes[day]:
            total += changes[day]
            found.append(Step(day, total))
    return found


def turns(stays: Iterable[Stay]) -> dict[Key, list[Turn]]:
    """RULE R2: the steps with the reasons for each, in the order in which they were granted."""
    reasons: dict[Key, dict[datetime.date, list[Reason]]] = defaultdict(lambda: defaultdict(list))
    for stay in stays:
        begins = Reason(stay.grant_id, stay.quantity, "begins")
        ends = Reason(stay.grant_id, -stay.quantity, stay.ends)
        reasons[stay.key][stay.days.first].append(begins)
        reasons[stay.key][stay.days.last + _ONE_DAY].append(ends)
    return {key: _turns(by_day) for key, by_day in reasons.items()}


def _turns(by_day: Mapping[datetime.date, Sequence[Reason]]) -> list[Turn]:
    total, found = 0, []
    for day in sorted(by_day):
        turn = Turn(day, total, tuple(by_day[day]))
        total += turn.change
        found.append(replace(turn, quantity=total))
    return found


def quantity_on(found: Sequence[Step], day: datetime.date) -> int:
    """What the steps of one resource say for a day."""
    return next((step.quantity for step in reversed(found) if step.from_day <= day), 0)


def bought(spans: Iterable[Span]) -> list[Span]:
    """RULE R1, R8: what counts as owned and as the base of a sale: everything but trials."""
    return [span for span in spans if not span.is_trial]


def running_until(spans: Iterable[Span], day: datetime.date) -> dict[int, datetime.date]:
    """RULE R9: until when what was bought of each module runs without a gap, by module id.

    A module runs while any of its resources is in force; one that does not run on the day
    is not listed.
    """
    by_module: dict[int, dict[Key, list[Step]]] = defaultdict(dict)
    for key, found in steps(bought(spans)).items():
        by_module[key[0]][key] = found
    return {
        module_id: last
        for module_id, found_by_key in by_module.items()
        for first, last in owned_spans(found_by_key)
        if first <= day <= last
    }


def rest(
    granted: Term, taken_from: datetime.date | None, from_day: datetime.date | None = None
) -> Term | None:
    """RULE R2: the days of a grant that were not taken back, all or those from a day on.

    ``taken_from`` is the first day on which it was taken back, None where it never was.
    None where no day is left.
    """
    first = max(granted.first, from_day) if from_day else granted.first
    last = min(granted.last, taken_from - _ONE_DAY) if taken_from else granted.last
    return Term(first, last) if first <= last else None


def left_after(spans: Sequence[Span], taken: Sequence[Span]) -> dict[Key, Step]:
    """RULE R2: what taking something back would leave on the day from which on it is gone.

    ``taken`` are the opposites that would be appended; where they begin on several days,
    the one that leaves least. What ends on a later day ends by itself: what is in use now
    says nothing about then.
    """
    after = [*spans, *taken]
    left: dict[Key, Step] = {}
    for span in taken:
        here = Step(span.first_day, in_force(after, span.first_day)[span.key])
        left[span.key] = min(
            here, left.get(span.key, here), key=lambda step: (step.quantity, step.from_day)
        )
    return left


def owned_spans(
    all_steps: Mapping[Key, Sequence[Step]],
) -> list[tuple[datetime.date, datetime.date]]:
    """RULE R8: the spans of days in which anything at all is in force, merged."""
    spans = sorted(span for found in all_steps.values() for span in _positive_spans(found))
    merged: list[tuple[datetime.date, datetime.date]] = []
    for first, last in spans:
        if merged and first <= merged[-1][1] + _ONE_DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def owned_days(spans: Iterable[Span]) -> list[tuple[datetime.date, datetime.date]]:
    """RULE R8: the spans of days in which anything that was bought is in force, merged."""
    return owned_spans(steps(bought(spans)))


def trial_days(spans: Iterable[Span]) -> list[tuple[datetime.date, datetime.date]]:
    """RULE R8: the spans of days in which anything is on trial, merged."""
    return owned_spans(steps(span for span in spans if span.is_trial))


def _positive_spans(found: Sequence[Step]) -> Iterable[tuple[datetime.date, datetime.date]]:
    # The last step of a ledger is always zero: every grant ends.
    for step, following in pairwise(found):
        if step.quantity > 0:
            yield step.from_day, following.from_day - _ONE_DAY


def bases(spans: Sequence[Span], day: datetime.date) -> dict[Key, Base]:
    """RULE R1: the base of each resource on a day, with where it comes from.

    ``spans`` are in the order in which they were granted. Trials are no base: they end
    when the sale begins.
    """
    by_key: dict[Key, list[Span]] = defaultdict(list)
    for span in bought(spans):
        by_key[span.key].append(span)
    return {key: _base(granted, day) for key, granted in by_key.items()}


def _base(granted: Sequence[Span], day: datetime.date) -> Base:
    quantity = sum(span.quantity for span in granted if span.covers(day))
    begun = [
        index for index, span in enumerate(granted) if span.quantity > 0 and span.first_day <= day
    ]
    if not begun:
        return Base(quantity)
    latest = granted[begun[-1]]
    known_then = granted[: begun[-1] + 1]
    total_then = sum(span.quantity for span in known_then if span.covers(latest.first_day))
    return Base(quantity, latest.request_no, max(total_then - quantity, 0))
