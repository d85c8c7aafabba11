"""Every order shows its state, wherever it is listed, and its page says which step that is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Order
from capphep.crm.states import LicenceStatus
from capphep.platform.models import User
from tests import factories, stories
from tests.factories import SmallCatalogue

STATES = {
    LicenceStatus.NOT_REQUESTED: "Chưa yêu cầu",
    LicenceStatus.PENDING: "KTLicense – Chờ duyệt",
    LicenceStatus.RETURNED: "KTLicense – Trả lại",
    LicenceStatus.APPROVED: "KTLicense – Đã duyệt",
    LicenceStatus.REJECTED: "KTLicense – Từ chối",
    LicenceStatus.REVOKED: "KTLicense – Đã thu hồi",
}


@pytest.fixture
def order(catalogue: SmallCatalogue, salesperson: User) -> Order:
    customer = factories.customer(owner=salesperson, team=salesperson.team)
    return stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])


@pytest.mark.parametrize("state", LicenceStatus)
def test_list_page_and_the_customers_page_say_it(
    order: Order, sales_client: Client, state: LicenceStatus
) -> None:
    Order.objects.update(licence_status=state)
    for address in (
        reverse("crm:order_list"),
        reverse("crm:order", args=[order.pk]),
        reverse("crm:customer", args=[order.customer_id]),
    ):
        assert STATES[state] in sales_client.get(address).content.decode(), address


@pytest.mark.parametrize(
    ("state", "step", "kind"),
    [
        (LicenceStatus.RETURNED, "Trả lại", "current"),
        (LicenceStatus.REJECTED, "Từ chối", "refused"),
        (LicenceStatus.REVOKED, "Đã thu hồi", "refused"),
    ],
)
def test_what_turned_back_or_ended_stands_in_place_of_a_step(
    order: Order, sales_client: Client, state: LicenceStatus, step: str, kind: str
) -> None:
    Order.objects.update(licence_status=state)
    band = sales_client.get(reverse("crm:order", args=[order.pk])).context["band"]
    assert (step, kind) in [(str(one.label), one.state) for one in band.steps]
