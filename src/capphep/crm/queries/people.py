"""Those who sell, as far as the actor works with them."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet

from capphep.crm.models import Customer, Opportunity, Order
from capphep.crm.states import LicenceStatus, OpportunityStage
from capphep.platform.models import User
from capphep.platform.roles import Actor, Role, sees_all

CLOSED: Final = (LicenceStatus.APPROVED, LicenceStatus.REVOKED)
"""Nothing is to be done about such an order any more."""


def visible_salespeople(actor: Actor) -> QuerySet[User]:
    """The actor's team and the actor; for who reads everything, all who sell or ever sold."""
    people = User.objects.filter(Q(role__in=(Role.SALES, Role.MANAGER)) | Q(pk=actor.pk))
    if sees_all(actor):
        return people
    mine = Q(pk=actor.pk)
    return people.filter(mine | Q(team_id=actor.team_id) if actor.team_id else mine)


def sellers(actor: Actor) -> QuerySet[User]:
    """Those of them who may be given something to sell: they sell, and sign in."""
    return visible_salespeople(actor).filter(role=Role.SALES, is_active=True)


# --- what somebody else has to take over when a person goes -----------------------------------


def customers_of(person: User) -> QuerySet[Customer]:
    return Customer.objects.filter(owner=person, is_active=True)


def chances_of(person: User) -> QuerySet[Opportunity]:
    return Opportunity.objects.filter(salesperson=person, stage=OpportunityStage.OPEN)


def orders_of(person: User) -> QuerySet[Order]:
    """Those that something is still to be done about."""
    followed = Order.objects.filter(salesperson=person, is_active=True)
    return followed.exclude(licence_status__in=CLOSED)
