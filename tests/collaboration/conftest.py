"""A customer of the salesperson's with an order, and what is said about them."""

from __future__ import annotations

import uuid
from typing import Protocol

import pytest

from capphep.collaboration.actions.comments import Upload, add_comment
from capphep.collaboration.models import Comment
from capphep.crm.models import Customer, Order
from capphep.platform.models import User
from tests import factories, stories


class Say(Protocol):
    def __call__(
        self, author: User, body: str, *uploads: Upload, on: Customer | Order | None = None
    ) -> Comment: ...


@pytest.fixture
def customer(salesperson: User) -> Customer:
    return factories.customer(owner=salesperson, team=salesperson.team)


@pytest.fixture
def order(customer: Customer, salesperson: User, catalogue: factories.SmallCatalogue) -> Order:
    stories.opened(customer, catalogue)
    return stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])


@pytest.fixture
def say(order: Order) -> Say:
    """Somebody says something about the order, or about what it is said ``on``."""

    def said(
        author: User, body: str, *uploads: Upload, on: Customer | Order | None = None
    ) -> Comment:
        record = on or order
        return add_comment(
            actor=author,
            record_type="customer" if isinstance(record, Customer) else "order",
            record_id=record.pk,
            body=body,
            token=uuid.uuid4(),
            uploads=uploads,
        )

    return said
