"""An order edited on its form: by two, and once it was sent."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from capphep.crm.actions.orders import (
    move_licence_status,
)
from capphep.crm.models import Order
from capphep.platform.models import User
from tests import factories
from tests.crm.orders.posted import HTMX, row, text_of, typed
from tests.plumbing.sql_counts import Counter


def edited(order: Order, item_id: int, quantity: object, version: int = 1) -> dict[str, Any]:
    fields = typed(order.customer, version=version, contract_no="HĐ-mới")
    return fields | row(1, item_id, quantity)


def test_an_order_is_edited_on_its_form(
    sales_client: Client, order: Order, catalogue: factories.SmallCatalogue, statements: Counter
) -> None:
    address = reverse("crm:order_edit", args=[order.pk])
    response = sales_client.get(address)
    assert 'name="lines-1-quantity" value="2"' in response.content.decode()
    band = response.context["band"]
    assert (band.number, band.title) == (order.order_no, order.customer.name)
    assert (band.primary.label, len(band.steps), list(band.actions)) == ("Lưu", 3, [])
    with statements("crm.order_edit.save", at_most=35):
        response = sales_client.post(address, edited(order, catalogue.books_1.pk, "5"))
    assert response.status_code == 302
    order.refresh_from_db()
    assert (order.total, order.contract_no) == (15_000_000, "HĐ-mới")


def test_the_later_of_two_editors_sees_the_others_change_and_keeps_their_own(
    sales_client: Client, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    address = reverse("crm:order_edit", args=[order.pk])
    sales_client.post(address, edited(order, catalogue.books_1.pk, "5"))
    late = edited(order, catalogue.books_1.pk, "7") | {
        "contract_no": "HĐ-sau",
        "discount_kind": "percent",
        "discount_percent": "10",
    }
    response = sales_client.post(address, late)
    assert response.status_code == 409
    page, text = response.content.decode(), text_of(response)
    assert "HĐ-mới" in text  # what the other one saved
    assert 'value="HĐ-sau"' in page
    assert 'name="lines-1-quantity" value="7"' in page
    assert "5 × 3.000.000 đ" in text and "7 × 3.000.000 đ" in text
    assert "Phần trăm đơn hàng: 10" in text
    assert 'name="version" value="2"' in page
    order.refresh_from_db()
    assert order.total == 15_000_000
    assert sales_client.post(address, late | {"version": 2}).status_code == 302


def test_a_sent_order_shows_its_goods_locked_and_takes_its_details(
    sales_client: Client, order: Order, salesperson: User
) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    address = reverse("crm:order_edit", args=[order.pk])
    response = sales_client.get(address)
    page = response.content.decode()
    assert 'name="lines-1-quantity"' not in page
    assert "Thu hồi yêu cầu" in text_of(response)
    fields = {"scope": "details", "version": 1, "contract_no": "HĐ-5", "customer": 999}
    assert sales_client.post(address, fields).status_code == 302
    order.refresh_from_db()
    assert (order.contract_no, order.total) == ("HĐ-5", 11_000_000)


def test_a_form_opened_before_the_order_was_sent_is_refused(
    sales_client: Client, order: Order, salesperson: User, catalogue: factories.SmallCatalogue
) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    address = reverse("crm:order_edit", args=[order.pk])
    response = sales_client.post(address, edited(order, catalogue.books_1.pk, "5"), **HTMX)
    assert response.status_code == 409
    assert "Thu hồi yêu cầu" in text_of(response)
    order.refresh_from_db()
    assert order.total == 11_000_000
