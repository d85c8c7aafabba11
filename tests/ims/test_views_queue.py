"""*Kế toán văn phòng*: who sees the queue, what it finds, what a row's menu offers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer, Order
from capphep.ims.actions import reject
from capphep.platform.models import User
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from capphep.pure.folding import fold
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.plumbing.sql_counts import Counter

QUEUE = "/ims/requests/"


def found(client: Client, **query: str) -> list[str]:
    """The request numbers of the rows, in their order."""
    page = client.get(QUEUE, query).context["page"]
    return [row.record.request_no for row in page.rows]


def another_waiting(
    salesperson: User, catalogue: SmallCatalogue, code: str, name: str, contract: str = ""
) -> LicenceRequest:
    unit = factories.customer(code, name)
    stories.opened(unit, catalogue, request_no=f"YC-2025-{code[-6:]}")
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    if contract:
        search_key = fold(f"{order.order_no} {contract} {code} {name}")
        Order.objects.filter(pk=order.pk).update(contract_no=contract, search_key=search_key)
    order.refresh_from_db()
    return stories.sent(order, salesperson)


def test_the_queue_shows_what_waits_oldest_first(
    waiting: LicenceRequest, salesperson: User, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    later = another_waiting(salesperson, catalogue, "1234568", "Trường Tiểu học Đông Hải")
    assert reverse("ims:queue") == QUEUE
    assert found(officer_client) == [waiting.request_no, later.request_no]
    page = text_of(officer_client.get(QUEUE))
    for shown in (
        "Kế toán văn phòng",
        waiting.order.contract_no,
        "UBND Xã Đông Hải",
        "5.000.000 đ",
        "Chờ duyệt",
    ):
        assert shown in page


def test_a_decided_request_leaves_the_tab_of_those_that_wait(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    stories.approved(waiting, officer)
    assert found(officer_client) == []
    assert found(officer_client, status="approved") == [waiting.request_no]
    assert found(officer_client, status="rejected") == []
    assert found(officer_client, status="all") == [waiting.request_no]


def test_a_recalled_request_and_a_draft_are_not_in_the_queue(
    waiting: LicenceRequest,
    salesperson: User,
    customer: Customer,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    recall_request(actor=salesperson, request_id=waiting.pk)
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    stories.drafted(order, salesperson)
    assert found(officer_client, status="all") == []


@pytest.mark.parametrize(
    "text",
    [
        "09/2026/HĐ",  # contract number
        "09/2026/hd",
        "1234568",  # budget code
        "123.4568",
        "Trường Tiểu học Đông Hải",  # customer
        "truong tieu hoc dong hai",
        "tieu  HAI",
        "Trường Tiểu học Đông Hải",  # NFD
    ],
)
def test_one_search_box_finds_by_contract_budget_code_and_customer(
    waiting: LicenceRequest,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
    text: str,
) -> None:
    wanted = another_waiting(
        salesperson, catalogue, "1234568", "Trường Tiểu học Đông Hải", "09/2026/HĐ-MTH"
    )
    assert found(officer_client, q=text) == [wanted.request_no]


def test_the_search_box_finds_by_order_and_request_number_in_any_case(
    waiting: LicenceRequest, salesperson: User, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    wanted = another_waiting(salesperson, catalogue, "1234568", "Trường Tiểu học Đông Hải")
    for text in (wanted.request_no, wanted.request_no.lower(), wanted.request_no[-6:]):
        assert wanted.request_no in found(officer_client, q=text)
    assert found(officer_client, q=wanted.request_no) == [wanted.request_no]
    assert found(officer_client, q=wanted.order.order_no.lower()) == [wanted.request_no]


@pytest.mark.parametrize("text", ["%", "_", "'", "\x00", "không có gì", "☃" * 300])
def test_a_search_that_finds_nothing_says_so(
    waiting: LicenceRequest, officer_client: Client, text: str
) -> None:
    response = officer_client.get(QUEUE, {"q": text, "status": "rejected"})
    assert response.status_code == 200
    assert not response.context["page"].rows


def test_a_search_without_a_tab_looks_at_decided_requests_too(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    stories.approved(waiting, officer)
    assert found(officer_client, q=waiting.order.contract_no) == [waiting.request_no]
    assert found(officer_client, q=waiting.order.contract_no, status="waiting") == []


def test_the_fragment_brings_the_tabs_that_belong_to_it(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    text = text_of(officer_client.get(QUEUE, {"q": "dong hai"}, headers=HTMX))
    assert "<html" not in text
    assert 'id="queue-tabs"' in text and 'hx-swap-oob="true"' in text
    assert 'href="/ims/requests/?status=approved&amp;q=dong+hai"' in text


def test_an_officer_may_approve_and_reject_from_the_menu_of_a_row(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    items = menu(officer_client)
    assert items[0] == "Phê duyệt YC cấp giấy phép"
    assert {"Trả lại", "Từ chối", "Nhận xử lý", "Giao cho…", "Xem chi tiết"} <= set(items)


def test_others_may_only_look(
    waiting: LicenceRequest, auditor_client: Client, admin_client: Client
) -> None:
    assert menu(auditor_client) == menu(admin_client) == ["Xem chi tiết"]


def test_a_decided_row_offers_the_details_alone(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    reject(actor=officer, request_id=waiting.pk, reason="Thiếu dấu")
    assert menu(signed_in(other_officer), status="rejected") == ["Xem chi tiết"]


def test_who_sent_a_request_sees_why_they_cannot_decide(
    waiting: LicenceRequest, salesperson: User
) -> None:
    salesperson.role = "officer"
    salesperson.save()
    items = signed_in(salesperson).get(QUEUE).context["page"].rows[0].menu
    refused = {str(item.label) for item in items if item.disabled_reason}
    assert {"Phê duyệt YC cấp giấy phép", "Trả lại", "Từ chối", "Nhận xử lý"} <= refused


def menu(client: Client, **query: str) -> list[str]:
    row = client.get(QUEUE, query).context["page"].rows[0]
    return [str(item.label) for item in row.menu]


def test_a_salesperson_has_no_desk(waiting: LicenceRequest, sales_client: Client) -> None:
    assert sales_client.get(QUEUE).status_code == 403


def test_the_queue_takes_the_same_statements_for_one_row_and_for_many(
    waiting: LicenceRequest,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
    statements: Counter,
) -> None:
    with statements("ims.queue", at_most=9):
        officer_client.get(QUEUE)
    for number in range(5):
        another_waiting(salesperson, catalogue, f"123457{number}", f"Trường số {number}")
    with statements("ims.queue", at_most=9):
        officer_client.get(QUEUE)
    with statements("ims.queue.search", at_most=11):
        officer_client.get(QUEUE, {"q": "truong", "sort": "-amount"})
    filters = {"ageing": ["overdue", "today"], "holder": ["mine", "none"], "kind": "add_on"}
    for tab in ("waiting", "all", "withdrawals"):
        with statements(f"ims.queue.{tab}", at_most=9):
            officer_client.get(QUEUE, {"status": tab, "sort": "due_on", **filters})
