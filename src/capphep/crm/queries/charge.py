"""Which salesperson looks after a customer, for what somebody should be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, When

from capphep.crm.models import Customer, Order
from capphep.platform.models import User
from capphep.platform.roles import Role


def salesperson_of(customer_ids: Collection[int]) -> dict[int, int]:
    """The account to tell of each customer, by its id; none where nobody sells. Two statements.

    The salesperson in charge; else the one of its last order; else, as in the pool, one of its
    team, or of everybody where it has none: each has as many customers as the others, and the
    same ones while nobody comes or goes. Who cannot sign in any more is told nothing; neither
    is anybody of a customer that is no longer followed.
    """
    sellers = list(
        User.objects.filter(role=Role.SALES, is_active=True)
        .order_by("id")
        .values_list("pk", "team_id")
    )
    by_team: dict[int | None, list[int]] = defaultdict(list)
    for user_id, team in sellers:
        by_team[team].append(user_id)
    everybody = [user_id for user_id, _team in sellers]
    told: dict[int, int] = {}
    for customer_id, one, team_id in _rows(customer_ids):
        of_team = by_team.get(team_id, ()) if team_id is not None else ()
        possible = [one] if one is not None else of_team or everybody
        if possible:
            told[customer_id] = possible[customer_id % len(possible)]
    return told


def _rows(customer_ids: Collection[int]) -> list[tuple[int, int | None, int | None]]:
    """Customer, the one salesperson who is told, the team."""
    orders = Order.objects.filter(
        customer=OuterRef("pk"), salesperson__is_active=True, salesperson__role=Role.SALES
    )
    last = Subquery(orders.order_by("-id").values("salesperson")[:1])
    own = When(owner__is_active=True, owner__role=Role.SALES, then=F("owner"))
    rows = Customer.objects.filter(pk__in=customer_ids, is_active=True)
    one = Case(own, default=last, output_field=BigIntegerField())
    return list(rows.annotate(one=one).values_list("pk", "one", "team_id"))
