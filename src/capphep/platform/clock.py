"""The local day. Rules take it as an argument; only actions, queries and views ask here."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from capphep.platform.queries import is_demo

REFUSAL = "CAPPHEP_CLOCK is for demo data only: this database holds other data."


def today() -> datetime.date:
    """The day in Asia/Ho_Chi_Minh, or the day that CAPPHEP_CLOCK sets for demo data."""
    fixed: datetime.date | None = settings.CLOCK
    if fixed is None:
        return timezone.localdate()
    if not is_demo():
        raise ImproperlyConfigured(REFUSAL)
    return fixed


def start_of(day: datetime.date) -> datetime.datetime:
    """The first moment of the local day."""
    first = datetime.datetime.combine(day, datetime.time())
    return timezone.make_aware(first, timezone.get_default_timezone())


def end_of(day: datetime.date) -> datetime.datetime:
    """The last second of the local day."""
    last = datetime.datetime.combine(day, datetime.time(23, 59, 59))
    return timezone.make_aware(last, timezone.get_default_timezone())
