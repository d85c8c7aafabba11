"""Document numbers, unique under concurrency (R14)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from django.db import connection

from capphep.platform.models import NumberSeries

ORDER, REQUEST, LICENCE = "DH", "YC", "GP"
_YEARS_MEANT = 10
_NUMBER = re.compile(r"([A-Z]{2}-\d{4})-(\d{6})")

# A series begins with its first number; both databases know this statement.
_NEXT = """
    INSERT INTO platform_numberseries AS known (series, last) VALUES (%s, 1)
    ON CONFLICT (series) DO UPDATE SET last = known.last + 1
    RETURNING last
"""


def next_number(prefix: str, day: datetime.date) -> str:
    """RULE R14: the next number of the prefix in the day's year, such as ``DH-2026-000001``.

    The series' row stays locked until the surrounding transaction ends.
    """
    series = f"{prefix}-{day.year}"
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        [last] = cursor.fetchone()
    return f"{series}-{last:06d}"


def may_mean(prefix: str, text: str, day: datetime.date) -> list[str]:
    """The numbers that somebody may mean who types only the last digits: "17", in any late year.

    None where the text is not up to six digits; that of the day's year first.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6):
        return []
    years = range(day.year, day.year - _YEARS_MEANT, -1)
    return [f"{prefix}-{year}-{int(digits):06d}" for year in years]


def reserve(given: Iterable[str]) -> None:
    """Keep numbers that came from elsewhere from being given again; other forms are ignored."""
    highest: dict[str, int] = {}
    for match in filter(None, map(_NUMBER.fullmatch, given)):
        highest[match[1]] = max(highest.get(match[1], 0), int(match[2]))
    for series, last in highest.items():
        NumberSeries.objects.bulk_create([NumberSeries(series=series)], ignore_conflicts=True)
        NumberSeries.objects.filter(series=series, last__lt=last).update(last=last)
