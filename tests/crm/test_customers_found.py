"""What a customer owns, and what it is found by."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction

from capphep.crm.actions.ownership import note_ownership
from capphep.crm.models import Customer, OwnedProduct
from capphep.crm.queries.customers import (
    best_first,
    owned_products,
    search_customers,
)
from tests import factories
from tests.factories import SmallCatalogue

MARCH = datetime.date(2026, 3, 15)


def test_ownership_is_replaced_in_two_statements(
    own_customer: Customer, catalogue: SmallCatalogue, django_assert_num_queries: Any
) -> None:
    factories.owns(own_customer, catalogue.igov)
    factories.owns(own_customer, catalogue.ihos)
    april = datetime.date(2026, 4, 1)
    spans = [(MARCH, MARCH), (april, april + datetime.timedelta(days=30))]
    with transaction.atomic(), django_assert_num_queries(2):
        note_ownership({(own_customer.pk, catalogue.igov.pk): spans})
    stored = OwnedProduct.objects.filter(customer=own_customer, product=catalogue.igov)
    assert list(stored.order_by("first_day").values_list("first_day", "last_day")) == spans
    assert own_customer.owned_products.filter(product=catalogue.ihos).count() == 1
    note_ownership({(own_customer.pk, catalogue.igov.pk): []})
    assert not stored.exists()


def test_a_product_is_in_force_lapsed_or_begins_later(
    own_customer: Customer, catalogue: SmallCatalogue, django_assert_num_queries: Any
) -> None:
    day = datetime.timedelta(days=1)
    factories.owns(own_customer, catalogue.igov, MARCH - 20 * day, MARCH - 10 * day)
    factories.owns(own_customer, catalogue.igov, MARCH, MARCH + 5 * day)
    factories.owns(own_customer, catalogue.ihos, MARCH - 9 * day, MARCH - day)
    with django_assert_num_queries(1):
        in_force, lapsed, coming = owned_products(own_customer, MARCH)
    assert in_force == {catalogue.igov.pk: MARCH + 5 * day}
    assert lapsed == {catalogue.ihos.pk}
    assert coming == {}
    begin = {catalogue.igov.pk: MARCH - 20 * day, catalogue.ihos.pk: MARCH - 9 * day}
    assert owned_products(own_customer, MARCH - 30 * day) == ({}, set(), begin)


@pytest.mark.parametrize("text", ["dong hai", "ĐÔNG  hải", "hai 1234567", "1.234.567", "1234"])
def test_words_are_found_with_and_without_accents(own_customer: Customer, text: str) -> None:
    assert list(search_customers(Customer.objects.all(), text)) == [own_customer]


def test_words_that_are_not_there_find_nothing(own_customer: Customer) -> None:
    assert not search_customers(Customer.objects.all(), "đông tây").exists()
    assert not search_customers(Customer.objects.all(), "100%").exists()


def test_the_exact_budget_code_comes_first(own_customer: Customer) -> None:
    decoy = factories.customer("1000009", "A 1234567", tax_code="1234567890")
    found = best_first(search_customers(Customer.objects.all(), "1234567"), "1234567")
    assert list(found) == [own_customer, decoy]
