"""The list of customers and the page of one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from capphep.crm.models import Customer
from capphep.platform.models import User
from tests import factories, stories
from tests.conftest import signed_in
from tests.crm.posted import HTMX, url
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

# --- the list ------------------------------------------------------------------------------------


def test_the_list_shows_what_a_salesperson_may_see(
    sales_client: Client,
    own_customer: Customer,
    pool_customer: Customer,
    team_customer: Customer,
    foreign_customer: Customer,
) -> None:
    text = sales_client.get(url("customer_list")).content.decode()
    for seen in (own_customer, pool_customer, team_customer):
        assert seen.name in text
    assert foreign_customer.name not in text


def test_the_list_is_searched_without_accents(
    sales_client: Client, own_customer: Customer, pool_customer: Customer
) -> None:
    text = sales_client.get(url("customer_list"), {"q": "dong hai"}).content.decode()
    assert own_customer.name in text
    assert pool_customer.name not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"active": "0"}, {"Trường THCS Mai Hạ"}),
        ({"active": "1"}, {"UBND Xã Đông Hải", "UBND Xã Yên Phong"}),
        ({"level": "2"}, {"UBND Xã Yên Phong"}),
        ({"kind": "education"}, {"Trường THCS Mai Hạ"}),
        ({"charge": "mine"}, {"UBND Xã Đông Hải"}),
        ({"charge": "pool"}, {"Trường THCS Mai Hạ"}),
        ({"charge": ["team", "pool"]}, None),
        ({"level": "9", "sort": "nothing", "after": "forged"}, None),
    ],
)
def test_the_list_is_filtered(
    sales_client: Client,
    own_customer: Customer,
    pool_customer: Customer,
    team_customer: Customer,
    query: dict[str, Any],
    found: set[str] | None,
) -> None:
    Customer.objects.filter(pk=pool_customer.pk).update(
        is_active=False, public_unit_kind="education"
    )
    Customer.objects.filter(pk=team_customer.pk).update(level=2)
    page = sales_client.get(url("customer_list"), query).context["page"]
    every = {own_customer.name, pool_customer.name, team_customer.name}
    assert {row.record.name for row in page.rows} == (every if found is None else found)


@pytest.mark.parametrize("sort", ["budget_code", "-name", "level", "-chapter_code", "province"])
def test_the_list_is_sorted_and_paged(sales_client: Client, db: None, sort: str) -> None:
    for number in range(60):
        factories.customer(f"1{number:06}", f"Xã {number:02}", chapter_code=f"8{number:02}")
    address, seen = f"{url('customer_list')}?sort={sort}", []
    while address:
        page = sales_client.get(address).context["page"]
        seen += [row.record.pk for row in page.rows]
        address = page.next_href
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.parametrize("rows", [1, 45])
def test_the_list_costs_the_same_whatever_its_length(
    salesperson: User, catalogue: SmallCatalogue, statements: Counter, rows: int
) -> None:
    for number in range(rows):
        customer = factories.customer(f"1{number:06}", f"Xã {number}", owner=salesperson)
        factories.owns(customer, catalogue.igov)
    client = signed_in(salesperson)
    with statements("crm.customers.list", at_most=8):
        assert "iGOV" in client.get(url("customer_list")).content.decode()


def test_the_list_as_a_fragment_is_the_table_alone(
    sales_client: Client, own_customer: Customer
) -> None:
    text = sales_client.get(url("customer_list"), **HTMX).content.decode()
    assert own_customer.name in text
    assert "<html" not in text


# --- a customer's page ---------------------------------------------------------------------------


def test_the_page_shows_data_people_products_orders_and_history(
    salesperson: User, sales_client: Client, own_customer: Customer, catalogue: SmallCatalogue
) -> None:
    factories.contact(own_customer, "Trần Thị Bình", position="Kế toán", phone="0912345678")
    factories.owns(own_customer, catalogue.igov)
    order = stories.ordered(own_customer, salesperson, [(catalogue.base, 1)])
    text = sales_client.get(url("customer", own_customer.pk)).content.decode()
    for shown in ("1234567", "Trần Thị Bình", "0912345678", "iGOV", order.order_no):
        assert shown in text
    assert f"{url('order_new')}?customer={own_customer.pk}" in text


def test_the_page_of_a_colleagues_customer_offers_no_change(
    sales_client: Client, team_customer: Customer
) -> None:
    response = sales_client.get(url("customer", team_customer.pk))
    assert all(item.disabled_reason for item in response.context["band"].actions)
    assert url("contact_new", team_customer.pk) not in response.content.decode()


def test_the_page_for_readers_has_no_function_menu(
    auditor_client: Client, own_customer: Customer
) -> None:
    response = auditor_client.get(url("customer", own_customer.pk))
    assert response.context["band"].actions == []


def test_the_page_links_the_governing_unit_only_for_who_may_see_it(
    sales_client: Client,
    officer_client: Client,
    own_customer: Customer,
    foreign_customer: Customer,
) -> None:
    Customer.objects.filter(pk=own_customer.pk).update(parent=foreign_customer)
    link = url("customer", foreign_customer.pk)
    assert link not in sales_client.get(url("customer", own_customer.pk)).content.decode()
    assert link in officer_client.get(url("customer", own_customer.pk)).content.decode()


def test_the_page_warns_of_an_unusual_budget_code(sales_client: Client, db: None) -> None:
    odd = factories.customer("9234567", "Đơn vị lạ")
    assert sales_client.get(url("customer", odd.pk)).context["is_unusual"]
