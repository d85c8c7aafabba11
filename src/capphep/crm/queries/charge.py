"""Which salespeople look after a customer, for what they should be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, When

from capphep.crm.models import Customer, Order
from capphep.platform.models import User
from capphep.platform.roles import Role


def salespeople_of(customer_ids: Collection[int]) -> dict[int, Sequence[int]]:
    """The accounts to tell of each customer, by its id. Two statements.

    The salesperson in charge; else the one of its last order; else, as in the pool, everybody of
    its team, or everybody where it has none. Who cannot sign in any more is told nothing;
    neither is anybody of a customer that is no longer followed.
    """
    sellers = dict(
        User.objects.filter(role=Role.SALES, is_active=True)
        .order_by("id")
        .values_list("pk", "team_id")
    )
    by_team: dict[int | None, list[int]] = defaultdict(list)
    for user_id, team_id in sellers.items():
        by_team[team_id].append(user_id)
    return {
        customer_id: _told(one, team_id, sellers, by_team)
        for customer_id, one, team_id in _rows(customer_ids)
    }


def _told(
    one: int | None,
    team_id: int | None,
    sellers: Collection[int],
    by_team: Mapping[int | None, Sequence[int]],
) -> Sequence[int]:
    if one is not None:
        return [one]
    of_team = by_team.get(team_id, ()) if team_id is not None else ()
    return of_team or list(sellers)


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
