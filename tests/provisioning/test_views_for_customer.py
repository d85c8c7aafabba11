"""*Khách hàng → Yêu cầu cấp GPSD/Thuê bao*: what a customer's page offers without an order."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.crm.models import Customer
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter
from tests.provisioning.conftest import HTMX, text_of, url


@pytest.fixture
def customer(catalogue: SmallCatalogue, salesperson: User) -> Customer:
    """A unit that has nothing yet."""
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    factories.contact(unit, email="an@example.vn")
    return unit


def test_the_customers_menu_leads_to_the_dialog(customer: Customer, sales_client: Client) -> None:
    for page in (f"/crm/customers/{customer.pk}/", "/crm/customers/"):
        text = text_of(sales_client.get(page))
        assert f'hx-get="{url("for_customer", customer.pk)}"' in text


def test_the_dialog_offers_a_trial_with_what_it_gives(
    customer: Customer, sales_client: Client, catalogue: SmallCatalogue
) -> None:
    text = text_of(sales_client.get(url("for_customer", customer.pk), headers=HTMX))
    assert "Dùng thử iGOV" in text
    assert "1 tháng: Kế toán 1 Bộ sổ kế toán; Văn phòng số 100 Người dùng" in text
    assert url("open_trial", customer.pk, catalogue.igov.pk) in text
    assert "iHOS" not in text
    assert f"/crm/orders/new?customer={customer.pk}" in text


def test_the_dialog_is_a_page_of_its_own_without_scripts(
    customer: Customer, sales_client: Client
) -> None:
    assert "<html" in text_of(sales_client.get(url("for_customer", customer.pk)))


def test_who_owns_the_product_is_offered_no_trial_and_told_why(
    customer: Customer, sales_client: Client, catalogue: SmallCatalogue
) -> None:
    stories.opened(customer, catalogue)
    text = text_of(sales_client.get(url("for_customer", customer.pk), headers=HTMX))
    assert "hãy lập đơn mua thêm thay vì dùng thử" in text
    assert url("open_trial", customer.pk, catalogue.igov.pk) not in text


def test_a_trial_that_is_open_already_is_named(
    customer: Customer, salesperson: User, sales_client: Client, catalogue: SmallCatalogue
) -> None:
    waiting = stories.trial_sent(customer, salesperson, catalogue.igov)
    text = text_of(sales_client.get(url("for_customer", customer.pk), headers=HTMX))
    assert waiting.request_no in text
    response = sales_client.post(url("open_trial", customer.pk, catalogue.igov.pk))
    assert response.headers["Location"] == url("request", waiting.pk)


def test_a_trial_is_opened_in_its_form(
    customer: Customer, sales_client: Client, catalogue: SmallCatalogue
) -> None:
    response = sales_client.post(
        url("open_trial", customer.pk, catalogue.igov.pk), follow=True, headers=HTMX
    )
    record = LicenceRequest.objects.get()
    assert response.headers["HX-Redirect"] == url("request_edit", record.pk)
    text = text_of(sales_client.get(url("request_edit", record.pk)))
    assert "Dùng thử iGOV với định mức dùng thử trong danh mục" in text
    assert "100 dùng thử" in text
    assert "Số tiền" not in text


def test_a_trial_that_may_not_be_is_refused_in_words(
    customer: Customer, sales_client: Client, catalogue: SmallCatalogue
) -> None:
    stories.opened(customer, catalogue)
    address = url("open_trial", customer.pk, catalogue.igov.pk)
    response = sales_client.post(address, headers=HTMX)
    assert response.status_code == 422
    assert "hãy lập đơn mua thêm" in text_of(response)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("colleague", 403),
        ("other_salesperson", 404),
        ("officer", 403),
        ("auditor", 403),
        ("administrator", 403),
    ],
)
def test_others_are_kept_out(
    customer: Customer,
    catalogue: SmallCatalogue,
    who: str,
    status: int,
    request: pytest.FixtureRequest,
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(url("for_customer", customer.pk)).status_code == status
    opened = client.post(url("open_trial", customer.pk, catalogue.igov.pk))
    assert opened.status_code == status
    assert not LicenceRequest.objects.exists()


def test_page_list_and_desk_show_a_request_without_an_order(
    customer: Customer,
    salesperson: User,
    sales_client: Client,
    officer_client: Client,
    catalogue: SmallCatalogue,
) -> None:
    waiting = stories.trial_sent(customer, salesperson, catalogue.igov)
    assert "Dùng thử" in text_of(sales_client.get(url("request", waiting.pk)))
    for client, address in [
        (sales_client, url("request_list")),
        (sales_client, "/"),
        (officer_client, "/ims/requests/"),
        (officer_client, f"/ims/requests/?q={customer.budget_code}"),
        (officer_client, f"/ims/requests/{waiting.pk}/"),
        (officer_client, f"/ims/requests/{waiting.pk}/approve"),
        (officer_client, "/"),
    ]:
        text = text_of(client.get(address))
        assert waiting.request_no in text and customer.name in text, address


def test_the_lists_filter_by_kind(
    customer: Customer,
    salesperson: User,
    sales_client: Client,
    officer_client: Client,
    catalogue: SmallCatalogue,
) -> None:
    trial = stories.trial_sent(customer, salesperson, catalogue.igov)
    order = stories.ordered(customer, salesperson, [(catalogue.base, 1)])
    sale = stories.sent(order, salesperson)
    for client, address in [
        (sales_client, url("request_list")),
        (officer_client, "/ims/requests/"),
    ]:
        rows = client.get(address, {"kind": "trial"}).context["page"].rows
        assert [row.record for row in rows] == [trial]
        rows = client.get(address, {"kind": "new"}).context["page"].rows
        assert [row.record for row in rows] == [sale]


def test_the_dialog_costs_a_known_number_of_statements(
    customer: Customer, sales_client: Client, statements: Counter
) -> None:
    with statements("provisioning.for_customer", at_most=12):
        sales_client.get(url("for_customer", customer.pk), headers=HTMX)
