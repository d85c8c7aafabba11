"""From an order to the form of its request, or why not."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.crm.models import Customer, Level, Order
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.provisioning.conftest import (
    HTMX,
    text_of,
    url,
)


def test_the_order_page_opens_the_form(
    order: Order, sales_client: Client, customer: Customer
) -> None:
    response = sales_client.post(url("open_request", order.pk))
    draft = LicenceRequest.objects.get()
    assert response.headers["Location"] == url("request_edit", draft.pk)
    form = text_of(sales_client.get(response.headers["Location"]))
    for shown in (
        "Yêu cầu cấp GPSD/Thuê bao",
        'value="iGOV" readonly',
        'value="1234567" readonly',
        'value="5.000.000 đ" readonly',
        'value="Mua thêm" readonly',
        "đơn hàng chỉ gồm gói mua thêm",
        "100 đã có (YC-2026-000245) + 50 mua thêm = 150",
        "Đơn hàng không có gói Kế toán.",
        f'value="{customer.name}"',
        "Thông tin cấp tài khoản MISA ID",
    ):
        assert shown in form


def test_a_menu_item_of_htmx_is_sent_to_the_form(order: Order, sales_client: Client) -> None:
    response = sales_client.post(url("open_request", order.pk), headers=HTMX)
    draft = LicenceRequest.objects.get()
    assert response.headers["HX-Redirect"] == url("request_edit", draft.pk)


def test_a_request_that_waits_opens_its_own_page(
    order: Order, salesperson: User, sales_client: Client
) -> None:
    waiting = stories.sent(order, salesperson)
    response = sales_client.post(url("open_request", order.pk))
    assert response.headers["Location"] == url("request", waiting.pk)


def test_a_colleague_is_shown_the_draft_and_not_its_form(
    draft: LicenceRequest, colleague: User
) -> None:
    response = signed_in(colleague).post(url("open_request", draft.order_id))
    assert response.headers["Location"] == url("request", draft.pk)


@pytest.fixture
def order_of_newcomer(salesperson: User, catalogue: SmallCatalogue) -> Order:
    newcomer = factories.customer("1234570", "Trường Mầm non", owner=salesperson)
    return stories.ordered(newcomer, salesperson, [(catalogue.users_50, 1)])


def test_without_a_subscription_the_order_page_says_why(
    order_of_newcomer: Order, sales_client: Client
) -> None:
    response = sales_client.post(url("open_request", order_of_newcomer.pk), follow=True)
    assert response.redirect_chain[-1][0] == f"/crm/orders/{order_of_newcomer.pk}/"
    assert "hãy lập đơn hàng bán mới" in text_of(response)


def test_without_a_subscription_htmx_gets_a_notice(
    order_of_newcomer: Order, sales_client: Client
) -> None:
    response = sales_client.post(url("open_request", order_of_newcomer.pk), headers=HTMX)
    assert response.status_code == 204
    assert "danger" in response.headers["HX-Trigger"]


def test_a_session_that_ended_at_the_menu_leads_back_to_the_order(
    order: Order, sales_client: Client
) -> None:
    response = sales_client.get(url("open_request", order.pk))
    assert response.headers["Location"] == f"/crm/orders/{order.pk}/"


def test_the_district_is_offered_only_where_it_stands_already(
    draft: LicenceRequest, sales_client: Client
) -> None:
    address = url("request_edit", draft.pk)
    assert "Huyện" not in text_of(sales_client.get(address))
    LicenceRequest.objects.filter(pk=draft.pk).update(level=Level.DISTRICT)
    assert "Huyện" in text_of(sales_client.get(address))


def test_what_the_customer_record_lacks_is_asked_for(
    draft: LicenceRequest, sales_client: Client
) -> None:
    form = sales_client.get(url("request_edit", draft.pk)).context["form"]
    assert form["unit_phone"].help_text and form["unit_email"].help_text
    assert not form["unit_address"].help_text


def test_a_new_sale_says_so(
    salesperson: User, sales_client: Client, catalogue: SmallCatalogue
) -> None:
    newcomer = factories.customer("1234572", "Trạm Y tế", owner=salesperson)
    order = stories.ordered(newcomer, salesperson, [(catalogue.base, 1)])
    sales_client.post(url("open_request", order.pk))
    draft = LicenceRequest.objects.get(order=order)
    text = text_of(sales_client.get(url("request_edit", draft.pk)))
    assert 'value="Bán mới" readonly' in text
    assert "Chưa có + 20 mua mới = 20" in text
