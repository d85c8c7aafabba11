"""A customer of the salesperson that has iGOV in force, and one order of theirs."""

from __future__ import annotations

import pytest

from capphep.catalog.models import Item
from capphep.crm.actions.orders import LineInput, OrderHeader, create_order
from capphep.crm.models import Customer, Order
from capphep.platform.models import User
from tests import factories


@pytest.fixture
def customer(salesperson: User, catalogue: factories.SmallCatalogue) -> Customer:
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    factories.owns(unit, catalogue.igov)
    return unit


@pytest.fixture
def order(salesperson: User, customer: Customer, catalogue: factories.SmallCatalogue) -> Order:
    """Two books and one package of 50 users: 11.000.000 đồng."""
    return create_order(
        actor=salesperson,
        header=OrderHeader(customer_id=customer.pk, contract_no="HĐ-01/2026"),
        lines=[LineInput(catalogue.books_1.pk, 2), LineInput(catalogue.users_50.pk, 1)],
    )


def another_item(catalogue: factories.SmallCatalogue, sku: str) -> Item:
    """One more item of the add-on package Kế toán."""
    package = catalogue.books_1.package
    contents = [(catalogue.accounting, catalogue.books, 1)]
    return catalogue._item(package, sku, f"Kế toán {sku}", 1_000_000, contents)
