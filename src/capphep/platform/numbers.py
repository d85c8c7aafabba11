"""Document numbers, unique under concurrency (R14)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django import forms
from django.db import connection
from django.utils.translation import gettext_lazy as _

from capphep.platform import clock
from capphep.platform.models import NumberSeries
from capphep.platform.options import FIELD, Option
from capphep.pure import numbering
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean

ORDER, REQUEST, LICENCE = "DH", "YC", "GP"
_YEARS_MEANT = 10


def _default(prefix: str) -> str:
    return f"{prefix}-{{year}}-{{n:6}}"


@dataclass(frozen=True, kw_only=True)
class NumberFormat(Option[str]):
    """How the numbers of one series are written: a pattern of `pure.numbering`."""

    def parse(self, typed: Any) -> str:
        pattern = clean(str(typed)).replace(" ", "")
        if not numbering.is_pattern(pattern):
            message = gettext_noop(
                "Write capital letters, digits, - . _, {year} or {yy}, and {n:6} at the end;"
                " at most 20 characters."
            )
            raise Invalid("option_pattern", message, field=FIELD)
        return pattern

    def shown(self, value: str) -> str:
        return f"{value} → {numbering.written(value, clock.today(), 1)}"

    def form_field(self) -> forms.Field:
        widget = forms.TextInput({"maxlength": 40, "autocomplete": "off", "spellcheck": "false"})
        return forms.CharField(label=self.label, required=False, widget=widget)


_HELP = _("Numbers that were given stay. {year} or {yy}: begins again each year; {n:6}: 6 digits.")
FORMATS: Final = {
    prefix: NumberFormat(
        key=f"number_{name}",
        label=label,
        help=_HELP,
        rule="R14",
        default=partial(_default, prefix),
    )
    for prefix, name, label in (
        (ORDER, "order", _("Order number")),
        (REQUEST, "request", _("Request number")),
        (LICENCE, "licence", _("Licence number")),
    )
}
_NUMBER = re.compile(r"([A-Z]{2}-\d{4})-(\d{6})")

# A series begins with its first number; both databases know this statement.
_NEXT = """
    INSERT INTO platform_numberseries AS known (series, last) VALUES (%s, 1)
    ON CONFLICT (series) DO UPDATE SET last = known.last + 1
    RETURNING last
"""


def next_number(prefix: str, day: datetime.date) -> str:
    """RULE R14: the next number of the series in the day's year, such as ``DH-2026-000001``.

    ``prefix`` names the series; how its numbers are written is an option (`FORMATS`).
    The series' row stays locked until the surrounding transaction ends.
    """
    pattern = FORMATS[prefix].value()
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [numbering.series_of(pattern, day)])
        [last] = cursor.fetchone()
    return numbering.written(pattern, day, last)


def may_mean(prefix: str, text: str, day: datetime.date) -> list[str]:
    """The numbers that somebody may mean who types only the last digits: "17", in any late year.

    None where the text is not up to six digits; that of the day's year first.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6):
        return []
    years = [datetime.date(day.year - back, 1, 1) for back in range(_YEARS_MEANT)]
    # Those that were given under the pattern of before are meant too.
    patterns = dict.fromkeys((FORMATS[prefix].value(), _default(prefix)))
    found = (numbering.written(one, year, int(digits)) for one in patterns for year in years)
    return list(dict.fromkeys(found))


def reserve(given: Iterable[str]) -> None:
    """Keep numbers that came from elsewhere from being given again; other forms are ignored."""
    highest: dict[str, int] = {}
    patterns = [each.value() for each in FORMATS.values()]
    for text in given:
        for series, number in _places(text, patterns):
            highest[series] = max(highest.get(series, 0), number)
    for series, last in highest.items():
        NumberSeries.objects.bulk_create([NumberSeries(series=series)], ignore_conflicts=True)
        NumberSeries.objects.filter(series=series, last__lt=last).update(last=last)


def _places(text: str, patterns: Iterable[str]) -> Iterator[tuple[str, int]]:
    """In which series the number stands, and where: by the first form, and by those of now."""
    if match := _NUMBER.fullmatch(text):
        yield match[1], int(match[2])
    years = {int(year) for year in re.findall(r"\d{4}", text)} | {clock.today().year}
    for pattern in patterns:
        for year in years:
            day = datetime.date(max(year, 1), 1, 1)
            number = numbering.number_in(pattern, day, text)
            if number is not None:
                yield numbering.series_of(pattern, day), number
