"""One customer, opportunity or order goes from one salesperson, and team, to another."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from capphep.crm.actions.handing import hand_over_sales_at
from capphep.crm.actions.records import write_changes
from capphep.crm.events import customer_event, opportunity_event, order_event
from capphep.crm.models import Customer, Opportunity, Order
from capphep.crm.queries.customers import customer_merged, customer_not_found, visible_customers
from capphep.crm.queries.orders import order_not_found, visible_orders
from capphep.crm.queries.people import CLOSED, sellers
from capphep.crm.queries.sales import opportunity_not_found, visible_opportunities
from capphep.crm.states import OpportunityStage
from capphep.platform import outbox
from capphep.platform.models import User
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Conflict, Invalid, NotFound, gettext_noop

T = TypeVar("T", Customer, Opportunity, Order)


@transaction.atomic
def hand_over_customer(
    *, actor: Actor, customer_id: int, seen_version: int, successor_id: int, with_sales: bool
) -> User | None:
    """Returns who had the customer, None for the common pool.

    ``with_sales``: open opportunities and orders that this person has there go along. Raises
    Forbidden, NotFound, Stale; Invalid ``no_successor``; Conflict ``customer_merged``,
    ``already_theirs``.
    """
    require(actor, Permission.HAND_OVER)
    successor = _successor(actor, successor_id)
    rows = visible_customers(actor).select_related("owner", "team", "parent", "sector")
    customer = _locked(rows, customer_id, customer_not_found())
    before = customer.owner
    if customer.merged_into_id is not None:
        raise customer_merged()
    _require_other(before, successor)
    _write(actor, customer, seen_version, "owner", successor)
    outbox.enqueue([customer_event("customer.changed", customer)])
    if with_sales and before:
        hand_over_sales_at(actor, customer, before, successor)
    return before


@transaction.atomic
def hand_over_opportunity(
    *, actor: Actor, opportunity_id: int, seen_version: int, successor_id: int
) -> None:
    """Raises Forbidden, NotFound, Stale; Invalid ``no_successor``; Conflict ``already_theirs``,
    ``sale_closed``: what is done stays with the name."""
    require(actor, Permission.HAND_OVER)
    successor = _successor(actor, successor_id)
    rows = visible_opportunities(actor).select_related("salesperson", "team", "customer")
    opportunity = _locked(rows, opportunity_id, opportunity_not_found())
    _require_open(is_open=opportunity.stage == OpportunityStage.OPEN)
    _require_other(opportunity.salesperson, successor)
    _write(actor, opportunity, seen_version, "salesperson", successor)
    outbox.enqueue([opportunity_event("opportunity.changed", opportunity)])


@transaction.atomic
def hand_over_order(*, actor: Actor, order_id: int, seen_version: int, successor_id: int) -> Order:
    """As `hand_over_opportunity`. Its requests are the concern of the module above."""
    require(actor, Permission.HAND_OVER)
    successor = _successor(actor, successor_id)
    rows = visible_orders(actor).select_related("salesperson", "team", "customer", "product")
    order = _locked(rows, order_id, order_not_found())
    _require_open(is_open=order.licence_status not in CLOSED)
    _require_other(order.salesperson, successor)
    _write(actor, order, seen_version, "salesperson", successor)
    outbox.enqueue([order_event("order.changed", order)])
    return order


def _successor(actor: Actor, successor_id: int) -> User:
    """Held until the commit: who leaves at this moment hands this on too (`shell.leaving`)."""
    rows = sellers(actor).select_related("team").select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=successor_id).first()
    if found is None:
        message = gettext_noop("Choose an active salesperson.")
        raise Invalid("no_successor", message, field="successor")
    return found


def _locked(rows: QuerySet[T], key: int, missing: NotFound) -> T:
    found = rows.select_for_update(of=("self",)).filter(pk=key).first()
    if found is None:
        raise missing
    return found


def _require_other(before: User | None, successor: User) -> None:
    if before == successor:
        message = gettext_noop("It is in this person's hands already.")
        raise Conflict("already_theirs", message)


def _require_open(*, is_open: bool) -> None:
    if not is_open:
        message = gettext_noop("It is closed: what is done stays with the name of who sold it.")
        raise Conflict("sale_closed", message)


def _write(actor: Actor, record: T, seen_version: int, column: str, successor: User) -> None:
    values: dict[str, Any] = {column: successor, "team": successor.team}
    write_changes(actor, record, seen_version, values, "handed_over")
