"""The local day. Rules take it as an argument; only actions, queries and views ask here."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils import timezone


def today() -> datetime.date:
    """The day in Asia/Ho_Chi_Minh, or the day that CAPPHEP_CLOCK sets for demo data."""
    fixed: datetime.date | None = settings.CLOCK
    return fixed or timezone.localdate()
