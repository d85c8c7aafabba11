"""A unit that has iGOV with 100 users, and a request for 50 more that waits at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from capphep.crm.models import Customer
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.factories import SmallCatalogue

HTMX = {"HX-Request": "true"}


def text_of(response: HttpResponse | Any) -> str:
    """The answer as one line, so that a sentence is found however the template breaks it."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def customer(catalogue: SmallCatalogue) -> Customer:
    unit = factories.customer()
    stories.opened(unit, catalogue)
    return unit


@pytest.fixture
def waiting(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    return stories.sent(
        stories.ordered(customer, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
