"""*Thu hồi cấp phép* on screen: proposed by one officer, confirmed or declined by another."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer, Order
from capphep.crm.states import LicenceStatus
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.ims.actions import decline_withdrawal
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestStatus, WithdrawalStatus
from tests import stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.ims.test_views_queue import QUEUE, found
from tests.plumbing.sql_counts import Counter

A_DAY = datetime.timedelta(days=1)
REASON = "Đơn vị trả lại, chưa thanh toán"


@pytest.fixture
def approved(waiting: LicenceRequest, officer: User) -> LicenceRequest:
    """50 users on top of the 100 that the unit had, for ``order`` ."""
    return stories.approved(waiting, officer).request


@pytest.fixture
def withdrawal(approved: LicenceRequest, officer: User) -> Withdrawal:
    return stories.proposed(approved, officer)


@pytest.fixture
def other_client(other_officer: User) -> Client:
    return signed_in(other_officer)


def propose_url(record: LicenceRequest) -> str:
    return reverse("ims:withdraw", args=[record.pk])


def confirm_url(withdrawal: Withdrawal) -> str:
    return reverse("ims:withdraw_confirm", args=[withdrawal.pk])


def decline_url(withdrawal: Withdrawal) -> str:
    return reverse("ims:withdraw_decline", args=[withdrawal.pk])


def page_of(record: LicenceRequest) -> str:
    return reverse("ims:request", args=[record.pk])


def seen_in(response: Any) -> dict[str, str]:
    return dict(response.context["hidden"])


def values(**changes: str) -> dict[str, str]:
    return {"from_day": f"{clock.today():%d/%m/%Y}", "reason": REASON, **changes}


def taken() -> int:
    return Grant.objects.filter(kind=GrantKind.WITHDRAWAL).count()


# --- proposing ---------------------------------------------------------------------------------


def test_the_dialog_shows_what_is_held_taken_back_and_left(
    approved: LicenceRequest, officer_client: Client
) -> None:
    text = text_of(officer_client.get(propose_url(approved), headers=HTMX))
    for shown in (f"Thu hồi cấp phép {approved.request_no}", ">150<", ">−50<", ">100<"):
        assert shown in text
    assert "Lý do vẫn thu hồi" not in text


def test_a_proposal_waits_for_a_second_officer(
    approved: LicenceRequest, officer: User, officer_client: Client
) -> None:
    response = officer_client.post(propose_url(approved), values(), headers=HTMX)
    assert response.status_code == 204
    assert "chờ cán bộ thứ hai" in json.loads(response["HX-Trigger"])["toast"]["text"]
    proposed = Withdrawal.objects.get()
    assert (proposed.status, proposed.reason) == (WithdrawalStatus.PROPOSED, REASON)
    assert taken() == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("reason", ""),
        ("reason", "\u200b "),
        ("reason", "x" * 2001),
        ("from_day", ""),
        ("from_day", "31/02/2027"),
        ("from_day", "01/01/2020"),
        ("from_day", "01/01/2099"),
    ],
)
def test_what_is_wrong_comes_back_at_its_field_and_nothing_typed_is_lost(
    approved: LicenceRequest, officer_client: Client, field: str, typed: str
) -> None:
    response = officer_client.post(propose_url(approved), values(**{field: typed}), headers=HTMX)
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {field}
    assert form[field].value() == typed
    assert not Withdrawal.objects.exists()


def test_a_second_reason_is_asked_for_where_more_is_in_use_than_would_remain(
    approved: LicenceRequest,
    customer: Customer,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    stories.in_use(customer, catalogue, 120)
    today = f"{clock.today():%d/%m/%Y}"
    numbers = f"đang dùng <strong>120</strong>, từ {today} sẽ chỉ còn <strong>100</strong>"
    assert numbers in text_of(officer_client.get(propose_url(approved), headers=HTMX))
    refused = officer_client.post(propose_url(approved), values(), headers=HTMX)
    assert refused.status_code == 422
    assert numbers in text_of(refused)
    assert set(refused.context["form"].errors) == {"force_reason"}
    forced = values(force_reason="Đã báo đơn vị")
    assert officer_client.post(propose_url(approved), forced, headers=HTMX).status_code == 204
    assert Withdrawal.objects.get().force_reason == "Đã báo đơn vị"


def test_another_day_has_other_numbers_and_keeps_the_second_reason(
    approved: LicenceRequest,
    customer: Customer,
    catalogue: SmallCatalogue,
    officer_client: Client,
) -> None:
    stories.in_use(customer, catalogue, 120)
    url = reverse("ims:withdraw_preview", args=[approved.pk])
    later = f"{clock.today() + 10 * A_DAY:%d/%m/%Y}"
    text = text_of(
        officer_client.post(url, values(from_day=later, force_reason="Vì"), headers=HTMX)
    )
    assert later in text and "Vì</textarea>" in text
    gone = text_of(officer_client.post(url, values(from_day="01/01/2099"), headers=HTMX))
    assert "không còn gì để thu hồi" in gone
    assert officer_client.get(url)["Location"] == page_of(approved)


@pytest.mark.parametrize("typed", ["", "x", "99/99/9999"])
def test_a_day_that_is_none_shows_todays_numbers(
    approved: LicenceRequest, officer_client: Client, typed: str
) -> None:
    url = reverse("ims:withdraw_preview", args=[approved.pk])
    response = officer_client.post(url, values(from_day=typed), headers=HTMX)
    assert response.status_code == 200 and ">−50<" in text_of(response)


def test_a_second_proposal_and_one_of_what_is_not_approved_are_told_why_not(
    withdrawal: Withdrawal,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    other_client: Client,
) -> None:
    again = other_client.get(propose_url(withdrawal.request), headers=HTMX)
    assert again.status_code == 409 and "Người officer đã đề nghị thu hồi" in text_of(again)
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    waiting = stories.sent(order, salesperson)
    for response in (
        other_client.get(propose_url(waiting), headers=HTMX),
        other_client.post(propose_url(waiting), values(), headers=HTMX),
    ):
        assert response.status_code == 409


def test_what_was_typed_while_the_session_ended_is_there_after_signing_in(
    approved: LicenceRequest, officer: User, officer_client: Client
) -> None:
    officer_client.get(propose_url(approved))
    del officer_client.cookies["sessionid"]
    assert officer_client.post(propose_url(approved), values()).status_code == 302
    officer_client.force_login(officer, backend="capphep.platform.backends.People")
    assert REASON in text_of(officer_client.get(propose_url(approved)))


# --- where it shows ----------------------------------------------------------------------------


def test_a_proposal_shows_in_the_queue_on_the_request_and_on_the_subscription(
    withdrawal: Withdrawal, officer_client: Client, other_client: Client
) -> None:
    record = withdrawal.request
    assert found(other_client, status="withdrawals") == [record.request_no]
    queue = text_of(other_client.get(QUEUE, {"status": "withdrawals"}))
    assert "Người officer" in queue and f"{clock.today():%d/%m/%Y}" in queue
    subscription = reverse("ims:subscription", args=[Subscription.objects.get().pk])
    for page in (page_of(record), subscription):
        text = text_of(other_client.get(page))
        for shown in ("Đề nghị thu hồi", REASON, ">150<", ">−50<", ">100<"):
            assert shown in text
        assert confirm_url(withdrawal) in text and decline_url(withdrawal) in text
    own = text_of(officer_client.get(page_of(record)))
    assert confirm_url(withdrawal) not in own and "không được tự xác nhận" in own


def test_an_auditor_reads_it_and_a_salesperson_does_not_know_of_it(
    withdrawal: Withdrawal, auditor_client: Client, sales_client: Client
) -> None:
    text = text_of(auditor_client.get(page_of(withdrawal.request)))
    assert REASON in text and confirm_url(withdrawal) not in text
    subscription = reverse("ims:subscription", args=[Subscription.objects.get().pk])
    assert "Đề nghị thu hồi" not in text_of(sales_client.get(subscription))


# --- confirming --------------------------------------------------------------------------------


def test_the_second_officer_confirms_the_numbers_that_the_dialog_shows(
    withdrawal: Withdrawal, other_client: Client
) -> None:
    dialog = other_client.get(confirm_url(withdrawal), headers=HTMX)
    for shown in ("Người officer", REASON, ">150<", ">−50<", ">100<"):
        assert shown in text_of(dialog)
    response = other_client.post(confirm_url(withdrawal), seen_in(dialog), headers=HTMX)
    assert response.status_code == 204
    withdrawal.request.refresh_from_db()
    assert withdrawal.request.status == RequestStatus.WITHDRAWN
    assert Order.objects.get().licence_status == LicenceStatus.REVOKED
    assert taken() == 1
    text = text_of(other_client.get(page_of(withdrawal.request)))
    assert "Người officer2 đã xác nhận thu hồi lúc" in text and REASON in text
    assert found(other_client, status="withdrawals") == []
    assert found(other_client, status="withdrawn") == [withdrawal.request.request_no]


def test_who_proposed_it_is_refused_also_where_one_person_may_approve(
    withdrawal: Withdrawal, officer_client: Client, settings: object
) -> None:
    settings.TWO_PEOPLE = False  # type: ignore[attr-defined]
    for response in (
        officer_client.get(confirm_url(withdrawal), headers=HTMX),
        officer_client.post(
            confirm_url(withdrawal),
            {"seen": stories.seen_withdrawal(withdrawal)},
            headers=HTMX,
        ),
    ):
        assert response.status_code == 403
    assert taken() == 0


def test_numbers_that_moved_behind_the_dialog_come_back_to_be_confirmed_anew(
    withdrawal: Withdrawal,
    officer: User,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    other_client: Client,
) -> None:
    stale = seen_in(other_client.get(confirm_url(withdrawal), headers=HTMX))
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])
    stories.approved(stories.sent(order, salesperson), officer)
    moved = other_client.post(confirm_url(withdrawal), stale, headers=HTMX)
    assert moved.status_code == 409
    text = text_of(moved)
    assert "Số liệu đã thay đổi" in text and ">250<" in text and ">200<" in text
    assert taken() == 0
    confirmed = other_client.post(confirm_url(withdrawal), seen_in(moved), headers=HTMX)
    assert confirmed.status_code == 204


def test_what_came_into_use_meanwhile_leaves_only_to_decline(
    withdrawal: Withdrawal, customer: Customer, catalogue: SmallCatalogue, other_client: Client
) -> None:
    stories.in_use(customer, catalogue, 120)
    dialog = other_client.get(confirm_url(withdrawal), headers=HTMX)
    text = text_of(dialog)
    assert "đang dùng <strong>120</strong>" in text
    assert ">Thu hồi</button>" not in text and decline_url(withdrawal) in text
    refused = other_client.post(confirm_url(withdrawal), seen_in(dialog), headers=HTMX)
    assert refused.status_code == 409
    assert taken() == 0


def test_a_proposed_day_that_has_passed_is_said_to_have_passed(
    withdrawal: Withdrawal, other_client: Client
) -> None:
    Withdrawal.objects.update(from_day=clock.today() - A_DAY)
    text = text_of(other_client.get(confirm_url(withdrawal), headers=HTMX))
    assert f"{clock.today():%d/%m/%Y}" in text
    assert f"(đề nghị từ {clock.today() - A_DAY:%d/%m/%Y}, ngày đó đã qua)" in text


# --- declining ---------------------------------------------------------------------------------


def test_another_officer_declines_with_a_reason(
    withdrawal: Withdrawal, other_client: Client
) -> None:
    assert "bắt buộc" in text_of(other_client.get(decline_url(withdrawal), headers=HTMX))
    empty = other_client.post(decline_url(withdrawal), {"reason": " "}, headers=HTMX)
    assert empty.status_code == 422
    done = other_client.post(decline_url(withdrawal), {"reason": "Đã thanh toán"}, headers=HTMX)
    assert done.status_code == 204
    withdrawal.refresh_from_db()
    assert withdrawal.status == WithdrawalStatus.DECLINED
    assert "Đã thanh toán" in text_of(other_client.get(page_of(withdrawal.request)))


def test_who_proposed_it_takes_it_back_without_one(
    withdrawal: Withdrawal, officer_client: Client
) -> None:
    text = text_of(officer_client.get(decline_url(withdrawal), headers=HTMX))
    assert "Rút đề nghị" in text and "bắt buộc" not in text
    done = officer_client.post(decline_url(withdrawal), {"reason": ""}, headers=HTMX)
    assert done.status_code == 204


def test_who_comes_too_late_is_told_who_was_faster(
    withdrawal: Withdrawal, officer: User, other_client: Client
) -> None:
    decline_withdrawal(actor=officer, withdrawal_id=withdrawal.pk)
    for url in (confirm_url(withdrawal), decline_url(withdrawal)):
        for response in (
            other_client.get(url, headers=HTMX),
            other_client.post(url, {"seen": "x", "reason": "y"}, headers=HTMX),
        ):
            assert response.status_code == 409
            assert "Người officer đã bác đề nghị thu hồi này" in text_of(response)


# --- who may, and who is told ------------------------------------------------------------------


def test_only_officers_propose_confirm_and_decline(
    withdrawal: Withdrawal,
    sales_client: Client,
    auditor_client: Client,
    admin_client: Client,
) -> None:
    record = withdrawal.request
    urls = [propose_url(record), confirm_url(withdrawal), decline_url(withdrawal)]
    for client in (sales_client, auditor_client, admin_client):
        for url in urls:
            assert client.get(url).status_code == 403
            assert client.post(url, values(), headers=HTMX).status_code == 403
    assert taken() == 0


@pytest.mark.parametrize("pk", [0, 10**9, 10**30])
def test_a_number_that_nobody_has_is_not_found(officer_client: Client, pk: int) -> None:
    for name in ("withdraw", "withdraw_confirm", "withdraw_decline"):
        assert officer_client.get(reverse(f"ims:{name}", args=[pk])).status_code == 404


def test_the_salesperson_is_told_on_the_request_and_on_the_order(
    approved: LicenceRequest, officer: User, other_officer: User, sales_client: Client
) -> None:
    day = clock.today() + 3 * A_DAY
    stories.withdrawn(approved, officer, other_officer, from_day=day)
    request = text_of(sales_client.get(reverse("provisioning:request", args=[approved.pk])))
    order = text_of(sales_client.get(reverse("provisioning:order_panel", args=[approved.order_id])))
    for text in (request, order):
        assert f"Thu hồi từ ngày {day:%d/%m/%Y}" in text and REASON in text
    again = sales_client.get(reverse("provisioning:request", args=[approved.pk]))
    assert str(again.context["band"].primary.label) == "Lập lại yêu cầu"


def test_the_withdrawals_tab_takes_the_same_statements_for_one_and_for_many(
    withdrawal: Withdrawal,
    officer: User,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
    statements: Counter,
) -> None:
    for _ in range(2):
        with statements("ims.queue.proposed", at_most=9):
            officer_client.get(QUEUE, {"status": "withdrawals"})
        order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
        stories.proposed(
            stories.approved(stories.sent(order, salesperson), officer).request, officer
        )
