"""A colleague takes over what a person sells."""

from __future__ import annotations

from capphep.crm.events import customer_event
from capphep.crm.models import Customer
from capphep.crm.queries.people import chances_of, customers_of, orders_of
from capphep.platform import outbox
from capphep.platform.handing import hand_over
from capphep.platform.models import User
from capphep.platform.roles import Actor


def hand_over_customers(actor: Actor, person: User, successor: User) -> int:
    """Followed customers; those that are not stay with the name. Returns how many."""
    rows = customers_of(person).select_related("owner")
    count = 0
    for moved in hand_over(actor, rows, "owner", successor, moves_team=True):
        keys = [one.pk for one in moved]
        fresh = Customer.objects.select_related("sector", "parent").filter(pk__in=keys)
        outbox.enqueue([customer_event("customer.changed", one) for one in fresh])
        count += len(moved)
    return count


def hand_over_sales(actor: Actor, person: User, successor: User) -> int:
    """Open opportunities and orders; what is done stays with the name. Returns how many."""
    return sum(
        len(moved)
        for rows in (chances_of(person), orders_of(person))
        for moved in hand_over(
            actor, rows.select_related("salesperson"), "salesperson", successor, moves_team=True
        )
    )
