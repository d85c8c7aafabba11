"""The rules of the desk: pure functions, the day as an argument."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable

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


def fingerprint(seen: Iterable[object]) -> str:
    """RULE R3: names what an officer saw, to be compared when it is confirmed."""
    return hashlib.sha256(";".join(map(str, seen)).encode()).hexdigest()[:16]
