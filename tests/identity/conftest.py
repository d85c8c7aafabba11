"""A unit whose administrator is to be told, and identity providers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from capphep.crm.models import Customer
from capphep.identity.actions import Person, ensure_account
from capphep.identity.models import AccountLink
from tests import factories
from tests.factories import SmallCatalogue
from tests.identity import providers

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def scim_server() -> Iterator[str]:
    with providers.real_server() as address:
        yield address


@pytest.fixture
def tenant(scim_server: str, settings: Any) -> providers.Tenant:
    """An empty provider, configured as the vendor's."""
    settings.SCIM_URL = f"{scim_server}/t{next(_numbers)}"
    settings.SCIM_TOKEN = providers.TOKEN
    return providers.Tenant(settings.SCIM_URL)


@pytest.fixture
def customer(catalogue: SmallCatalogue) -> Customer:
    return factories.customer()


def noted(
    customer: Customer,
    catalogue: SmallCatalogue,
    name: str = "Nguyễn Văn An",
    email: str = "an@example.vn",
    phone: str = "",
) -> AccountLink:
    """As an approval leaves it."""
    link, _ = ensure_account(
        person=Person(name, email, phone),
        customer=customer,
        product=catalogue.igov,
        request_no="YC-2026-000001",
    )
    return link


@pytest.fixture
def link(customer: Customer, catalogue: SmallCatalogue) -> AccountLink:
    """Nguyễn Văn An, an@example.vn, 0912345678, waits to be told."""
    return noted(customer, catalogue, phone="0912345678")
