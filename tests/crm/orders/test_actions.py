"""Orders are entered and changed under the rules, or refused with the input named."""

from __future__ import annotations

from capphep.crm.actions.orders import (
    LineInput,
    OrderHeader,
    edit_order,
    move_licence_status,
)
from capphep.crm.models import Customer, Order
from capphep.platform.models import AuditEntry, OutboxEvent, User
from tests import factories


def test_an_order_gets_its_number_amounts_and_search_key(
    order: Order, salesperson: User, customer: Customer
) -> None:
    order.refresh_from_db()
    assert order.order_no.startswith("DH-")
    assert order.total == 11_000_000
    assert order.salesperson == salesperson
    assert order.team == salesperson.team
    assert "ubnd xa dong hai" in order.search_key
    assert [line.position for line in order.lines.all()] == [1, 2]
    assert AuditEntry.objects.get().after["lines"]
    assert OutboxEvent.objects.get().type == "order.created"


def test_lines_keep_their_ids_when_their_items_stay(
    order: Order, salesperson: User, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    kept = order.lines.get(item=catalogue.users_50)
    edit_order(
        actor=salesperson,
        order_id=order.pk,
        seen_version=1,
        header=OrderHeader(customer_id=customer.pk, contract_no="HĐ-02"),
        lines=[LineInput(catalogue.users_50.pk, "3")],
    )
    line = Order.objects.get(pk=order.pk).lines.get()
    assert (line.pk, line.position, line.quantity, line.net) == (kept.pk, 1, 3, 15_000_000)


def test_the_licence_status_moves_by_the_table(order: Order, salesperson: User) -> None:
    change = move_licence_status(actor=salesperson, order=order, verb="send")
    assert change.before == {"licence_status": "not_requested"}
    assert change.after == {"licence_status": "pending"}
