"""What is to be done: on a record, and by whom. Of a record that one may not see nothing shows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from capphep.collaboration.models import Activity
from capphep.collaboration.records import RecordType, Talked, record_of, records_of, visible_ids
from capphep.platform.models import User
from capphep.platform.roles import Role
from capphep.pure.errors import NotFound, gettext_noop

SHOWN: Final = 100
DONE_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Planned:
    """An open activity with its record."""

    activity: Activity
    record: Talked


@dataclass(frozen=True, slots=True)
class ToDo:
    """Open activities by when they are due, earliest first; ``is_more``: not all are here."""

    overdue: Sequence[Planned]
    today: Sequence[Planned]
    coming: Sequence[Planned]
    is_more: bool

    @property
    def count(self) -> int:
        return len(self.overdue) + len(self.today) + len(self.coming)


def to_do(actor: User, day: datetime.date, *, whole_team: bool = False) -> ToDo:
    """What the actor, or everybody whom the actor works with, still has to do. At most six
    statements."""
    rows = _visible(actor).filter(done_at__isnull=True).select_related("assignee")
    rows = rows.filter(_of_team(actor) if whole_team else Q(assignee_id=actor.pk))
    found = list(rows.order_by("due_on", "id")[: SHOWN + 1])
    records = records_of(actor, [(one.record_type, one.record_id) for one in found])
    planned = [Planned(one, records[one.record_type, one.record_id]) for one in found[:SHOWN]]
    return ToDo(
        overdue=[one for one in planned if one.activity.due_on < day],
        today=[one for one in planned if one.activity.due_on == day],
        coming=[one for one in planned if one.activity.due_on > day],
        is_more=len(found) > SHOWN,
    )


def open_on(record: Talked) -> list[Activity]:
    """What is still to be done about a record, the earliest first. One statement."""
    rows = Activity.objects.filter(record_type=record.type, record_id=record.pk)
    rows = rows.filter(done_at__isnull=True).select_related("assignee")
    return list(rows.order_by("due_on", "id")[:SHOWN])


def done_on(record: Talked) -> list[Activity]:
    """What was done last about a record. One statement."""
    rows = Activity.objects.filter(record_type=record.type, record_id=record.pk)
    rows = rows.filter(done_at__isnull=False).select_related("done_by")
    return list(rows.order_by("-done_at", "-id")[:DONE_SHOWN])


def activity_of(actor: User, activity_id: int) -> tuple[Activity, Talked]:
    """An activity with its record, where the actor may see that. Raises NotFound."""
    return _one(actor, Activity.objects.all(), activity_id)


def activity_for_update(actor: User, activity_id: int) -> tuple[Activity, Talked]:
    """As `activity_of`, its row locked until the transaction ends."""
    return _one(actor, Activity.objects.select_for_update(of=("self",)), activity_id)


def _one(actor: User, rows: QuerySet[Activity], activity_id: int) -> tuple[Activity, Talked]:
    found = rows.select_related("assignee").filter(pk=activity_id).first()
    if found is None:
        raise NotFound("activity_not_found", gettext_noop("There is no such activity."))
    return found, record_of(actor, found.record_type, found.record_id)


def _visible(actor: User) -> QuerySet[Activity]:
    wanted = Q(pk__in=())
    for record_type in RecordType:
        wanted |= Q(record_type=record_type, record_id__in=visible_ids(actor, record_type))
    return Activity.objects.filter(wanted)


def _of_team(actor: User) -> Q:
    """The actor's team; everybody, for who belongs to none and reads everything."""
    if actor.team_id is not None:
        return Q(assignee__team_id=actor.team_id)
    return Q() if actor.role != Role.SALES else Q(assignee_id=actor.pk)
