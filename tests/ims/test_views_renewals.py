"""*Gia hạn* on the subscription's page, and what is in force beside the order's form."""

from __future__ import annotations

import datetime

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer
from capphep.entitlements.models import Subscription
from capphep.platform import clock
from capphep.platform.models import User
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.plumbing.sql_counts import Counter


@pytest.fixture
def customer(catalogue: SmallCatalogue, salesperson: User) -> Customer:
    """A unit of the salesperson that had 100 users before capphep began."""
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    return unit


@pytest.fixture
def record(customer: Customer) -> Subscription:
    return Subscription.objects.get(customer=customer)


def page(client: Client, record: Subscription) -> str:
    return text_of(client.get(reverse("ims:subscription", args=[record.pk])))


def panel(record: Subscription) -> str:
    return reverse("ims:held_panel", args=[record.customer_id, record.product_id])


def test_renewing_is_the_next_step_where_something_ends_soon(
    record: Subscription, sales_client: Client, settings: LazySettings
) -> None:
    address = f"/crm/orders/new?customer={record.customer_id}&amp;renew={record.product_id}"
    settings.RENEWAL_DAYS = 400
    assert f'class="btn btn-primary" href="{address}' in page(sales_client, record)
    settings.RENEWAL_DAYS = 10
    text = page(sales_client, record)
    assert address in text
    assert f'class="btn btn-primary" href="{address}' not in text


def test_what_has_lapsed_asks_to_be_renewed(
    record: Subscription, sales_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.today() + datetime.timedelta(days=400)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert "btn btn-primary" in page(sales_client, record)


@pytest.mark.parametrize("who", ["colleague", "officer", "auditor", "administrator"])
def test_who_may_not_sell_to_the_customer_is_not_offered_it(
    record: Subscription, who: str, request: pytest.FixtureRequest, settings: LazySettings
) -> None:
    settings.RENEWAL_DAYS = 400
    text = page(signed_in(request.getfixturevalue(who)), record)
    assert "/crm/orders/new" not in text


def test_the_panel_says_what_is_in_force_and_what_is_not_known(
    record: Subscription, sales_client: Client
) -> None:
    text = text_of(sales_client.get(panel(record), headers=HTMX))
    assert "Văn phòng số – Người dùng" in text and ">100<" in text
    assert "không rõ đơn hàng: hãy chọn hàng hóa tương ứng" in text
    assert "<html" not in text
    assert "<html" in text_of(sales_client.get(panel(record)))


def test_another_team_does_not_know_of_it(record: Subscription, other_salesperson: User) -> None:
    response = signed_in(other_salesperson).get(panel(record), headers=HTMX)
    assert response.status_code == 404


@pytest.mark.parametrize("product", [10**12, 10**30])
def test_the_panel_of_what_was_never_bought_says_so(
    customer: Customer, sales_client: Client, product: int
) -> None:
    address = f"/ims/subscriptions/held/{customer.pk}/{product}/"
    assert "Khách hàng chưa mua sản phẩm này." in text_of(sales_client.get(address, headers=HTMX))


def test_the_panel_costs_a_known_number_of_statements(
    record: Subscription, sales_client: Client, statements: Counter
) -> None:
    with statements("ims.held_panel", at_most=12):
        sales_client.get(panel(record), headers=HTMX)


def test_the_button_costs_two_statements(
    record: Subscription, sales_client: Client, statements: Counter
) -> None:
    with statements("ims.subscription.renewable", at_most=14):
        page(sales_client, record)
