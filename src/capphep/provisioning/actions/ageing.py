"""Requests that wait longer than the desk means them to."""

from __future__ import annotations

import datetime

from django.db.models import F, Q

from capphep.platform import audit, outbox
from capphep.platform.roles import SYSTEM
from capphep.provisioning.events import request_event
from capphep.provisioning.models import Round
from capphep.provisioning.states import RequestStatus

_ONE_DAY = datetime.timedelta(days=1)


def note_overdue(*, day: datetime.date) -> int:
    """Note and announce each round that waited beyond the day by which it was due.

    It became late on the day after, whenever this runs, and also where it was answered
    since. Each round once; returns how many. Inside the transaction of `platform.ticks`.
    """
    late = list(_late(day))
    for one in late:
        assert one.due_on is not None
        one.overdue_on = one.due_on + _ONE_DAY
    Round.objects.bulk_update(late, ["overdue_on"])
    audit.record(SYSTEM, [_change(one) for one in late])
    outbox.enqueue(_event(one) for one in late)
    return len(late)


def _late(day: datetime.date) -> list[Round]:
    still_open = Q(ended_on__isnull=True)
    rows = Round.objects.filter(still_open | Q(ended_on__gt=F("due_on")))
    rows = rows.filter(due_on__lt=day, overdue_on__isnull=True)
    parts = ("request__order", "request__customer", "request__product")
    return list(rows.select_related(*parts).order_by("due_on", "id"))


def _change(late: Round) -> audit.Change:
    return audit.Change(late.request, "overdue", after=_days(late))


def _event(late: Round) -> outbox.Event:
    # As it was on that day, though it may be decided since.
    as_it_was = {"status": RequestStatus.WAITING.value, **_days(late)}
    return request_event("request.overdue", late.request, **as_it_was)


def _days(late: Round) -> dict[str, str]:
    return {"due_on": str(late.due_on), "effective_on": str(late.overdue_on)}
