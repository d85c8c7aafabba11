"""Moves the clock of each Python that finds this first: what Django calls now is another moment."""

import datetime
import os

from django.utils import timezone

_moved = datetime.timedelta(seconds=int(os.environ["GUIDE_CLOCK_MOVED"]))
_now = timezone.now


def moved_now() -> datetime.datetime:
    return _now() + _moved


timezone.now = moved_now
