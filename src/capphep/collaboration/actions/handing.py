"""A colleague takes over what a person has to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from capphep.collaboration.actions.activities import assigned_key, due_key
from capphep.collaboration.models import Activity
from capphep.platform import notices
from capphep.platform.handing import hand_over
from capphep.platform.models import User
from capphep.platform.roles import Actor


def hand_over_activities(actor: Actor, person: User, successor: User) -> int:
    """What is still to be done. Returns how many."""
    return _moved(actor, _open_of(person), successor)


def hand_over_activities_at(
    actor: Actor,
    records: Mapping[str, Collection[int] | QuerySet[Any]],
    person: User,
    successor: User,
) -> int:
    """What the person still has to do at records, by type and keys, that went to the successor.

    Returns how many; what others have to do there stays with them.
    """
    there = Q(pk__in=())
    for record_type, keys in records.items():
        there |= Q(record_type=record_type, record_id__in=keys)
    return _moved(actor, _open_of(person).filter(there), successor)


def _open_of(person: User) -> QuerySet[Activity]:
    return Activity.objects.filter(assignee=person, done_at__isnull=True)


def _moved(actor: Actor, rows: QuerySet[Activity], successor: User) -> int:
    """What the person was told of it need not be read any more."""
    count = 0
    for moved in hand_over(actor, rows.select_related("assignee"), "assignee", successor):
        told = [due_key(one.pk, one.due_on) for one in moved]
        notices.settle([*told, *(assigned_key(one.pk, one.assignee_id) for one in moved)])
        count += len(moved)
    return count
