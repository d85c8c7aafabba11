"""The search box of every page: what it finds, for whom, and at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from capphep.crm.actions.order_following import deactivate_order
from capphep.crm.models import Order
from capphep.entitlements.models import Licence
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.shell import visits
from capphep.shell.models import Visit
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race
from tests.plumbing.sql_counts import Counter

SUGGESTIONS, PAGE, VISITED = "/search/suggestions", "/search", "/search/visited"


def suggested(client: Client, text: str) -> dict[str, list[dict[str, Any]]]:
    """The hits by kind."""
    groups = client.get(SUGGESTIONS, {"q": text}).json()["groups"]
    return {group["hits"][0]["kind"]: group["hits"] for group in groups}


@pytest.fixture
def order(salesperson: User, catalogue: SmallCatalogue) -> Order:
    unit = factories.customer(
        "1234567",
        "UBND Xã Đông Hải",
        owner=salesperson,
        team=salesperson.team,
        province="Phú Thọ",
        tax_code="0100109106",
    )
    factories.contact(unit, phone="0912345678")
    stories.opened(unit, catalogue)
    return stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])


@pytest.fixture
def request_(order: Order, salesperson: User) -> LicenceRequest:
    return stories.sent(order, salesperson)


def test_one_box_finds_records_of_every_kind_by_their_codes(
    sales_client: Client, request_: LicenceRequest, officer: User
) -> None:
    stories.approved(request_, officer)
    order, licence = request_.order, Licence.objects.get()
    assert order is not None
    for text, kind, url in (
        (order.order_no.lower(), "order", f"/crm/orders/{order.pk}/"),
        (order.contract_no, "order", f"/crm/orders/{order.pk}/"),
        (request_.request_no, "request", f"/requests/{request_.pk}/"),
        ("123.4567", "customer", f"/crm/customers/{order.customer_id}/"),
        ("0100109106", "customer", f"/crm/customers/{order.customer_id}/"),
        (licence.licence_no, "licence", f"/ims/subscriptions/{licence.subscription_id}/"),
        ("0912 345 678", "contact", f"/crm/customers/{order.customer_id}/"),
    ):
        [hit] = suggested(sales_client, text)[kind]
        assert (hit["url"], hit["exact"]) == (url, True), text


def test_names_are_found_without_accents_in_short_and_by_the_old_province(
    sales_client: Client, order: Order
) -> None:
    for text in ("d", "đông", "dong hai", "ủy ban nhân dân", "ubnd hai vinh phuc"):
        assert set(suggested(sales_client, text)) >= {"order", "customer", "subscription"}, text
    assert suggested(sales_client, "tây") == suggested(sales_client, "%") == {}


def test_an_order_that_is_given_up_is_found_and_marked(
    sales_client: Client, order: Order, salesperson: User
) -> None:
    deactivate_order(actor=salesperson, order_id=order.pk, seen_version=1)
    [hit] = suggested(sales_client, order.order_no)["order"]
    assert (hit["url"], hit["note"]) == (f"/crm/orders/{order.pk}/", "Ngừng theo dõi")


def test_what_one_may_not_know_of_is_not_found(
    order: Order, request_: LicenceRequest, other_salesperson: User, officer_client: Client
) -> None:
    other = signed_in(other_salesperson)
    codes = (order.order_no, request_.request_no, "1234567", "đông hải", "0912345678")
    assert all(suggested(other, text) == {} for text in codes)
    assert suggested(officer_client, request_.request_no)["request"][0]["url"].startswith("/ims/")
    assert Client().get(SUGGESTIONS, {"q": "d"}).status_code in (302, 401)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("words", "đông hải"),
        ("digits", "1234567"),
        ("phone", "0912345678"),
        ("code", "DH-2026-000001"),
    ],
)
def test_a_search_costs_few_statements(
    sales_client: Client, request_: LicenceRequest, statements: Counter, kind: str, text: str
) -> None:
    with statements(f"shell.search.{kind}", at_most=14):
        suggested(sales_client, text)


def test_the_page_shows_more_and_leads_to_the_lists(sales_client: Client, order: Order) -> None:
    text = sales_client.get(PAGE, {"q": "đông hải"}).content.decode()
    assert order.order_no in text and "/crm/orders/?q=%C4%91%C3%B4ng+h%E1%BA%A3i" in text
    assert "Không có kết quả" in sales_client.get(PAGE, {"q": "zzz"}).content.decode()
    assert sales_client.get(PAGE, {"q": "a\x00b"}).status_code == 200


# --- what was looked at last --------------------------------------------------------------------


def looked_at(client: Client, path: str) -> list[str]:
    assert client.post(VISITED, {"path": path}).status_code == 204
    groups = client.get(SUGGESTIONS).json()["groups"]
    return [hit["url"] for group in groups for hit in group["hits"]]


def test_what_was_looked_at_last_comes_first_and_only_for_that_person(
    sales_client: Client, request_: LicenceRequest, other_salesperson: User, officer_client: Client
) -> None:
    order, request = f"/crm/orders/{request_.order_id}/", f"/requests/{request_.pk}/"
    assert looked_at(sales_client, order) == [order]
    assert looked_at(sales_client, request) == [request, order]
    assert looked_at(sales_client, order) == [order, request]
    for path in ("/crm/orders/", "/nowhere", "/crm/orders/999999/", ""):
        assert looked_at(sales_client, path) == [order, request]
    assert looked_at(signed_in(other_salesperson), order) == []
    assert looked_at(officer_client, f"/ims/requests/{request_.pk}/") == [
        f"/ims/requests/{request_.pk}/"
    ]


def test_few_visits_are_kept(sales_client: Client, salesperson: User, order: Order) -> None:
    old = [
        Visit(user=salesperson, kind="order", record=n, at=order.created_at)
        for n in range(900, 940)
    ]
    Visit.objects.bulk_create(old)
    looked_at(sales_client, f"/crm/orders/{order.pk}/")
    assert Visit.objects.filter(user=salesperson).count() == visits.KEPT


def test_two_tabs_that_look_at_one_record_at_once_keep_one_visit(
    transactional_db: None, salesperson: User
) -> None:
    unit = factories.customer("1234567", "UBND Xã Đông Hải")
    path = f"/crm/customers/{unit.pk}/"
    assert not losers(race(lambda: visits.note_visit(salesperson, path), 3))
    assert Visit.objects.count() == 1
