"""The form of an order: what it begins with, what it answers to bad input."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.platform import clock
from capphep.platform.models import User
from tests import factories
from tests.conftest import signed_in
from tests.crm.orders.posted import row, text_of, typed
from tests.plumbing.sql_counts import Counter


def test_saving_a_new_order_opens_its_page(
    sales_client: Client,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    statements: Counter,
) -> None:
    fields = typed(customer) | row(4, catalogue.books_1.pk, "2") | row(7, catalogue.users_50.pk, 1)
    with statements("crm.order_new.save", at_most=30):
        response = sales_client.post(reverse("crm:order_new"), fields)
    order = Order.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("crm:order", args=[order.pk])
    assert order.total == 11_000_000


def test_an_empty_form_comes_back_with_what_it_needs(sales_client: Client, north: object) -> None:
    response = sales_client.post(reverse("crm:order_new"), {"contact_name": "Bà Sáu"})
    text = text_of(response)
    assert response.status_code == 422
    assert "Chọn khách hàng." in text
    assert "Hãy chọn ít nhất một mã hàng hóa" in text
    assert 'value="Bà Sáu"' in response.content.decode()


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1000000000000", ""])
def test_a_wrong_quantity_comes_back_at_its_row(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue, quantity: str
) -> None:
    fields = typed(customer) | row(1, catalogue.books_1.pk, 3)
    fields |= row(2, catalogue.users_50.pk, quantity)
    response = sales_client.post(reverse("crm:order_new"), fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Dòng 2, Số lượng:" in text_of(response)
    assert 'href="#lines-2-quantity"' in page
    assert re.search(
        rf'name="lines-2-quantity" value="{re.escape(quantity)}"[^>]*aria-invalid', page
    )
    assert re.search(r'name="lines-1-quantity" value="3"(?![^>]*aria-invalid)', page)
    assert not Order.objects.exists()


def test_an_item_that_may_not_be_bought_comes_back_at_its_row(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    fields = typed(customer) | row(1, catalogue.base.pk, 1) | row(2, 10**30, 1)
    response = sales_client.post(reverse("crm:order_new"), fields)
    assert response.status_code == 422
    text = text_of(response)
    assert "Dòng 1, Hàng hóa: Khách hàng iGOV chỉ được mua thêm" in text
    assert "Dòng 2, Hàng hóa: Không có hàng hóa này" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"ordered_on": "32/13/2026"},
        {"customer": "abc"},
        {"customer": str(10**30)},
        {"project": "999"},
        {"discount_kind": "percent", "discount_percent": "101"},
        {"discount_kind": "amount", "discount_amount": "1,5"},
        {"discount_kind": "nonsense"},
        {"contact_email": "\x00"},
        {"contact_phone": "12"},
        {"token": "no-token"},
        {"order": "7" * 30},
    ],
)
def test_nonsense_is_never_a_server_error(
    sales_client: Client,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    fields: dict[str, str],
) -> None:
    posted = typed(customer) | row(1, catalogue.books_1.pk, 1) | fields
    for name in ("order_new", "order_goods", "order_goods_lines", "order_goods_row"):
        response = sales_client.post(reverse(f"crm:{name}"), posted)
        assert response.status_code < 500


def test_what_was_typed_when_the_session_ended_is_back_after_signing_in(
    salesperson: User, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    client = signed_in(salesperson)
    client.get(reverse("crm:order_list"))
    del client.cookies["sessionid"]
    fields = typed(customer, contract_no="HĐ-77") | row(1, catalogue.books_1.pk, "12")
    address = reverse("crm:order_new")
    response = client.post(address, fields)
    assert response.status_code == 302
    client.post(
        response["Location"], {"username": salesperson.username, "password": factories.PASSWORD}
    )
    page = client.get(address).content.decode()
    assert 'value="HĐ-77"' in page
    assert 'name="lines-1-quantity" value="12"' in page
    assert not Order.objects.exists()


def test_a_form_opens_from_a_customer_with_its_data(
    sales_client: Client, customer: Customer
) -> None:
    factories.contact(customer, position="Kế toán", phone="0912345678", email="an@example.vn")
    page = sales_client.get(reverse("crm:order_new"), {"customer": customer.pk}).content.decode()
    for value in (
        "1234567",
        "Mua thêm tài nguyên iGOV – UBND Xã Đông Hải",
        "Nguyễn Văn An",
        "Kế toán",
        "0912345678",
        "an@example.vn",
    ):
        assert f'value="{value}"' in page


def test_a_form_opens_from_an_opportunity_with_its_data(
    sales_client: Client, customer: Customer, salesperson: User
) -> None:
    project = SalesProject.objects.create(code="HCSN", name="HCSN 2026", search_key="hcsn")
    opportunity = Opportunity.objects.create(
        name="Thêm 50 người dùng",
        search_key="",
        customer=customer,
        project=project,
        salesperson=salesperson,
        team=salesperson.team,
    )
    response = sales_client.get(reverse("crm:order_new"), {"opportunity": opportunity.pk})
    initial = response.context["form"].initial
    assert (initial["customer"], initial["project"]) == (customer, project)
    assert initial["description"] == "Thêm 50 người dùng"


@pytest.mark.parametrize("source", ["customer", "opportunity", "copy"])
def test_a_form_from_what_the_actor_may_not_know_is_not_found(
    sales_client: Client, source: str
) -> None:
    response = sales_client.get(reverse("crm:order_new"), {source: 999})
    assert response.status_code == 404


def test_a_copied_order_is_a_new_one_with_the_same_goods(
    sales_client: Client, order: Order
) -> None:
    response = sales_client.get(reverse("crm:order_new"), {"copy": order.pk})
    assert response.context["order"] is None
    assert [
        (each.source.sku, each.typed.quantity) for each in response.context["goods"].grid.rows
    ] == [
        ("IGOV-KT-1", "2"),
        ("IGOV-VPS-50", "1"),
    ]


def test_a_customer_at_a_glance_says_what_it_owns_and_what_is_under_way(
    sales_client: Client, order: Order, statements: Counter
) -> None:
    address = reverse("crm:customer_glance", args=[order.customer_id])
    with statements("crm.customer_glance", at_most=8):
        response = sales_client.get(address)
    text = text_of(response)
    assert "iGOV đến" in text
    assert order.order_no in text
    assert "Người sales" in text
    held = sales_client.get(reverse("ims:customer_glance", args=[order.customer_id]))
    assert held.status_code == 200


def test_a_customer_of_another_team_shows_nothing(
    order: Order, other_salesperson: User, sales_client: Client
) -> None:
    stranger = signed_in(other_salesperson)
    for name in ("crm:customer_glance", "ims:customer_glance"):
        assert stranger.get(reverse(name, args=[order.customer_id])).status_code == 404


def test_a_copied_order_takes_todays_prices_and_says_what_is_no_longer_sold(
    sales_client: Client, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    catalogue.books_1.unit_price = 4_000_000
    catalogue.books_1.save()
    catalogue.users_50.is_active = False
    catalogue.users_50.save()
    response = sales_client.get(reverse("crm:order_new"), {"copy": order.pk})
    assert "8.000.000 đ" in text_of(response)
    assert "IGOV-VPS-50 đã ngừng bán" in text_of(response)
    assert response.context["form"]["ordered_on"].value() == clock.today()


def test_autofill_answers_what_the_customer_is_known_by(
    sales_client: Client, customer: Customer, other_salesperson: User
) -> None:
    factories.contact(customer)
    address = reverse("crm:order_autofill")
    filled = sales_client.get(address, {"customer": customer.pk}).json()
    assert filled["budget_code"] == "1234567"
    assert filled["contact_name"] == "Nguyễn Văn An"
    assert sales_client.get(address).json() == {}
    assert signed_in(other_salesperson).get(address, {"customer": customer.pk}).status_code == 404
