"""Those who sell, as far as the actor works with them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from capphep.platform.models import User
from capphep.platform.roles import Actor, Role, sees_all


def visible_salespeople(actor: Actor) -> QuerySet[User]:
    """The actor's team and the actor; for who reads everything, all who sell or ever sold."""
    people = User.objects.filter(Q(role__in=(Role.SALES, Role.MANAGER)) | Q(pk=actor.pk))
    if sees_all(actor):
        return people
    mine = Q(pk=actor.pk)
    return people.filter(mine | Q(team_id=actor.team_id) if actor.team_id else mine)
