"""How numbers of reports are written: short, in the language of the reader."""

from __future__ import annotations

import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from capphep.pure.money import format_dong, format_number

_HOUR, _DAY = 60, 1440


def dong(amount: int) -> str:
    return format_dong(amount)


def number(value: int) -> str:
    return format_number(value)


def short_dong(amount: int) -> str:
    """1,2 tỷ; 350 tr; for axes and tiles."""
    if amount >= 1_000_000_000:
        return _("%(number)s bn") % {"number": _decimal(amount / 1_000_000_000)}
    if amount >= 1_000_000:
        return _("%(number)s m") % {"number": _decimal(amount / 1_000_000)}
    return format_number(amount)


def duration(minutes: int | None) -> str:
    """45 phút; 5,5 giờ; 3,2 ngày (of 24 hours)."""
    if minutes is None:
        return "–"
    if minutes < _HOUR:
        return _("%(number)s min") % {"number": minutes}
    if minutes < 2 * _DAY:
        return _("%(number)s h") % {"number": _decimal(minutes / _HOUR)}
    return _("%(number)s d") % {"number": _decimal(minutes / _DAY)}


def month(day: datetime.date) -> str:
    return f"{day:%m/%Y}"


def short_month(day: datetime.date) -> str:
    """11; the first of a year bears it: 1/26."""
    return f"{day.month}/{day:%y}" if day.month == 1 else str(day.month)


def change(percent: int) -> str:
    """+12%, −5%, with the signs that people read."""
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return f"{sign}{format_number(abs(percent))}%"


def _decimal(value: float) -> str:
    """One digit behind the comma below ten, where it says something."""
    text = f"{value:.1f}" if value < 100 else f"{value:.0f}"
    text = text.removesuffix(".0")
    return text.replace(".", ",") if get_language() == "vi" else text
