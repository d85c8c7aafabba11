"""A list costs the same at any size, a record as much as its page needs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capphep.crm.models import Opportunity, Order
from capphep.entitlements.models import Subscription
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, program
from tests.plumbing.sql_counts import TRANSACTION_CONTROL

# By list, the statements that it may cost: the token and its last use are two of them.
LISTS = {
    "/products": 3,
    "/modules": 3,
    "/resources": 3,
    "/items": 5,
    "/customers": 3,
    "/customers/1234567/contacts": 4,
    "/customers/1234567/goods": 8,
    "/opportunities": 3,
    "/orders": 3,
    "/requests": 3,
    "/withdrawals": 3,
    "/subscriptions": 3,
    "/subscriptions/{subscription}/grants": 4,
}

# By record; the options of personal data and what is known of today's look are two of them.
RECORDS = {
    "/customers/1234567": 3,
    "/orders/{order}": 6,
    "/requests/{request}": 8,
    "/requests/{request}/review": 14,
    "/subscriptions/{subscription}": 5,
}


def more(
    number: int, salesperson: User, officers: tuple[User, User], catalogue: SmallCatalogue
) -> None:
    """One more of everything that lists hold."""
    unit = factories.customer(f"123456{number}", f"Đơn vị {number}", owner=salesperson)
    factories.contact(unit)
    stories.opened(unit, catalogue, request_no=f"YC-2025-00000{number}")
    Opportunity.objects.create(
        name="Mua thêm", search_key="mua them", customer=unit, salesperson=salesperson
    )
    request = stories.sent(
        stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
    stories.approved(request, officers[0])
    stories.proposed(request, officers[0])


def cost(caller: Program, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = caller.get(path)
    assert answer.status_code == 200
    return sum(
        not query["sql"].startswith(TRANSACTION_CONTROL) for query in captured.captured_queries
    )


@pytest.mark.django_db
def test_a_list_costs_the_same_at_any_size(
    salesperson: User, officer: User, other_officer: User, catalogue: SmallCatalogue
) -> None:
    officers = (officer, other_officer)
    more(7, salesperson, officers, catalogue)
    desk = program(officer)
    desk.get("/products")
    names = {
        "subscription": Subscription.objects.get().pk,
        "order": Order.objects.get().order_no,
        "request": LicenceRequest.objects.get().request_no,
    }
    lists = {path.format(**names): most for path, most in (LISTS | RECORDS).items()}
    # Of people the first look of a day is noted.
    for path in lists:
        desk.get(path)
    small = {path: cost(desk, path) for path in lists}
    assert {path: count for path, count in small.items() if count > lists[path]} == {}
    for number in (1, 2, 3):
        more(number, salesperson, officers, catalogue)
    assert {path: cost(desk, path) for path in lists} == small
