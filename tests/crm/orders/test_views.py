"""The list of orders and the page of one: what they show, to whom."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.actions.orders import (
    move_licence_status,
)
from capphep.crm.models import Customer, Order
from capphep.platform.models import User
from tests.conftest import signed_in
from tests.crm.orders.posted import HTMX, text_of, typed
from tests.plumbing.sql_counts import Counter

# --- the list ------------------------------------------------------------------------------------


@pytest.fixture
def many_orders(order: Order, salesperson: User) -> None:
    """Enough orders for a second page."""
    orders = []
    for n in range(2, 72):
        copy = Order.objects.get(pk=order.pk)
        copy.pk, copy.order_no = None, f"DH-2025-{n:06d}"
        copy.search_key = f"dh-2025-{n:06d} hd-{n} 1234567 ubnd xa dong hai"
        orders.append(copy)
    Order.objects.bulk_create(orders)


def test_the_list_costs_few_statements_whatever_its_length(
    sales_client: Client, many_orders: None, statements: Counter
) -> None:
    with statements("crm.order_list", at_most=8):
        response = sales_client.get(reverse("crm:order_list"))
    assert response.status_code == 200
    with statements("crm.order_list.search", at_most=8):
        sales_client.get(reverse("crm:order_list"), {"q": "đông hải", "status": "not_requested"})


@pytest.mark.parametrize("search", ["dh-2025-000007", "DH-2025-000007", "hđ-7", "HD-7 xã đông"])
def test_the_search_box_finds_an_order_with_and_without_accents(
    sales_client: Client, many_orders: None, search: str
) -> None:
    response = sales_client.get(reverse("crm:order_list"), {"q": search})
    assert "DH-2025-000007" in response.content.decode()


def test_the_list_filters_by_status(sales_client: Client, order: Order, salesperson: User) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    address = reverse("crm:order_list")
    assert order.order_no in sales_client.get(address, {"status": "pending"}).content.decode()
    other = sales_client.get(address, {"status": "approved"}).content.decode()
    assert order.order_no not in other


def test_a_page_follows_the_one_before_it(sales_client: Client, many_orders: None) -> None:
    first = sales_client.get(reverse("crm:order_list"))
    following = first.context["page"].next_href
    second = sales_client.get(following)
    shown = {each.record.pk for page in (first, second) for each in page.context["page"].rows}
    assert len(shown) == 71


# --- the order's page ----------------------------------------------------------------------------


def test_the_page_shows_number_amounts_and_words(sales_client: Client, order: Order) -> None:
    text = text_of(sales_client.get(reverse("crm:order", args=[order.pk])))
    for expected in (
        order.order_no,
        "UBND Xã Đông Hải",
        "IGOV-VPS-50",
        "11.000.000 đ",
        "Mười một triệu đồng",
        "Chưa yêu cầu",
    ):
        assert expected in text


def test_the_page_costs_few_statements(
    sales_client: Client, order: Order, statements: Counter
) -> None:
    with statements("crm.order", at_most=10):
        sales_client.get(reverse("crm:order", args=[order.pk]))


# --- who may -------------------------------------------------------------------------------------


READS = {"salesperson": 200, "colleague": 200, "officer": 200, "auditor": 200, "administrator": 200}
WRITES = {"salesperson": 200, "colleague": 403, "officer": 403, "auditor": 403}
FORMS = {"salesperson": 200, "colleague": 200, "officer": 403, "auditor": 403, "administrator": 403}


@pytest.mark.parametrize(("role", "status"), {**READS, "other_salesperson": 404}.items())
def test_who_reads_an_order(
    order: Order, request: pytest.FixtureRequest, role: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert client.get(reverse("crm:order", args=[order.pk])).status_code == status
    assert client.get(reverse("crm:order_list")).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), {**WRITES, "administrator": 403, "other_salesperson": 404}.items()
)
def test_who_edits_an_order(
    order: Order, request: pytest.FixtureRequest, role: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(role))
    address = reverse("crm:order_edit", args=[order.pk])
    assert client.get(address).status_code == status
    answer = client.post(address, typed(order.customer, version=1)).status_code
    assert answer == (422 if status == 200 else status)


@pytest.mark.parametrize(("role", "status"), FORMS.items())
def test_who_enters_orders(
    customer: Customer, request: pytest.FixtureRequest, role: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert client.get(reverse("crm:order_new")).status_code == status
    for name in ("order_goods", "order_goods_pasted", "order_goods_lines", "order_goods_row"):
        assert client.post(reverse(f"crm:{name}"), HTMX).status_code == status
    posted = client.post(reverse("crm:order_new"), typed(customer)).status_code
    assert posted == (422 if status == 200 else status)


def test_the_goods_are_asked_for_by_post_alone(sales_client: Client) -> None:
    assert sales_client.get(reverse("crm:order_goods")).status_code == 405


def test_an_order_of_another_team_is_not_in_the_list(
    order: Order, other_salesperson: User, colleague: User
) -> None:
    address = reverse("crm:order_list")
    assert order.order_no in signed_in(colleague).get(address).content.decode()
    assert order.order_no not in signed_in(other_salesperson).get(address).content.decode()
