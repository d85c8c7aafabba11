"""The approver's page with room for comments, and what it shows when a request comes again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer
from capphep.platform.models import User
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import text_of
from tests.plumbing.sql_counts import Counter

ADMINISTRATOR = {"admin_name": "Trần Thị Bình", "admin_email": "binh@example.vn"}
COMMENTS = {"level": "Cấp xã, không phải tỉnh.", "evidence-commitment": "Thiếu dấu."}


def address(record: LicenceRequest, name: str = "return") -> str:
    return reverse(f"ims:{name}", args=[record.pk])


def typed(comment: str = "", **comments: str) -> dict[str, str]:
    return {"comment": comment} | {f"on-{name}": text for name, text in comments.items()}


@pytest.fixture
def again(waiting: LicenceRequest, officer: User, salesperson: User) -> LicenceRequest:
    """Returned, changed in one of two fields that were commented on, and sent again."""
    stories.returned(waiting, officer, "Xem lại giúp.", {"note": "Rõ hơn.", "level": "Đúng chưa?"})
    return stories.sent_again(waiting, salesperson, note="Mua thêm 50 người dùng")


# --- returning ---------------------------------------------------------------------------------


def test_the_page_shows_what_was_sent_beside_a_place_for_a_comment(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    page = text_of(officer_client.get(address(waiting)))
    for name in ("level", "unit_name", "admin_email", "evidence-commitment", "line-1", "amount"):
        assert f'name="on-{name}"' in page
    assert "quyết định.pdf" in page
    assert "Người dùng: 100 + 50 = 150 người" in page
    assert waiting.admin_email in page


def test_comments_go_back_to_the_salesperson(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    answer = officer_client.post(address(waiting), typed("Xem lại.", **COMMENTS), follow=True)
    assert answer.redirect_chain == [(address(waiting, "request"), 302)]
    page = text_of(answer)
    assert "đã được trả lại cho người lập" in page
    assert "Thiếu dấu." in page
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.RETURNED
    assert waiting.rounds.get().comments == COMMENTS


def test_saying_nothing_is_an_error_at_the_field(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    answer = officer_client.post(address(waiting), typed("  "))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"comment"}
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


def test_a_comment_that_is_too_long_costs_none_of_the_others(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    answer = officer_client.post(address(waiting), typed("x" * 2001, level="Còn đây"))
    assert answer.status_code == 422
    assert "Còn đây" in text_of(answer)


def test_who_is_too_late_reads_why_and_keeps_what_was_typed(
    waiting: LicenceRequest, officer_client: Client, other_officer: User
) -> None:
    stories.approved(waiting, other_officer)
    answer = officer_client.post(address(waiting), typed("Xem lại.", level="Còn đây"))
    assert answer.status_code == 409
    page = text_of(answer)
    assert f"{other_officer.full_name} đã phê duyệt" in page
    assert "Còn đây" in page
    assert 'form="record-form"' not in page


def test_opening_it_too_late_says_so(
    waiting: LicenceRequest, officer_client: Client, salesperson: User
) -> None:
    recall_request(actor=salesperson, request_id=waiting.pk)
    assert officer_client.get(address(waiting)).status_code == 409


def test_what_was_typed_when_the_session_ended_comes_back(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    officer_client.get(address(waiting))
    del officer_client.cookies["sessionid"]
    lost = officer_client.post(address(waiting), typed("Chưa gửi", level="Còn đây"))
    assert lost.status_code == 302
    officer_client.force_login(officer, backend="capphep.platform.backends.People")
    page = text_of(officer_client.get(address(waiting)))
    assert "Chưa gửi" in page
    assert "Còn đây" in page
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


@pytest.mark.parametrize("client", ["auditor_client", "admin_client", "sales_client"])
def test_only_officers_return(
    waiting: LicenceRequest, client: str, request: pytest.FixtureRequest
) -> None:
    person: Client = request.getfixturevalue(client)
    assert person.get(address(waiting)).status_code == 403
    assert person.post(address(waiting), typed("Xem lại.")).status_code == 403


def test_a_request_that_was_never_sent_is_not_there(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    assert officer_client.get(reverse("ims:return", args=[waiting.pk + 1])).status_code == 404


def test_who_sent_it_is_told_why_not(waiting: LicenceRequest, salesperson: User) -> None:
    salesperson.role = "officer"
    salesperson.save()
    assert signed_in(salesperson).get(address(waiting)).status_code == 403


def test_the_menu_and_the_page_offer_it(waiting: LicenceRequest, officer_client: Client) -> None:
    assert address(waiting) in text_of(officer_client.get(reverse("ims:queue")))
    page = text_of(officer_client.get(address(waiting, "request")))
    assert f'href="{address(waiting)}?then=next" data-key="t"' in page


# --- when it comes again -----------------------------------------------------------------------


def context_of(client: Client, record: LicenceRequest) -> Any:
    return client.get(address(record, "request")).context


def test_the_officer_sees_what_changed_and_what_did_not(
    again: LicenceRequest, officer_client: Client
) -> None:
    resent = context_of(officer_client, again)["resent"]
    assert [(one.label, one.before, one.after, one.comment) for one in resent.changes] == [
        ("Ghi chú", "", "Mua thêm 50 người dùng", "Rõ hơn.")
    ]
    assert [(one.label, one.text) for one in resent.unchanged] == [("Cấp", "Đúng chưa?")]
    page = text_of(officer_client.get(address(again, "request")))
    assert "Gửi lại lần 2: nội dung thay đổi" in page
    assert "Lần trước: Trả lại" in page


def test_the_queue_marks_what_was_sent_again(again: LicenceRequest, officer_client: Client) -> None:
    queue = text_of(officer_client.get(reverse("ims:queue")))
    assert f"{again.request_no} – gửi lại lần 2" in queue


def test_a_first_sending_has_nothing_to_compare(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    context = context_of(officer_client, waiting)
    assert context["resent"] is None
    assert [one.record.number for one in context["rounds"]] == [1]


def test_after_the_decision_the_rounds_stay_readable(
    again: LicenceRequest, officer: User, officer_client: Client
) -> None:
    stories.approved(again, officer)
    context = context_of(officer_client, again)
    assert context["resent"] is None
    assert [str(one.outcome.label) for one in context["rounds"]] == ["Đã duyệt", "Trả lại"]


def test_the_page_of_a_request_sent_again_costs_a_known_number_of_statements(
    again: LicenceRequest, officer_client: Client, statements: Counter
) -> None:
    with statements("ims.request.again", at_most=24):
        officer_client.get(address(again, "request"))


# --- what has no order -------------------------------------------------------------------------


def test_what_is_not_sold_is_returned_and_sent_again_too(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    change = stories.info_change_sent(customer, salesperson, catalogue.igov, **ADMINISTRATOR)
    page = text_of(officer_client.get(address(change)))
    assert 'name="on-unit_name"' in page
    assert 'name="on-amount"' not in page
    assert 'name="on-evidence-commitment"' not in page
    officer_client.post(address(change), typed(unit_name="Tên theo quyết định nào?"))
    sales = signed_in(salesperson)
    form = text_of(sales.get(reverse("provisioning:request_edit", args=[change.pk])))
    assert 'id="remark-unit_name"' in form
    again = stories.sent_again(change, salesperson, unit_name="UBND Xã Đông Hải mới")
    resent = context_of(officer_client, again)["resent"]
    assert "UBND Xã Đông Hải mới" in [one.after for one in resent.changes]
