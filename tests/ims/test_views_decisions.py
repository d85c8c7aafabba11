"""*Phê duyệt YC cấp giấy phép* and *Từ chối* over HTTP, with htmx and without."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer, Order
from capphep.crm.states import LicenceStatus
from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.ims import actions
from capphep.ims.actions import take
from capphep.platform.models import User
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of


def approve_url(record: LicenceRequest) -> str:
    return reverse("ims:approve", args=[record.pk])


def reject_url(record: LicenceRequest) -> str:
    return reverse("ims:reject", args=[record.pk])


def seen_in(response: Any) -> str:
    """What the dialog's hidden field would send."""
    return dict(response.context["hidden"])["seen"]


def granted() -> int:
    return Grant.objects.filter(kind=GrantKind.APPROVAL).count()


# --- approve -----------------------------------------------------------------------------------


def test_the_dialog_asks_with_what_is_held_bought_and_held_afterwards(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    response = officer_client.get(approve_url(waiting), headers=HTMX)
    text = text_of(response)
    assert f"Phê duyệt yêu cầu {waiting.request_no}?" in text
    for shown in ("Đang có", "Mua thêm", "Sau duyệt", ">100<", ">+50<", ">150<", "12 tháng"):
        assert shown in text
    assert ">Có<" in text and ">Không<" in text
    assert seen_in(response) == stories.seen_by_officer(waiting)
    assert "Lúc gửi" not in text
    assert granted() == 0


def test_yes_approves_closes_the_dialog_and_reloads_the_list(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    seen = seen_in(officer_client.get(approve_url(waiting), headers=HTMX))
    response = officer_client.post(approve_url(waiting), {"seen": seen}, headers=HTMX)
    assert response.status_code == 204
    triggers = json.loads(response["HX-Trigger"])
    assert {"toast", "dialog-close", "record-changed"} <= triggers.keys()
    licence = Licence.objects.get()
    assert waiting.request_no in triggers["toast"]["text"]
    assert licence.licence_no in triggers["toast"]["text"]
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.APPROVED
    assert Order.objects.get().licence_status == LicenceStatus.APPROVED
    assert granted() == 1


def test_without_scripts_the_question_is_a_page_and_yes_leads_to_the_request(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    page = officer_client.get(approve_url(waiting))
    assert "<html" in text_of(page)
    response = officer_client.post(approve_url(waiting), {"seen": seen_in(page)}, follow=True)
    assert response.redirect_chain == [(reverse("ims:request", args=[waiting.pk]), 302)]
    assert "Đã phê duyệt" in text_of(response)


def test_a_second_click_grants_nothing_and_says_who_approved(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    seen = seen_in(officer_client.get(approve_url(waiting), headers=HTMX))
    officer_client.post(approve_url(waiting), {"seen": seen}, headers=HTMX)
    again = officer_client.post(approve_url(waiting), {"seen": seen}, headers=HTMX)
    assert again.status_code == 409
    assert "Người officer đã phê duyệt yêu cầu này lúc" in text_of(again)
    assert "record-changed" in again["HX-Trigger"]
    assert granted() == 1


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_after_a_rejection_both_dialogs_say_who_rejected(
    waiting: LicenceRequest, officer: User, other_officer: User, verb: str
) -> None:
    actions.reject(actor=officer, request_id=waiting.pk, reason="Thiếu dấu")
    client, url = signed_in(other_officer), reverse(f"ims:{verb}", args=[waiting.pk])
    for response in (
        client.get(url, headers=HTMX),
        client.get(url),
        client.post(url, {"seen": "x", "reason": "y"}, headers=HTMX),
        client.post(url, {"seen": "x", "reason": "y"}),
    ):
        assert response.status_code == 409
        assert "Người officer đã từ chối yêu cầu này lúc" in text_of(response)
    assert granted() == 0


def test_a_request_taken_back_meanwhile_is_not_granted(
    waiting: LicenceRequest, salesperson: User, officer_client: Client
) -> None:
    seen = seen_in(officer_client.get(approve_url(waiting), headers=HTMX))
    recall_request(actor=salesperson, request_id=waiting.pk)
    response = officer_client.post(approve_url(waiting), {"seen": seen}, headers=HTMX)
    assert response.status_code == 409
    assert "đã thu hồi yêu cầu này" in text_of(response)
    assert granted() == 0


def test_a_draft_is_not_there(
    customer: Customer, salesperson: User, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    draft = stories.drafted(order, salesperson)
    for url in (approve_url(draft), reject_url(draft), reverse("ims:request", args=[draft.pk])):
        assert officer_client.get(url).status_code == 404
    assert officer_client.post(approve_url(draft), {"seen": "x"}).status_code == 404


@pytest.mark.parametrize("pk", [0, 10**9, 10**30])
def test_a_number_that_nobody_has_is_not_found(officer_client: Client, pk: int) -> None:
    for name in ("request", "approve", "reject"):
        assert officer_client.get(reverse(f"ims:{name}", args=[pk])).status_code == 404


def test_who_sent_a_request_is_told_that_it_takes_two(
    waiting: LicenceRequest, salesperson: User
) -> None:
    salesperson.role = "officer"
    salesperson.save()
    client = signed_in(salesperson)
    for response in (
        client.get(approve_url(waiting), headers=HTMX),
        client.post(approve_url(waiting), {"seen": stories.seen_by_officer(waiting)}, headers=HTMX),
        client.post(reject_url(waiting), {"reason": "x"}, headers=HTMX),
    ):
        assert response.status_code == 403
        assert "không được tự quyết định" in text_of(response)
    assert granted() == 0


# --- the next one ------------------------------------------------------------------------------


def page_actions(client: Client, record: LicenceRequest) -> dict[str, str]:
    """The addresses behind the approver's page's decisions, by key."""
    decision = client.get(reverse("ims:request", args=[record.pk])).context["decision"]
    return {item.key: item.url for item in decision}


def test_after_a_decision_on_the_approvers_page_the_next_one_opens(
    waiting: LicenceRequest, second: LicenceRequest, officer_client: Client
) -> None:
    approve = page_actions(officer_client, waiting)["a"]
    dialog = officer_client.get(approve, headers=HTMX)
    assert dialog.context["action"] == approve
    response = officer_client.post(approve, {"seen": seen_in(dialog)}, headers=HTMX)
    page = reverse("ims:request", args=[second.pk])
    assert response["HX-Redirect"] == page
    text = text_of(officer_client.get(page))
    assert f"Đã phê duyệt {waiting.request_no}" in text
    assert f'<a href="{reverse("ims:request", args=[waiting.pk])}">Xem lại</a>' in text


def test_a_rejection_on_the_approvers_page_opens_the_next_one_without_scripts_too(
    waiting: LicenceRequest, second: LicenceRequest, officer_client: Client
) -> None:
    reject = page_actions(officer_client, waiting)["r"]
    response = officer_client.post(reject, {"reason": "<b>Thiếu</b> dấu"})
    assert response.status_code == 302
    assert response["Location"] == reverse("ims:request", args=[second.pk])


def test_where_nothing_waits_any_more_the_decided_one_stays_open(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    approve = page_actions(officer_client, waiting)["a"]
    seen = seen_in(officer_client.get(approve, headers=HTMX))
    response = officer_client.post(approve, {"seen": seen}, headers=HTMX)
    assert response.status_code == 204
    assert "record-changed" in response["HX-Trigger"]


def test_a_decision_from_the_menu_of_a_row_stays_on_the_list(
    waiting: LicenceRequest, second: LicenceRequest, officer_client: Client
) -> None:
    row = officer_client.get(reverse("ims:queue")).context["page"].rows[0]
    reject = next(item.url for item in row.menu if str(item.label) == "Từ chối")
    assert row.record == waiting
    response = officer_client.post(reject, {"reason": "Thiếu dấu"}, headers=HTMX)
    assert response.status_code == 204


def test_j_and_k_lead_to_what_waits_after_and_before(
    waiting: LicenceRequest, second: LicenceRequest, officer_client: Client
) -> None:
    walks = [
        officer_client.get(reverse("ims:request", args=[record.pk])).context["band"].walk
        for record in (waiting, second)
    ]
    assert [(item.key, item.url) for item in walks[0]] == [
        ("j", reverse("ims:request", args=[second.pk]))
    ]
    assert [(item.key, item.url) for item in walks[1]] == [
        ("k", reverse("ims:request", args=[waiting.pk]))
    ]


def test_both_dialogs_say_who_handles_the_request(
    waiting: LicenceRequest, officer: User, other_officer: User, officer_client: Client
) -> None:
    take(actor=other_officer, request_id=waiting.pk)
    for url in (approve_url(waiting), reject_url(waiting)):
        assert "Đang do Người officer2 xử lý." in text_of(officer_client.get(url, headers=HTMX))
        own = text_of(signed_in(other_officer).get(url, headers=HTMX))
        assert "Đang do" not in own
    assert "Người officer2" in text_of(
        officer_client.get(reverse("ims:request", args=[waiting.pk]))
    )
    seen = seen_in(officer_client.get(approve_url(waiting), headers=HTMX))
    done = officer_client.post(approve_url(waiting), {"seen": seen}, headers=HTMX)
    assert done.status_code == 204


# --- the base moves (R3) -----------------------------------------------------------------------


@pytest.fixture
def second(
    waiting: LicenceRequest, customer: Customer, salesperson: User, catalogue: SmallCatalogue
) -> LicenceRequest:
    """Another request of the same customer, for 100 users, sent from the same base of 100."""
    return stories.sent(
        stories.ordered(customer, salesperson, [(catalogue.users_50, 2)]), salesperson
    )


def test_a_base_that_moved_while_the_dialog_was_open_is_shown_and_confirmed_anew(
    waiting: LicenceRequest, second: LicenceRequest, officer: User, other_officer: User
) -> None:
    client = signed_in(other_officer)
    stale = seen_in(client.get(approve_url(second), headers=HTMX))
    stories.approved(waiting, officer)
    moved = client.post(approve_url(second), {"seen": stale}, headers=HTMX)
    assert moved.status_code == 409
    text = text_of(moved)
    assert "lúc gửi có 100, nay có 150. Mua thêm 100, tổng mới là <strong>250</strong>" in text
    assert "vừa thay đổi" in text
    assert granted() == 1
    confirmed = client.post(approve_url(second), {"seen": seen_in(moved)}, headers=HTMX)
    assert confirmed.status_code == 204
    amount = second.lines.get().quantities.get()
    assert (amount.base, amount.added, amount.total) == (150, 100, 250)
    assert granted() == 2


def test_a_base_that_moved_before_the_dialog_opened_is_shown_at_once(
    waiting: LicenceRequest, second: LicenceRequest, officer: User, officer_client: Client
) -> None:
    stories.approved(waiting, officer)
    response = officer_client.get(approve_url(second), headers=HTMX)
    text = text_of(response)
    assert "đã thay đổi từ khi gửi yêu cầu" in text
    assert "Lúc gửi" in text and "Nay có" in text and ">250<" in text
    seen = {"seen": seen_in(response)}
    assert officer_client.post(approve_url(second), seen, headers=HTMX).status_code == 204


@pytest.mark.parametrize("seen", ["", "0123456789abcdef", "\x00"])
def test_without_having_seen_the_base_nothing_is_granted(
    waiting: LicenceRequest, officer_client: Client, seen: str
) -> None:
    response = officer_client.post(approve_url(waiting), {"seen": seen}, headers=HTMX)
    assert response.status_code == 409
    assert seen_in(response) == stories.seen_by_officer(waiting)
    assert granted() == 0


# --- reject ------------------------------------------------------------------------------------


def test_a_rejection_gives_its_reason_and_frees_the_order(
    waiting: LicenceRequest, officer_client: Client
) -> None:
    text = text_of(officer_client.get(reject_url(waiting), headers=HTMX))
    assert f"Từ chối yêu cầu {waiting.request_no}?" in text and "bắt buộc" in text
    reason = "Thiếu dấu trên quyết định"
    response = officer_client.post(reject_url(waiting), {"reason": reason}, headers=HTMX)
    assert response.status_code == 204
    assert "record-changed" in response["HX-Trigger"]
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reject_reason) == (RequestStatus.REJECTED, reason)
    assert Order.objects.get().licence_status == LicenceStatus.REJECTED


@pytest.mark.parametrize("reason", ["", "   ", "\u200b\u00a0", "x" * 2001])
def test_a_rejection_without_a_reason_comes_back_inside_the_dialog(
    waiting: LicenceRequest, officer_client: Client, reason: str
) -> None:
    response = officer_client.post(reject_url(waiting), {"reason": reason}, headers=HTMX)
    assert response.status_code == 422
    assert "<dialog" in text_of(response) and "<html" not in text_of(response)
    assert response.context["form"].errors["reason"]
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


# --- who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_only_an_officer_decides(
    waiting: LicenceRequest,
    sales_client: Client,
    auditor_client: Client,
    admin_client: Client,
    name: str,
) -> None:
    url = reverse(f"ims:{name}", args=[waiting.pk])
    values = {"seen": stories.seen_by_officer(waiting), "reason": "x"}
    for client in (sales_client, auditor_client, admin_client):
        assert client.get(url).status_code == 403
        assert client.post(url, values).status_code == 403
        assert client.post(url, values, headers=HTMX).status_code == 403
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


def test_who_is_not_signed_in_decides_nothing(waiting: LicenceRequest) -> None:
    url = approve_url(waiting)
    assert Client().post(url, {"seen": stories.seen_by_officer(waiting)}).status_code == 302
    assert Client().post(url, headers=HTMX).status_code == 401
    assert granted() == 0


def test_a_reason_typed_while_the_session_ended_is_there_after_signing_in(
    waiting: LicenceRequest, officer: User, officer_client: Client
) -> None:
    officer_client.get(reject_url(waiting))
    del officer_client.cookies["sessionid"]
    lost = officer_client.post(reject_url(waiting), {"reason": "Thiếu dấu giáp lai"})
    assert lost.status_code == 302
    officer_client.force_login(officer, backend="capphep.platform.backends.People")
    assert "Thiếu dấu giáp lai" in text_of(officer_client.get(reject_url(waiting)))
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


def test_what_was_sent_again_since_the_dialog_opened_has_to_be_looked_at_again(
    officer_client: Client, waiting: LicenceRequest, salesperson: User
) -> None:
    dialog = officer_client.get(f"/ims/requests/{waiting.pk}/approve", headers=HTMX)
    recall_request(actor=salesperson, request_id=waiting.pk)
    waiting.refresh_from_db()
    stories.send(waiting, salesperson)
    answer = officer_client.post(
        f"/ims/requests/{waiting.pk}/approve", dict(dialog.context["hidden"]), headers=HTMX
    )
    assert answer.status_code == 409
    assert f"Yêu cầu {waiting.request_no} đã được gửi lại" in text_of(answer)
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


def test_the_dialog_of_a_sale_says_that_the_trial_ends(
    officer: User, salesperson: User, catalogue: SmallCatalogue
) -> None:
    unit = factories.customer("7654321", "UBND Xã Tân Phước")
    trial = stories.trial_sent(unit, salesperson, catalogue.igov)
    stories.approved(trial, officer)
    sale = stories.sent(stories.ordered(unit, salesperson, [(catalogue.base, 1)]), salesperson)
    page = signed_in(officer).get(f"/ims/requests/{sale.pk}/approve").content.decode()
    assert "Phần dùng thử của khách hàng kết thúc ngày" in page
