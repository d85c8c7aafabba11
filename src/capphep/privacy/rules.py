"""Rules of the register: plain values in and out."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop
from capphep.pure.folding import clean
from capphep.pure.workdays import add_workdays

ANSWER_WORKDAYS: Final = 2
"""Decree 356/2025: in how many working days a person hears what came of their request."""
_LONGEST: Final = {"asked_by": 150, "reach": 150, "about": 4000}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInput:
    """A request as typed; the keys of its customer and of who handles it, or None."""

    kind: str
    asked_by: str
    received_on: datetime.date
    reach: str = ""
    about: str = ""
    customer_id: int | None = None
    handler_id: int | None = None


def due_on(received_on: datetime.date) -> datetime.date:
    """RULE R18: the last day of the answer, so many working days after the request came."""
    return add_workdays(received_on, ANSWER_WORKDAYS)


def access_kept_from(day: datetime.date, months: int) -> datetime.date:
    """The first local day of the access log that is kept so many months long."""
    month = day.year * 12 + day.month - 1 - months
    return datetime.date(month // 12, month % 12 + 1, min(day.day, 28))


def request_values(
    typed: RequestInput, today: datetime.date, kinds: Collection[str]
) -> dict[str, object]:
    """The columns. Raises Invalids: kind_unknown, asked_by_required, too_long, received_later."""
    problems = list(_problems(typed, today, kinds))
    if problems:
        raise Invalids(problems)
    return {
        "kind": typed.kind,
        "asked_by": clean(typed.asked_by),
        "reach": clean(typed.reach),
        "about": typed.about.strip(),
        "customer_id": typed.customer_id,
        "handler_id": typed.handler_id,
        "received_on": typed.received_on,
        "due_on": due_on(typed.received_on),
    }


def _problems(
    typed: RequestInput, today: datetime.date, kinds: Collection[str]
) -> Iterator[Refusal]:
    if typed.kind not in kinds:
        yield Invalid("kind_unknown", gettext_noop("Choose what is asked for."), field="kind")
    if not clean(typed.asked_by):
        yield Invalid("asked_by_required", gettext_noop("Enter who asks."), field="asked_by")
    if typed.received_on > today:
        message = gettext_noop("It cannot have come later than today.")
        yield Invalid("received_later", message, field="received_on")
    for name, longest in _LONGEST.items():
        if len(getattr(typed, name)) > longest:
            message = gettext_noop("At most %(max)s characters fit here.")
            yield Invalid("too_long", message, field=name, params={"max": longest})
