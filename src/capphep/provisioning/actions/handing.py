"""A colleague takes over the requests that a person made, or handles."""

from __future__ import annotations

from capphep.platform.handing import hand_over
from capphep.platform.models import User
from capphep.platform.roles import Actor
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import OPEN, RequestStatus


def hand_over_requests(actor: Actor, person: User, successor: User) -> int:
    """Those that are open; who sent which round stays known (R6). Returns how many."""
    own = LicenceRequest.objects.filter(created_by=person, status__in=OPEN)
    handled = LicenceRequest.objects.filter(assigned_to=person, status=RequestStatus.WAITING)
    makes = hand_over(
        actor,
        own.select_related("created_by"),
        "created_by",
        successor,
        moves_team=True,
        versioned=False,
    )
    handles = hand_over(
        actor, handled.select_related("assigned_to"), "assigned_to", successor, versioned=False
    )
    return sum(map(len, makes)) + sum(map(len, handles))
