"""What the pickers of customers offer."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.crm.models import Customer
from tests import factories
from tests.crm.posted import url
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter


def test_the_picker_says_what_a_customer_owns_and_why_one_cannot_be_chosen(
    sales_client: Client,
    own_customer: Customer,
    team_customer: Customer,
    foreign_customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    factories.owns(own_customer, catalogue.igov)
    rows = sales_client.get(url("customer_picker"), {"q": "ubnd"}).json()["results"]
    by_code = {row["code"]: row for row in rows}
    assert set(by_code) == {"1234567", "3333333"}
    assert "iGOV" in by_code["1234567"]["note"] and "31/12/2099" in by_code["1234567"]["note"]
    assert "reason" not in by_code["1234567"]
    assert "colleague" in by_code["3333333"]["reason"]


def test_the_picker_offers_twenty_with_the_exact_code_first(sales_client: Client, db: None) -> None:
    for number in range(30):
        factories.customer(f"1{number:06}", f"A 2222222 số {number}")
    factories.customer("2222222", "Z")
    rows = sales_client.get(url("customer_picker"), {"q": "2.222.222"}).json()["results"]
    assert len(rows) == 20
    assert rows[0]["code"] == "2222222"


def test_the_picker_leaves_out_who_is_no_longer_followed(
    sales_client: Client, own_customer: Customer
) -> None:
    Customer.objects.update(is_active=False)
    assert sales_client.get(url("customer_picker"), {"q": "ubnd"}).json() == {"results": []}


@pytest.mark.parametrize("asked", ["", "\x00", "%", "'", "x" * 1000, "🙂"])
def test_the_picker_reads_anything(sales_client: Client, db: None, asked: str) -> None:
    for picker in ("customer_picker", "parent_picker", "project_picker", "opportunity_picker"):
        assert sales_client.get(url(picker), {"q": asked}).status_code == 200


def test_governing_units_may_be_a_colleagues(sales_client: Client, team_customer: Customer) -> None:
    (row,) = sales_client.get(url("parent_picker"), {"q": "3333333"}).json()["results"]
    assert "reason" not in row


@pytest.mark.parametrize("rows", [1, 30])
def test_the_picker_costs_the_same_whatever_it_finds(
    sales_client: Client, catalogue: SmallCatalogue, statements: Counter, rows: int
) -> None:
    for number in range(rows):
        factories.owns(factories.customer(f"1{number:06}", f"Xã {number}"), catalogue.igov)
    sales_client.get(url("customer_picker"))
    with statements("crm.customers.picker", at_most=6):
        sales_client.get(url("customer_picker"), {"q": "xa"})
