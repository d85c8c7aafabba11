"""Several people at once: every order has its own number, and no edit is lost."""

from __future__ import annotations

import pytest

from capphep.crm.actions.orders import (
    LineInput,
    OrderHeader,
    create_order,
    edit_order,
    move_licence_status,
)
from capphep.crm.models import Customer, Order
from capphep.platform import clock
from capphep.platform.models import AuditEntry, OutboxEvent, User
from capphep.platform.versions import Stale
from capphep.pure.errors import Conflict
from tests import factories
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_orders_at_once_get_ten_numbers_without_a_gap(
    salesperson: User, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    def enter() -> str:
        order = create_order(
            actor=salesperson,
            header=OrderHeader(customer_id=customer.pk),
            lines=[LineInput(catalogue.books_1.pk, 1)],
        )
        return order.order_no

    outcomes = race(enter, 10)
    assert losers(outcomes) == []
    year = clock.today().year
    assert sorted(winners(outcomes)) == [f"DH-{year}-{n:06d}" for n in range(1, 11)]
    assert OutboxEvent.objects.filter(type="order.created").count() == 10


def edit(salesperson: User, order: Order, item_id: int, quantity: int) -> Order:
    return edit_order(
        actor=salesperson,
        order_id=order.pk,
        seen_version=1,
        header=OrderHeader(customer_id=order.customer_id),
        lines=[LineInput(item_id, quantity)],
    )


def test_of_two_edits_at_once_one_wins_whole(
    salesperson: User, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    books = catalogue.books_1.pk
    outcomes = race(
        [
            lambda: edit(salesperson, order, books, 3),
            lambda: edit(salesperson, order, books, 4),
        ]
    )
    (loser,) = losers(outcomes)
    assert isinstance(loser, Stale)
    (won,) = winners(outcomes)
    order.refresh_from_db()
    line = order.lines.get()
    assert (order.version, order.total) == (2, won.total)
    assert line.total == order.total
    assert AuditEntry.objects.filter(verb="edited").count() == 1


def test_an_order_is_not_changed_once_it_is_sent(
    salesperson: User, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    def send() -> None:
        move_licence_status(actor=salesperson, order=Order.objects.get(pk=order.pk), verb="send")

    outcomes = race([send, lambda: edit(salesperson, order, catalogue.books_1.pk, 9)])
    order.refresh_from_db()
    assert order.licence_status == "pending"
    refused = losers(outcomes)
    # Either the edit came first, or it was refused: never a change of an order that is out.
    assert [error.code for error in refused if isinstance(error, Conflict)] in (
        [],
        ["order_frozen"],
    )
    assert order.total == (27_000_000 if not refused else 11_000_000)
