"""The rules of evidence: what a funding decision may say of itself, and what its text suggests."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Final

from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.mentions import amount_mentions

# Bounded up to its slash: without one a long text would be searched from each "Số" to its end.
_NUMBER: Final = re.compile(r"\bSố\s*:?\s*(\d[\w.-]{0,49}\s?/\s?\w+(?:[-/.&]\w+)*)", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\bngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})\b", re.IGNORECASE
)
_LONGEST_NUMBER: Final = 50


def check_issued_on(issued_on: datetime.date | None, day: datetime.date) -> None:
    """RULE R7: a decision that proves a purchase was made already. Raises Invalid."""
    if issued_on and issued_on > day:
        raise Invalid(
            "decision_in_future",
            gettext_noop("This day has not come yet."),
            rule="R7",
            field="issued_on",
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a decision's text seems to say of it; a person looks at it before it is kept."""

    number: str = ""
    issued_on: datetime.date | None = None
    amount: int | None = None


def suggestion(text: str, amount: int, day: datetime.date) -> Suggestion:
    """The first number and day that stand in the text, and ``amount`` where it is mentioned.

    ``amount`` is that of the request in whole đồng; a day after ``day`` is not the decision's.
    """
    number = _NUMBER.search(text)
    return Suggestion(
        number=number[1][:_LONGEST_NUMBER] if number else "",
        issued_on=_first_day(text, day),
        amount=amount if amount_mentions(text, amount) else None,
    )


def _first_day(text: str, day: datetime.date) -> datetime.date | None:
    found = _DATE.search(text)
    try:
        issued_on = datetime.date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None
    return issued_on if issued_on and issued_on <= day else None
