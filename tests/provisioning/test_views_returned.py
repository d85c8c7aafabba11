"""What came back, at the fields that it is about, until the request is sent again."""

from __future__ import annotations

import pytest
from django.test import Client

from capphep.platform.models import User
from capphep.provisioning.actions.drafts import discard_draft
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind, RequestStatus
from tests import pdfs, stories
from tests.conftest import signed_in
from tests.plumbing.sql_counts import Counter
from tests.provisioning.conftest import HTMX, complete_extra, form_data, post, text_of, url

SAID = {
    "level": "Cấp nào?",
    "evidence-commitment": "Thiếu dấu.",
    "line-2": "Số phòng ban?",
    "amount": "Sai tiền.",
}


@pytest.fixture
def returned(both: LicenceRequest, salesperson: User, officer: User) -> LicenceRequest:
    complete_extra(both, salesperson)
    waiting = stories.sent_again(both, salesperson, unit_phone="", note="Ghi chú")
    record = stories.returned(waiting, officer, "Xem lại giúp.", SAID)
    record.refresh_from_db()
    return record


def test_the_form_shows_each_comment_at_its_field_and_all_of_them_on_top(
    returned: LicenceRequest, sales_client: Client, officer: User
) -> None:
    page = text_of(sales_client.get(url("request_edit", returned.pk)))
    assert f"{officer.full_name} đã trả lại để sửa" in page
    assert "Xem lại giúp." in page
    for name, text in SAID.items():
        assert f'href="#remark-{name}"' in page
        assert f'id="remark-{name}"' in page
        assert page.count(text) == 2


def test_the_request_page_says_it_too_and_leads_to_the_form(
    returned: LicenceRequest, sales_client: Client
) -> None:
    page = text_of(sales_client.get(url("request", returned.pk)))
    assert "Xem lại giúp." in page
    assert "Số phòng ban?" in page
    assert url("request_edit", returned.pk) in page


def test_a_comment_is_settled_by_changing_what_it_is_about(
    returned: LicenceRequest, sales_client: Client, salesperson: User
) -> None:
    post(sales_client, returned, form_data(returned, level="2", intent="draft"))
    attach_evidence(
        actor=salesperson,
        request_id=returned.pk,
        kind=EvidenceKind.COMMITMENT,
        name="cam kết có dấu.pdf",
        chunks=[pdfs.written("co dau")],
    )
    context = sales_client.get(url("request_edit", returned.pk)).context
    settled = {one.field: one.is_settled for one in context["returned"].summary}
    assert settled == {
        "level": True,
        "evidence-commitment": True,
        "line-2": False,
        "amount": False,
    }
    returned.refresh_from_db()
    assert returned.status == RequestStatus.RETURNED


def test_parts_that_answer_for_themselves_keep_their_comments(
    returned: LicenceRequest, sales_client: Client
) -> None:
    kind = url("evidence_kind", returned.pk, EvidenceKind.COMMITMENT.value)
    assert 'id="remark-evidence-commitment"' in text_of(sales_client.get(kind, headers=HTMX))
    lines = text_of(sales_client.get(url("lines", returned.pk), headers=HTMX))
    assert 'id="remark-line-2"' in lines
    assert 'id="remark-amount"' in lines


def test_an_error_keeps_the_comments(returned: LicenceRequest, sales_client: Client) -> None:
    answer = post(sales_client, returned, form_data(returned, level="", intent="send"))
    assert answer.status_code == 422
    assert 'id="remark-level"' in text_of(answer)


def test_saving_sends_it_again_under_the_same_number(
    returned: LicenceRequest, sales_client: Client
) -> None:
    answer = post(sales_client, returned, form_data(returned, level="2", intent="send"))
    assert answer.status_code == 302
    number = returned.request_no
    returned.refresh_from_db()
    assert (returned.request_no, returned.status) == (number, RequestStatus.WAITING)
    page = text_of(sales_client.get(url("request", returned.pk)))
    assert "Các lần gửi" in page
    assert "Lần 2" in page
    assert "Xem lại giúp." in page
    assert "đã trả lại để sửa" not in page


def test_the_history_tells_each_comment(returned: LicenceRequest, sales_client: Client) -> None:
    entry = sales_client.get(url("request", returned.pk)).context["entries"][0]
    told = {label: after for label, _before, after in entry.changes}
    assert told["Cấp"] == "Cấp nào?"
    assert told["Dòng nghiệp vụ 2"] == "Số phòng ban?"
    assert told["Nhận xét"] == "Xem lại giúp."


def test_a_colleague_reads_it_and_does_not_change_it(
    returned: LicenceRequest, colleague: User
) -> None:
    client = signed_in(colleague)
    assert "Xem lại giúp." in text_of(client.get(url("request", returned.pk)))
    assert client.get(url("request_edit", returned.pk)).status_code == 403


def test_what_was_returned_can_be_given_up(
    returned: LicenceRequest, sales_client: Client, salesperson: User
) -> None:
    assert url("request_discard", returned.pk) in text_of(
        sales_client.get(url("request", returned.pk))
    )
    discard_draft(actor=salesperson, request_id=returned.pk)
    returned.refresh_from_db()
    assert returned.status == RequestStatus.DISCARDED
    assert returned.order is not None
    assert returned.order.licence_status == "not_requested"


def test_the_form_of_a_returned_request_costs_a_known_number_of_statements(
    returned: LicenceRequest, sales_client: Client, statements: Counter
) -> None:
    with statements("provisioning.request_edit.returned", at_most=22):
        sales_client.get(url("request_edit", returned.pk))
