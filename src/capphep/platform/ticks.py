"""Days that pass: each one is worked through once, in order, however late."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db import transaction

from capphep.platform.models import Tick

_ONE_DAY = datetime.timedelta(days=1)


def is_due(today: datetime.date) -> bool:
    """Whether some day up to today has not been worked through yet. One statement."""
    last_day = Tick.objects.values_list("last_day", flat=True).first()
    return last_day is None or last_day < today


def each_day(today: datetime.date, work: Callable[[datetime.date], None]) -> int:
    """Call ``work`` with every local day since the last one, today included; returns how many.

    Each day is one transaction with the note that it is done: whoever comes at the same
    time waits and finds nothing left, a crash leaves the day to the next run. The first run
    of all begins with today.
    """
    done = 0
    while _next_day(today, work):
        done += 1
    return done


@transaction.atomic
def _next_day(today: datetime.date, work: Callable[[datetime.date], None]) -> bool:
    tick, _is_first = Tick.objects.select_for_update().get_or_create(id=1)
    day = tick.last_day + _ONE_DAY if tick.last_day else today
    if day > today:
        return False
    work(day)
    Tick.objects.update(last_day=day)
    return True
