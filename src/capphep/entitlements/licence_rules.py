"""What a licence that was issued once is worth on a day: a pure function."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal, TypeAlias

from capphep.pure.months import Term

LicenceState: TypeAlias = Literal["valid", "not_begun", "superseded", "expired", "withdrawn"]


def licence_state(
    terms: Sequence[Term],
    day: datetime.date,
    *,
    withdrawn_from: datetime.date | None,
    is_superseded: bool,
) -> LicenceState:
    """RULE R14: what a licence with these terms is worth on a local day.

    ``withdrawn_from`` is the first day on which its request no longer counts, None where
    nobody withdrew it; ``is_superseded`` whether the subscription has a later licence. What
    was withdrawn stays so, whatever came later; what was superseded is not asked for its
    terms. Between two terms a licence has not begun.
    """
    if withdrawn_from and withdrawn_from <= day:
        return "withdrawn"
    if is_superseded:
        return "superseded"
    if any(term.first <= day <= term.last for term in terms):
        return "valid"
    return "not_begun" if any(day < term.first for term in terms) else "expired"
