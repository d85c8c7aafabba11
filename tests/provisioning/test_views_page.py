"""A request's own page, the list, the panel on the order's page, recalling and discarding."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from capphep.crm.models import Customer, Order
from capphep.ims.actions import reject
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.actions.evidence import remove_evidence
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from capphep.pure.months import term
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter
from tests.provisioning.conftest import HTMX, complete_extra, form_data, text_of, url


@pytest.fixture
def waiting(order: Order, salesperson: User) -> LicenceRequest:
    return stories.sent(order, salesperson)


# --- the page ----------------------------------------------------------------------------------


def test_the_page_shows_what_was_asked_for(waiting: LicenceRequest, sales_client: Client) -> None:
    text = text_of(sales_client.get(url("request", waiting.pk)))
    for shown in (
        waiting.request_no,
        "Chờ duyệt",
        waiting.order.order_no,
        waiting.order.contract_no,
        "UBND Xã Đông Hải",
        "5.000.000 đ",
        "Mua thêm",
        "100 đã có (YC-2026-000245) + 50 mua thêm = 150",
        "quyết định.pdf",
        "Nguyễn Văn An",
        "Thu hồi yêu cầu",
        "Mở đơn hàng",
    ):
        assert shown in text
    assert "Sửa" not in text


def test_an_approved_request_shows_its_days(
    waiting: LicenceRequest, officer: User, sales_client: Client
) -> None:
    stories.approved(waiting, officer)
    text = text_of(sales_client.get(url("request", waiting.pk)))
    days = term(clock.today(), 12)
    assert f"{days.first:%d/%m/%Y}" in text and f"{days.last:%d/%m/%Y}" in text
    assert "Đã duyệt" in text and "Thu hồi yêu cầu" not in text


def test_a_rejected_request_shows_the_reason_and_is_raised_again(
    waiting: LicenceRequest, officer: User, sales_client: Client
) -> None:
    reject(actor=officer, request_id=waiting.pk, reason="Thiếu chữ ký của Chủ tịch")
    text = text_of(sales_client.get(url("request", waiting.pk)))
    assert "Thiếu chữ ký của Chủ tịch" in text and "Người officer đã từ chối" in text
    assert "Lập lại yêu cầu" in text
    response = sales_client.post(url("open_request", waiting.order_id), headers=HTMX)
    again = LicenceRequest.objects.get(status=RequestStatus.DRAFT)
    assert response.headers["HX-Redirect"] == url("request_edit", again.pk)
    assert "Lập lại yêu cầu" not in text_of(sales_client.get(url("request", waiting.pk)))
    assert "Thiếu chữ ký của Chủ tịch" in text_of(sales_client.get(url("request_edit", again.pk)))


def test_the_history_speaks_of_files_and_modules_in_words(
    both: LicenceRequest, salesperson: User, sales_client: Client
) -> None:
    complete_extra(both, salesperson)
    one = both.evidence.all()[0]
    remove_evidence(actor=salesperson, request_id=both.pk, evidence_id=one.pk)
    text = text_of(sales_client.get(url("request", both.pk)))
    assert "Kế toán – Chế độ kế toán" in text and "Thông tư 24" in text
    assert "Văn phòng số – Số phòng ban" in text
    assert "đã gỡ" in text and "Bằng chứng cam kết" in text
    assert one.file_id not in text


@pytest.mark.parametrize("who", ["officer", "auditor", "administrator", "colleague"])
def test_whoever_only_reads_is_offered_nothing_to_change(
    waiting: LicenceRequest, who: str, request: pytest.FixtureRequest
) -> None:
    text = text_of(signed_in(request.getfixturevalue(who)).get(url("request", waiting.pk)))
    for word in ("Sửa", "Thu hồi yêu cầu", "Hủy nháp", "Lập lại yêu cầu"):
        assert word not in text


def test_the_page_costs_a_known_number_of_statements(
    both: LicenceRequest, salesperson: User, sales_client: Client, statements: Counter
) -> None:
    complete_extra(both, salesperson)
    with statements("provisioning.request", at_most=20):
        sales_client.get(url("request", both.pk))


def test_the_form_costs_a_known_number_of_statements(
    both: LicenceRequest, sales_client: Client, statements: Counter
) -> None:
    with statements("provisioning.request_edit", at_most=20):
        sales_client.get(url("request_edit", both.pk))


def test_sending_by_the_form_costs_a_known_number_of_statements(
    ready: LicenceRequest, sales_client: Client, statements: Counter
) -> None:
    data = form_data(ready) | {"intent": "send"}
    with statements("provisioning.request_edit.send", at_most=45):
        response = sales_client.post(url("request_edit", ready.pk), data)
    assert response.status_code == 302


# --- recalling and discarding ------------------------------------------------------------------


def test_recalling_asks_first(waiting: LicenceRequest, sales_client: Client) -> None:
    text = text_of(sales_client.get(url("request_recall", waiting.pk), headers=HTMX))
    assert f"Thu hồi yêu cầu {waiting.request_no}?" in text
    assert ">Có<" in text and ">Không<" in text
    response = sales_client.post(url("request_recall", waiting.pk), headers=HTMX)
    assert response.headers["HX-Redirect"] == url("request", waiting.pk)
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.DRAFT


def test_what_was_decided_meanwhile_cannot_be_recalled(
    waiting: LicenceRequest, officer: User, sales_client: Client
) -> None:
    stories.approved(waiting, officer)
    for ask in (sales_client.get, sales_client.post):
        response = ask(url("request_recall", waiting.pk), headers=HTMX)
        assert response.status_code == 409
        assert "Đã duyệt" in text_of(response)


def test_discarding_asks_first(draft: LicenceRequest, sales_client: Client) -> None:
    text = text_of(sales_client.get(url("request_discard", draft.pk), headers=HTMX))
    assert f"Hủy bản nháp {draft.request_no}?" in text and "btn-danger" in text
    response = sales_client.post(url("request_discard", draft.pk), follow=True)
    assert "Đã hủy bản nháp." in text_of(response)
    draft.refresh_from_db()
    assert draft.status == RequestStatus.DISCARDED
    assert sales_client.post(url("request_discard", draft.pk)).status_code == 409


# --- the list ----------------------------------------------------------------------------------


def listed(client: Client, **query: str) -> list[str]:
    page = client.get(url("request_list"), query).context["page"]
    return [row.record.request_no for row in page.rows]


@pytest.mark.parametrize(
    "typed",
    [
        "{request_no}",
        "{order_no}",
        "{contract_no}",
        "1234567",
        "123.45.67",
        "ubnd xa dong hai",
        "Đông Hải",
        "{number}",
    ],
)
def test_a_request_is_found_by_number_code_or_name(
    waiting: LicenceRequest, sales_client: Client, typed: str
) -> None:
    text = typed.format(
        request_no=waiting.request_no,
        order_no=waiting.order.order_no,
        contract_no=waiting.order.contract_no,
        number=waiting.request_no.lower()[-6:],
    )
    assert listed(sales_client, q=text) == [waiting.request_no]


@pytest.mark.parametrize("typed", ["YC-1999", "9999999", "%", "_"])
def test_what_matches_nothing_finds_nothing(
    waiting: LicenceRequest, sales_client: Client, typed: str
) -> None:
    assert listed(sales_client, q=typed) == []


def test_the_list_is_narrowed_by_status_and_to_ones_own(
    waiting: LicenceRequest,
    customer: Customer,
    colleague: User,
    sales_client: Client,
    catalogue: SmallCatalogue,
) -> None:
    order = stories.ordered(customer, colleague, [(catalogue.users_50, 1)])
    theirs = open_request(actor=colleague, order_id=order.pk)
    assert listed(sales_client) == [theirs.request_no, waiting.request_no]
    assert listed(sales_client, status="waiting") == [waiting.request_no]
    assert listed(sales_client, status="draft") == [theirs.request_no]
    assert listed(sales_client, mine="1") == [waiting.request_no]


def test_the_desk_sees_what_was_sent_and_another_team_nothing(
    waiting: LicenceRequest, officer: User, auditor: User, other_salesperson: User
) -> None:
    open_request_no = waiting.request_no
    for person in (officer, auditor):
        assert listed(signed_in(person)) == [open_request_no]
    assert listed(signed_in(other_salesperson)) == []


def test_a_draft_that_was_never_sent_is_not_for_the_desk(
    draft: LicenceRequest, officer: User
) -> None:
    assert listed(signed_in(officer)) == []


@pytest.mark.parametrize("rows", [1, 45])
def test_the_list_costs_the_same_at_any_length(
    customer: Customer,
    salesperson: User,
    sales_client: Client,
    catalogue: SmallCatalogue,
    statements: Counter,
    rows: int,
) -> None:
    orders = [
        stories.ordered(customer, salesperson, [(catalogue.users_50, 1)]) for _ in range(rows)
    ]
    LicenceRequest.objects.bulk_create(
        LicenceRequest(
            request_no=f"YC-2026-{900 + number:06d}",
            order=each,
            customer=customer,
            product=each.product,
            kind="add_on",
            budget_code=customer.budget_code,
            amount=each.total,
            team=salesperson.team,
            created_by=salesperson,
        )
        for number, each in enumerate(orders)
    )
    with statements("provisioning.request_list", at_most=8):
        sales_client.get(url("request_list"), {"q": "dong hai", "status": "draft"})


# --- the panel on the order's page -------------------------------------------------------------


def test_the_panel_lists_the_orders_requests(
    waiting: LicenceRequest, officer: User, sales_client: Client
) -> None:
    reject(actor=officer, request_id=waiting.pk, reason="Thiếu chữ ký")
    sales_client.post(url("open_request", waiting.order_id))
    response = sales_client.get(url("order_panel", waiting.order_id), headers=HTMX)
    text = text_of(response)
    assert text.count("YC-2026-") == 2
    assert "Thiếu chữ ký" in text and "Nháp" in text and "Từ chối" in text
    assert "record-changed from:body" in text and "load," not in text


def test_the_panel_of_an_order_without_a_request_says_so(
    order: Order, sales_client: Client
) -> None:
    text = text_of(sales_client.get(url("order_panel", order.pk), headers=HTMX))
    assert "chưa có yêu cầu" in text


def test_the_panel_is_a_page_of_its_own_without_htmx(order: Order, sales_client: Client) -> None:
    assert "<html" in text_of(sales_client.get(url("order_panel", order.pk)))


def test_the_desk_does_not_see_drafts_in_the_panel(draft: LicenceRequest, officer: User) -> None:
    text = text_of(signed_in(officer).get(url("order_panel", draft.order_id), headers=HTMX))
    assert draft.request_no not in text


def test_a_notice_of_the_kit_is_json(ready: LicenceRequest, sales_client: Client) -> None:
    response = sales_client.post(
        url("request_edit", ready.pk), form_data(ready) | {"intent": "draft"}, headers=HTMX
    )
    assert json.loads(response.headers["HX-Trigger"])["toast"]["text"] == "Đã lưu nháp."


def test_a_number_larger_than_any_id_is_not_found(salesperson: User, sales_client: Client) -> None:
    factories.customer("1234573", "Trạm")
    for name in ("request", "request_edit", "order_panel"):
        assert sales_client.get(url(name, 10**30)).status_code == 404
