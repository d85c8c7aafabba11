"""Orders that renew: opened filled in, bound to their purpose, checked by it (R8)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.catalog.kinds import OrderPurpose
from capphep.crm.actions.orders import LineInput, OrderHeader, create_order, edit_order
from capphep.crm.models import Customer, Order
from capphep.platform import clock
from capphep.platform.models import User
from capphep.pure.errors import Invalids
from tests import factories
from tests.crm.orders.posted import HTMX, row, text_of, typed
from tests.factories import SmallCatalogue

NEW = "/crm/orders/new"


@pytest.fixture
def renewal(salesperson: User, customer: Customer, catalogue: SmallCatalogue) -> Order:
    """The base package and 100 users."""
    return create_order(
        actor=salesperson,
        header=OrderHeader(customer_id=customer.pk, purpose=OrderPurpose.RENEWAL),
        lines=[LineInput(catalogue.base.pk, 1), LineInput(catalogue.users_50.pk, 2)],
    )


def asked(customer: Customer, catalogue: SmallCatalogue, goods: str) -> dict[str, Any]:
    return {"customer": customer.pk, "renew": catalogue.igov.pk, "goods": goods}


# --- the action --------------------------------------------------------------------------------


def test_a_renewal_may_hold_the_base_package_of_what_is_in_force(renewal: Order) -> None:
    assert renewal.purpose == OrderPurpose.RENEWAL
    assert renewal.lines.count() == 2


def test_a_sale_may_not(salesperson: User, customer: Customer, catalogue: SmallCatalogue) -> None:
    with pytest.raises(Invalids) as refused:
        create_order(
            actor=salesperson,
            header=OrderHeader(customer_id=customer.pk),
            lines=[LineInput(catalogue.base.pk, 1)],
        )
    assert [one.code for one in refused.value.refusals] == ["not_eligible"]


def test_what_the_customer_never_had_is_not_renewed(
    salesperson: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    with pytest.raises(Invalids) as refused:
        create_order(
            actor=salesperson,
            header=OrderHeader(customer_id=customer.pk, purpose=OrderPurpose.RENEWAL),
            lines=[LineInput(catalogue.ihos_base.pk, 1)],
        )
    assert [one.code for one in refused.value.refusals] == ["nothing_to_renew"]


def test_there_is_no_third_purpose(
    salesperson: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    with pytest.raises(Invalids) as refused:
        create_order(
            actor=salesperson,
            header=OrderHeader(customer_id=customer.pk, purpose="gift"),
            lines=[LineInput(catalogue.users_50.pk, 1)],
        )
    assert "purpose_unknown" in [one.code for one in refused.value.refusals]


def test_an_edit_keeps_the_purpose_and_is_checked_by_it(
    renewal: Order, salesperson: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    edited = edit_order(
        actor=salesperson,
        order_id=renewal.pk,
        seen_version=renewal.version,
        header=OrderHeader(customer_id=customer.pk, purpose=OrderPurpose.SALE),
        lines=[LineInput(catalogue.base.pk, 2)],
    )
    edited.refresh_from_db()
    assert edited.purpose == OrderPurpose.RENEWAL


# --- the form ----------------------------------------------------------------------------------


def test_the_form_opens_with_customer_purpose_and_goods(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    goods = f"{catalogue.base.pk}:1,{catalogue.users_50.pk}:2"
    response = sales_client.get(NEW, asked(customer, catalogue, goods))
    text = text_of(response)
    assert "Gia hạn thuê bao iGOV, hết hạn 31/12/2099" in text
    grid = response.context["goods"].grid
    assert [(line.typed.item_id, line.typed.quantity) for line in grid.rows] == [
        (catalogue.base.pk, "1"),
        (catalogue.users_50.pk, "2"),
    ]
    assert not any(line.is_bad for line in grid.rows)
    assert response.context["form"]["renews"].value() == catalogue.igov.pk
    assert response.context["form"]["description"].value() == f"Gia hạn iGOV – {customer.name}"


def test_the_form_says_what_has_lapsed(
    sales_client: Client, salesperson: User, catalogue: SmallCatalogue
) -> None:
    unit = factories.customer("7654321", owner=salesperson, team=salesperson.team)
    last = clock.today() - datetime.timedelta(days=1)
    factories.owns(unit, catalogue.igov, datetime.date(2020, 1, 1), last)
    text = text_of(sales_client.get(NEW, asked(unit, catalogue, "")))
    assert f"Gia hạn thuê bao iGOV, đã hết hạn {last:%d/%m/%Y}" in text


def test_saving_keeps_the_purpose_and_the_orders_page_says_it(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    data = typed(customer, renews=catalogue.igov.pk) | row(1, catalogue.base.pk, "1")
    response = sales_client.post(NEW, data, follow=True)
    order = Order.objects.get()
    assert order.purpose == OrderPurpose.RENEWAL
    assert "Mục đích Gia hạn" in text_of(response)


def test_a_form_with_errors_keeps_the_purpose(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    data = typed(customer, renews=catalogue.igov.pk) | row(1, catalogue.base.pk, "không")
    response = sales_client.post(NEW, data)
    assert response.status_code == 422
    assert "Gia hạn thuê bao iGOV" in text_of(response)
    errors = response.context["goods"].grid.rows[0].errors
    assert [column for column, texts in errors.items() if texts] == ["quantity"]


def test_the_goods_dialog_of_a_renewal_offers_everything_of_the_product(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    for renews, is_offered in ((catalogue.igov.pk, True), ("", False)):
        data = {"customer": customer.pk, "renews": renews}
        response = sales_client.post(reverse("crm:order_goods"), data, **HTMX)
        reasons = {goods.sku: reason for goods, reason in response.context["rows"]}
        assert (reasons["IGOV-BASE"] == "") == is_offered


def test_the_grid_is_checked_by_the_purpose(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    data = typed(customer, renews=catalogue.igov.pk) | row(1, catalogue.base.pk, "1")
    response = sales_client.post(reverse("crm:order_goods_lines"), data, **HTMX)
    assert not any(line.is_bad for line in response.context["goods"].grid.rows)


def test_editing_and_copying_a_renewal_stay_renewals(
    sales_client: Client, renewal: Order, customer: Customer, catalogue: SmallCatalogue
) -> None:
    for address in (reverse("crm:order_edit", args=[renewal.pk]), f"{NEW}?copy={renewal.pk}"):
        response = sales_client.get(address)
        assert "Gia hạn thuê bao iGOV" in text_of(response)
        assert not any(line.is_bad for line in response.context["goods"].grid.rows)
        assert response.context["form"]["renews"].value() == catalogue.igov.pk


@pytest.mark.parametrize("renews", ["x", "-1", "0", "9" * 30, "99"])
def test_an_odd_purpose_breaks_nothing(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue, renews: str
) -> None:
    query = {"customer": customer.pk, "renew": renews, "goods": f"x:1,{'9' * 30}:1,:,1,,7:7:7"}
    assert sales_client.get(NEW, query).status_code == 200
    data = typed(customer, renews=renews) | row(1, catalogue.users_50.pk, "1")
    assert sales_client.post(NEW, data).status_code in (302, 422)


def test_choosing_the_customer_of_a_renewal_fills_in_its_memo(
    sales_client: Client, customer: Customer, catalogue: SmallCatalogue
) -> None:
    query = {"customer": customer.pk, "renew": catalogue.igov.pk}
    filled = sales_client.get(reverse("crm:order_autofill"), query).json()
    assert filled["description"] == f"Gia hạn iGOV – {customer.name}"
