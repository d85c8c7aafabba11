"""A colleague takes over what a person sells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from capphep.crm.events import customer_event, opportunity_event, order_event
from capphep.crm.models import Customer, Opportunity, Order
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
    return _sales(actor, chances_of(person), orders_of(person), successor)


def hand_over_sales_at(actor: Actor, customer: Customer, person: User, successor: User) -> int:
    """Those of one customer."""
    chances = chances_of(person).filter(customer=customer)
    return _sales(actor, chances, orders_of(person).filter(customer=customer), successor)


def _sales(
    actor: Actor, chances: QuerySet[Opportunity], orders: QuerySet[Order], successor: User
) -> int:
    """What reports count by salesperson follows the events."""
    count = 0
    for moved in _moved(actor, chances, successor):
        fresh = Opportunity.objects.select_related("customer").filter(pk__in=moved)
        outbox.enqueue([opportunity_event("opportunity.changed", one) for one in fresh])
        count += len(moved)
    for moved in _moved(actor, orders, successor):
        again = Order.objects.select_related("product").filter(pk__in=moved)
        outbox.enqueue([order_event("order.changed", one) for one in again])
        count += len(moved)
    return count


def _moved(actor: Actor, rows: QuerySet[Any], successor: User) -> Iterator[list[int]]:
    """The keys of some at a time."""
    with_name = rows.select_related("salesperson")
    for records in hand_over(actor, with_name, "salesperson", successor, moves_team=True):
        yield [one.pk for one in records]
