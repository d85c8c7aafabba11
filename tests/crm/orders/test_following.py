"""A mistaken order is no longer followed: out of the way, found all the same, taken up again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from capphep.crm.actions.order_following import deactivate_order, reactivate_order
from capphep.crm.actions.orders import (
    LineInput,
    OrderDetails,
    OrderHeader,
    amend_header,
    edit_order,
)
from capphep.crm.models import Customer, Order
from capphep.crm.queries.people import orders_of
from capphep.ims.actions import reject
from capphep.platform.audit import entries_of
from capphep.platform.lists import narrowed, source_named
from capphep.platform.models import OutboxEvent, User
from capphep.platform.versions import Stale
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.sending import recall_request
from capphep.pure.errors import Conflict, Forbidden, Invalids, NotFound
from tests import factories, stories
from tests.factories import SmallCatalogue

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def customer(salesperson: User, catalogue: SmallCatalogue) -> Customer:
    """With iGOV in force by the ledger, so that its orders can be requested and granted."""
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    return unit


def given_up(order: Order) -> Order:
    deactivate_order(actor=order.salesperson, order_id=order.pk, seen_version=order.version)
    order.refresh_from_db()
    return order


def code_of(call: Any) -> str:
    with pytest.raises(Conflict) as refused:
        call()
    return refused.value.code


def test_it_is_told_and_kept_in_the_trail_and_comes_back_as_it_was(order: Order) -> None:
    given_up(order)
    assert (order.is_active, order.version) == (False, 2)
    entry = entries_of(order)[0]
    assert (entry.verb, entry.before, entry.after) == (
        "deactivated",
        {"is_active": True},
        {"is_active": False},
    )
    event = OutboxEvent.objects.latest("id")
    assert (event.type, event.payload["is_active"]) == ("order.changed", False)
    assert reactivate_order(actor=order.salesperson, order_id=order.pk, seen_version=2)
    order.refresh_from_db()
    assert (order.is_active, order.version, order.total) == (True, 3, 11_000_000)
    assert entries_of(order)[0].verb == "reactivated"


def test_asked_for_twice_it_is_done_once(order: Order) -> None:
    seller = order.salesperson
    given_up(order)
    assert not deactivate_order(actor=seller, order_id=order.pk, seen_version=1)
    assert entries_of(order).filter(verb="deactivated").count() == 1
    with pytest.raises(Stale):
        reactivate_order(actor=seller, order_id=order.pk, seen_version=1)


def test_its_salesperson_alone_gives_it_up(
    order: Order, colleague: User, officer: User, other_salesperson: User
) -> None:
    for actor, error in (
        (colleague, Forbidden),
        (officer, Forbidden),
        (other_salesperson, NotFound),
    ):
        with pytest.raises(error):
            deactivate_order(actor=actor, order_id=order.pk, seen_version=1)


def test_what_waits_is_returned_or_was_ever_approved_stays(
    order: Order, officer: User, other_officer: User
) -> None:
    def refused() -> str:
        return code_of(lambda: given_up(order))

    seller = order.salesperson
    request = stories.sent(order, seller)
    assert refused() == "order_under_way"
    stories.returned(request, officer, "Thiếu")
    assert refused() == "order_under_way"
    stories.sent_again(request, seller)
    request.refresh_from_db()
    stories.approved(request, officer)
    assert refused() == "order_granted"
    stories.withdrawn(request, officer, other_officer)
    assert refused() == "order_granted"
    # Asked for anew and taken back, it reads as an order that nothing was ever asked for.
    again = stories.sent(order, seller)
    recall_request(actor=seller, request_id=again.pk)
    order.refresh_from_db()
    assert order.licence_status == "not_requested"
    assert refused() == "order_granted"


def test_after_a_rejection_it_may_go(order: Order, officer: User) -> None:
    request = stories.sent(order, order.salesperson)
    reject(actor=officer, request_id=request.pk, reason="Nhập trùng")
    assert not given_up(order).is_active


def test_the_database_keeps_what_was_asked_for_followed(order: Order) -> None:
    given_up(order)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(licence_status="pending")


def test_nothing_goes_on_with_it(order: Order, catalogue: SmallCatalogue) -> None:
    seller = order.salesperson
    given_up(order)
    header = OrderHeader(customer_id=order.customer_id)
    lines = [LineInput(catalogue.books_1.pk, 3)]
    for write in (
        lambda: edit_order(
            actor=seller, order_id=order.pk, seen_version=2, header=header, lines=lines
        ),
        lambda: amend_header(
            actor=seller, order_id=order.pk, seen_version=2, details=OrderDetails()
        ),
        lambda: open_request(actor=seller, order_id=order.pk),
    ):
        assert code_of(write) == "order_inactive"


def test_its_draft_stays_with_it_and_is_sent_once_it_is_followed_again(order: Order) -> None:
    seller = order.salesperson
    draft = stories.drafted(order, seller)
    given_up(order)
    assert open_request(actor=seller, order_id=order.pk) == draft
    with pytest.raises(Invalids) as refused:
        stories.send(draft, seller)
    assert [one.code for one in refused.value.refusals] == ["order_inactive"]
    reactivate_order(actor=seller, order_id=order.pk, seen_version=order.version)
    draft.refresh_from_db()
    assert stories.send(draft, seller).status == "waiting"


# --- where it is seen ----------------------------------------------------------------------------


def listed(client: Client, query: str = "") -> list[str]:
    page = client.get(f"{reverse('crm:order_list')}?{query}").context["page"]
    return [row.record.order_no for row in page.rows]


def test_the_list_leaves_it_out_until_it_is_asked_or_searched_for(
    order: Order, customer: Customer, catalogue: SmallCatalogue, sales_client: Client
) -> None:
    kept = stories.ordered(customer, order.salesperson, [(catalogue.users_50, 1)])
    given_up(order)
    assert listed(sales_client) == [kept.order_no]
    assert listed(sales_client, "status=not_requested") == [kept.order_no]
    assert listed(sales_client, "active=0") == [order.order_no]
    assert listed(sales_client, "active=0&active=1") == [kept.order_no, order.order_no]
    assert listed(sales_client, f"q={order.order_no}") == [order.order_no]
    page = sales_client.get(f"{reverse('crm:order_list')}?active=0")
    assert 'data-tone="gone"' in page.content.decode()
    # What is exported, counted or printed of the list is the same.
    rows = narrowed(source_named("crm.orders"), order.salesperson, QueryDict(""))
    assert [one.order_no for one in rows] == [kept.order_no]


def test_the_page_says_it_and_offers_what_is_left(order: Order, sales_client: Client) -> None:
    address = reverse("crm:order", args=[order.pk])
    given_up(order)
    response = sales_client.get(address)
    band = response.context["band"]
    assert (str(band.status.label), band.status.tone, band.steps) == ("Ngừng theo dõi", "gone", [])
    open_items = [str(item.label) for item in band.actions if not item.disabled_reason]
    assert open_items == ["Nhân bản", "Theo dõi lại"]
    assert "Chưa yêu cầu" in response.content.decode()
    copy = sales_client.get(f"{reverse('crm:order_new')}?copy={order.pk}")
    assert copy.status_code == 200
    assert sales_client.get(reverse("crm:order_edit", args=[order.pk])).status_code == 409
    assert sales_client.get(reverse("paper:show", args=["order", order.pk])).status_code == 404
    customers_page = sales_client.get(reverse("crm:customer", args=[order.customer_id]))
    assert "Ngừng theo dõi" in customers_page.content.decode()
    glance = sales_client.get(reverse("crm:customer_glance", args=[order.customer_id]))
    assert (glance.context["open_orders"], glance.context["last_order"]) == ([], None)


def item(client: Client, order: Order, label: str) -> Any:
    band = client.get(reverse("crm:order", args=[order.pk])).context["band"]
    return next(one for one in band.actions if str(one.label) == label)


def test_from_the_menu_it_is_asked_and_done_and_undone(order: Order, sales_client: Client) -> None:
    stop = item(sales_client, order, "Ngừng theo dõi")
    asked = sales_client.get(stop.url, headers=HTMX)
    assert f"Ngừng theo dõi đơn hàng {order.order_no}?" in asked.content.decode()
    done = sales_client.post(asked.context["action"], headers=HTMX)
    assert (done.status_code, done["HX-Trigger"].count("record-changed")) == (204, 1)
    order.refresh_from_db()
    assert not order.is_active
    again = item(sales_client, order, "Theo dõi lại")
    assert sales_client.post(again.url, headers=HTMX).status_code == 204
    order.refresh_from_db()
    assert order.is_active
    # Of the page that was open before nothing is done any more.
    assert sales_client.post(stop.url, headers=HTMX).status_code == 409


def test_the_menu_says_why_it_has_to_stay(
    order: Order, sales_client: Client, officer_client: Client
) -> None:
    stories.sent(order, order.salesperson)
    assert "thu hồi" in item(sales_client, order, "Ngừng theo dõi").disabled_reason
    address = reverse("crm:order_deactivate", args=[order.pk])
    assert officer_client.get(address).status_code == 403
    assert sales_client.post(f"{address}?version=1", headers=HTMX).status_code == 409
    # Nothing is done by a look at the address.
    again = reverse("crm:order_reactivate", args=[order.pk])
    assert sales_client.get(again).status_code == 302


def test_many_are_given_up_row_by_row(
    order: Order, customer: Customer, catalogue: SmallCatalogue, sales_client: Client
) -> None:
    seller = order.salesperson
    sent = stories.ordered(customer, seller, [(catalogue.users_50, 1)])
    stories.sent(sent, seller)
    address = reverse("lists:bulk", args=["crm.orders", "stop-following"])
    question = sales_client.get(address, {"id": [order.pk, sent.pk]})
    hidden: dict[str, list[object]] = {}
    for name, value in question.context["hidden"]:
        hidden.setdefault(name, []).append(value)
    answer = sales_client.post(address, hidden)
    results = {each.label: each.text for each in answer.context["results"]}
    assert [bool(text) for label, text in sorted(results.items())] == [False, True]
    assert set(Order.objects.filter(is_active=False)) == {order}


def test_what_a_leaver_has_to_do_is_without_it(order: Order) -> None:
    assert set(orders_of(order.salesperson)) == {order}
    given_up(order)
    assert not orders_of(order.salesperson)
