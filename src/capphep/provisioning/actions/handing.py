"""A colleague takes over the requests that a person made, or handles."""

from __future__ import annotations

from django.db.models import QuerySet

from capphep.crm.models import Order
from capphep.platform.handing import hand_over
from capphep.platform.models import User
from capphep.platform.roles import Actor
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import OPEN, RequestStatus


def hand_over_requests(actor: Actor, person: User, successor: User) -> int:
    """Those that are open; who sent which round stays known (R6). Returns how many."""
    own = LicenceRequest.objects.filter(created_by=person)
    handled = LicenceRequest.objects.filter(assigned_to=person, status=RequestStatus.WAITING)
    handles = hand_over(
        actor, handled.select_related("assigned_to"), "assigned_to", successor, versioned=False
    )
    return _made(actor, own, successor) + sum(map(len, handles))


def hand_over_of_order(actor: Actor, order: Order, successor: User) -> int:
    """The open request of an order that has gone to the successor. Returns how many."""
    return _made(actor, LicenceRequest.objects.filter(order=order), successor)


def hand_over_at(actor: Actor, customer_id: int, person: User, successor: User) -> int:
    """The person's open requests for a customer that has gone to the successor."""
    rows = LicenceRequest.objects.filter(customer=customer_id, created_by=person)
    return _made(actor, rows, successor)


def _made(actor: Actor, rows: QuerySet[LicenceRequest], successor: User) -> int:
    still = rows.filter(status__in=OPEN).exclude(created_by=successor).select_related("created_by")
    moved = hand_over(actor, still, "created_by", successor, moves_team=True, versioned=False)
    return sum(map(len, moved))
