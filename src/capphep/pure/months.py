"""Months of use: from the first day and a number of months to the last day, and back."""

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
    _check_months(months)
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


def months_until(first: date, until: date) -> int:
    """RULE R9: how many months of use the days from ``first`` to ``until`` are, rounded up.

    Both days are local days and belong to the span. The answer is the smallest number, at
    least 1, whose term from ``first`` reaches ``until``:
    1/3/2026 to 31/3/2026 → 1; 1/3/2026 to 1/4/2026 → 2; 31/1/2026 to 28/2/2026 → 1.

    Raises Invalid: term_over where ``until`` is before ``first``, months_out_of_range where
    the span is longer than MAX_MONTHS.
    """
    _check_not_over(first, until)
    months = (until.year - first.year) * 12 + until.month - first.month
    if months == 0 or _last_day(until.year, until.month, first.day) < until:
        months += 1
    _check_months(months)
    return months


def co_term(first: date, until: date) -> Term:
    """RULE R9: the term of an addition that ends with a running term, on ``until``.

    Its months are `months_until`; it ends on ``until`` exactly, however few days that are.
    Raises Invalid as `months_until` does.
    """
    months_until(first, until)
    return Term(first, until)


def _check_not_over(first: date, until: date) -> None:
    if until < first:
        raise Invalid(
            "term_over",
            gettext_noop("The running term ended on %(until)s, before %(first)s."),
            rule="R9",
            field="first",
            params={"first": f"{first:%d/%m/%Y}", "until": f"{until:%d/%m/%Y}"},
        )


def _check_months(months: int) -> None:
    if not 1 <= months <= MAX_MONTHS:
        raise Invalid(
            "months_out_of_range",
            gettext_noop("The months of use are 1 to %(max)s; %(value)s is outside."),
            rule="R9",
            field="months",
            params={"value": months, "max": MAX_MONTHS},
        )


def _months_later(first: date, months: int) -> tuple[int, int]:
    years, month_index = divmod(first.month - 1 + months, 12)
    return first.year + years, month_index + 1


def _last_day(year: int, month: int, day: int) -> date:
    days_in_month = monthrange(year, month)[1]
    if day > days_in_month:
        return date(year, month, days_in_month)
    return date(year, month, day) - timedelta(days=1)
