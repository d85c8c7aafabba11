"""Months of use: from the first day and a number of months to the last day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from capphep.pure.errors import Invalid, gettext_noop

MAX_MONTHS = 120


@dataclass(frozen=True, slots=True)
class Term:
    """A span of local days; both the first and the last day belong to it."""

    first: date
    last: date


def term(first: date, months: int) -> Term:
    """RULE R9: the last day is the day before the same day that many months later.

    Where that month lacks the day, the term ends with the month's own last day.
    15/3/2026 + 12 → 14/3/2027; 28/1/2026 + 1 → 27/2/2026; 31/1/2026 + 1 → 28/2/2026.
    Always counted from the first day: two chained terms are not one long term.

    ``first`` is a day in Asia/Ho_Chi_Minh, ``months`` is 1 to MAX_MONTHS.
    Raises Invalid: months_out_of_range, term_beyond_calendar.
    """
    if not 1 <= months <= MAX_MONTHS:
        raise Invalid(
            "months_out_of_range",
            gettext_noop("The months of use are 1 to %(max)s; %(value)s is outside."),
            rule="R9",
            field="months",
            params={"value": months, "max": MAX_MONTHS},
        )
    year, month = _months_later(first, months)
    if year > MAXYEAR:
        raise Invalid(
            "term_beyond_calendar",
            gettext_noop("A term that starts in the year %(year)s ends beyond the calendar."),
            rule="R9",
            field="first",
            params={"year": first.year},
        )
    return Term(first, _last_day(year, month, first.day))


def _months_later(first: date, months: int) -> tuple[int, int]:
    years, month_index = divmod(first.month - 1 + months, 12)
    return first.year + years, month_index + 1


def _last_day(year: int, month: int, day: int) -> date:
    days_in_month = monthrange(year, month)[1]
    if day > days_in_month:
        return date(year, month, days_in_month)
    return date(year, month, day) - timedelta(days=1)
