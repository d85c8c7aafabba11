"""The rules of the desk: pure functions, the day as an argument."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from capphep.pure.errors import Conflict, Invalid, gettext_noop


def check_withdrawal_day(
    from_day: datetime.date, *, day: datetime.date, last_left: datetime.date | None
) -> None:
    """RULE R2: a withdrawal begins today or later, while something of the request is left.

    ``last_left`` is the last local day of what was not taken back yet, None where nothing is
    left on ``day`` or later. Raises Conflict ``nothing_to_withdraw``, Invalid
    ``withdrawal_in_past`` and ``withdrawal_too_late``.
    """
    if not last_left or last_left < day:
        message = gettext_noop("Nothing of this request is left to take back.")
        raise Conflict("nothing_to_withdraw", message, rule="R2")
    if from_day < day:
        message = gettext_noop("What was used cannot be taken back: choose today or a later day.")
        raise Invalid("withdrawal_in_past", message, rule="R2", field="from_day")
    if from_day > last_left:
        raise Invalid(
            "withdrawal_too_late",
            gettext_noop("It ends by itself on %(last)s: choose that day or an earlier one."),
            rule="R2",
            field="from_day",
            params={"last": f"{last_left:%d/%m/%Y}"},
        )


class Ageing(StrEnum):
    """How a request that waits stands against the day by which the desk means to decide."""

    ON_TIME = "on_time"
    DUE_TODAY = "today"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Age:
    """``late`` are days after the target, ``waited`` days since the request was sent."""

    ageing: Ageing
    late: int
    waited: int


def age(*, sent_on: datetime.date, due_on: datetime.date, day: datetime.date) -> Age:
    """In time until the target day is over; all days are local calendar days."""
    late = max((day - due_on).days, 0)
    waited = max((day - sent_on).days, 0)
    if late:
        return Age(Ageing.OVERDUE, late, waited)
    return Age(Ageing.DUE_TODAY if day == due_on else Ageing.ON_TIME, 0, waited)


def check_absence(
    *,
    first_day: datetime.date,
    last_day: datetime.date,
    taken: Iterable[tuple[datetime.date, datetime.date]],
) -> None:
    """An absence ends no earlier than it begins and overlaps none that the officer has.

    ``taken`` are the first and last days of the others. Raises Invalid
    ``absence_backwards`` and ``absence_overlaps``.
    """
    if last_day < first_day:
        message = gettext_noop("The last day comes before the first.")
        raise Invalid("absence_backwards", message, field="last_day")
    for first, last in taken:
        if first_day <= last and first <= last_day:
            raise Invalid(
                "absence_overlaps",
                gettext_noop("Another absence runs from %(first)s to %(last)s."),
                field="first_day",
                params={"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"},
            )


def fingerprint(seen: Iterable[object]) -> str:
    """RULE R3: names what an officer saw, to be compared when it is confirmed."""
    return hashlib.sha256(";".join(map(str, seen)).encode()).hexdigest()[:16]
