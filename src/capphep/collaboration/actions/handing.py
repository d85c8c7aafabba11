"""A colleague takes over what a person has to do."""

from __future__ import annotations

from capphep.collaboration.models import Activity
from capphep.platform.handing import hand_over
from capphep.platform.models import User
from capphep.platform.roles import Actor


def hand_over_activities(actor: Actor, person: User, successor: User) -> int:
    """What is still to be done. Returns how many."""
    rows = Activity.objects.filter(assignee=person, done_at__isnull=True)
    moved = hand_over(actor, rows.select_related("assignee"), "assignee", successor)
    return sum(map(len, moved))
