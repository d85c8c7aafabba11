"""The queue: how long a request waits, who handles it, which withdrawals wait."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.utils import timezone

from capphep.ims import options
from capphep.ims.models import Absence
from capphep.ims.queries.absences import stood_in_for
from capphep.ims.queries.desk import desk_requests
from capphep.ims.queries.withdrawals import proposals
from capphep.ims.rules import Age, Ageing, age
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, Role, may
from capphep.provisioning.models import LicenceRequest, Round
from capphep.provisioning.states import RequestStatus, WithdrawalStatus

MINE: Final = "mine"
NOBODYS: Final = "none"


def with_rounds(rows: QuerySet[LicenceRequest]) -> QuerySet[LicenceRequest]:
    """The same rows; `round_of` says how often each was sent."""
    rounds = Round.objects.filter(request=OuterRef("pk")).order_by("-number")
    return rows.annotate(round_number=Subquery(rounds.values("number")[:1]))


def round_of(request: LicenceRequest) -> int:
    """The number of the latest sending, of a request from `with_rounds`."""
    return getattr(request, "round_number", None) or 1


def of_ageing(
    rows: QuerySet[LicenceRequest], states: Collection[str], day: datetime.date
) -> QuerySet[LicenceRequest]:
    """Of what waits, the requests that stand in one of these ways to their target day."""
    conditions = {
        Ageing.ON_TIME: Q(due_on__gt=day),
        Ageing.DUE_TODAY: Q(due_on=day),
        Ageing.OVERDUE: Q(due_on__lt=day),
    }
    wanted = Q(pk__in=[])
    for state in states:
        wanted |= conditions[Ageing(state)]
    return rows.filter(wanted, status=RequestStatus.WAITING)


def of_holders(
    rows: QuerySet[LicenceRequest],
    holders: Collection[str],
    actor: Actor,
    away: Mapping[int, Absence],
) -> QuerySet[LicenceRequest]:
    """Those that one of these handles: "mine", "none" or the id of a person.

    "mine" holds what the actor stands in for: of who is away, ``away`` by officer id.
    """
    wanted = Q(assigned_to__in=[int(holder) for holder in holders if holder.isdecimal()])
    if MINE in holders:
        wanted |= Q(assigned_to__in=[actor.pk, *stood_in_for(actor, away.values())])
    if NOBODYS in holders:
        wanted |= Q(assigned_to=None)
    return rows.filter(wanted)


def holders() -> QuerySet[User]:
    """Active officers, and whoever else still handles something that waits."""
    waiting = LicenceRequest.objects.filter(status=RequestStatus.WAITING)
    active = Q(role=Role.OFFICER, is_active=True)
    handling = Q(pk__in=waiting.filter(assigned_to__isnull=False).values("assigned_to"))
    return User.objects.filter(active | handling).order_by("sort_key", "id")


def age_of(request: LicenceRequest, day: datetime.date) -> Age | None:
    """How long it waits on the local day; None where it does not wait."""
    if request.status != RequestStatus.WAITING or not request.due_on or not request.sent_at:
        return None
    return age(sent_on=timezone.localdate(request.sent_at), due_on=request.due_on, day=day)


def with_proposals(actor: Actor) -> QuerySet[LicenceRequest]:
    """Approved requests of which a withdrawal waits to be confirmed.

    Each has it as the only one of ``withdrawals.all()``. Raises Forbidden.
    """
    return (
        desk_requests(actor)
        .filter(withdrawals__status=WithdrawalStatus.PROPOSED)
        .prefetch_related(Prefetch("withdrawals", proposals()))
    )


def next_waiting(actor: Actor, away: Mapping[int, Absence]) -> LicenceRequest | None:
    """The oldest request on which the actor may decide: first of their own, then nobody's.

    Their own are those that they handle and that they stand in for. One statement.
    """
    if not may(actor, Permission.REQUEST_DECIDE):
        return None
    own = Q(assigned_to__in=[actor.pk, *stood_in_for(actor, away.values())])
    rows = _waiting(actor).filter(own | Q(assigned_to=None))
    if options.TWO_PEOPLE.value():
        rows = rows.exclude(Q(created_by_id=actor.pk) | Q(sent_by_id=actor.pk))
    is_nobodys = Case(When(assigned_to=None, then=True), default=False)
    return rows.order_by(is_nobodys, "sent_at", "id").first()


def neighbours(
    actor: Actor, record: LicenceRequest
) -> tuple[LicenceRequest | None, LicenceRequest | None]:
    """What waits before and after the request, in the order of sending. Two statements."""
    waiting, sent_at = _waiting(actor), record.sent_at
    before = waiting.filter(Q(sent_at__lt=sent_at) | Q(sent_at=sent_at, pk__lt=record.pk))
    after = waiting.filter(Q(sent_at__gt=sent_at) | Q(sent_at=sent_at, pk__gt=record.pk))
    return before.order_by("-sent_at", "-id").first(), after.order_by("sent_at", "id").first()


def _waiting(actor: Actor) -> QuerySet[LicenceRequest]:
    return desk_requests(actor).filter(status=RequestStatus.WAITING)
