"""Administrator accounts on screen: who sees what, what failed, and *Thử lại*."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capphep.crm.models import Customer
from capphep.identity.delivery import deliver_next
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.states import AccountStatus
from capphep.platform.audit import Change, entries_of, record
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.identity.conftest import noted
from tests.plumbing.sql_counts import Counter

HTMX = {"HX-Request": "true"}
SEND_TICKED = "/lists/identity.accounts/do/send-again"
SEES_ALL = ["officer", "auditor", "administrator"]
MAY_SEND = ["officer", "administrator"]


@pytest.fixture
def failed(link: AccountLink) -> AccountLink:
    """As after three attempts with a wrong token."""
    AccountLink.objects.update(status=AccountStatus.FAILED)
    AdminAccount.objects.update(
        failures=3, attempts=3, ended=3, error="token", error_status=401, tried_at=timezone.now()
    )
    link.refresh_from_db()
    return link


def client_of(request: pytest.FixtureRequest, person: str) -> Client:
    return signed_in(request.getfixturevalue(person))


def text_of(response: HttpResponse | Any) -> str:
    return " ".join(response.content.decode().split())


def panel(customer: Customer) -> str:
    return reverse("identity:customer_panel", args=[customer.pk])


def again(link: AccountLink) -> str:
    return reverse("identity:send_again", args=[link.pk])


@pytest.mark.parametrize("person", SEES_ALL)
def test_the_list_shows_what_failed_and_why(
    request: pytest.FixtureRequest, failed: AccountLink, person: str
) -> None:
    client = client_of(request, person)
    text = text_of(client.get(reverse("identity:account_list") + "?status=failed"))
    assert "Nguyễn Văn An" in text and "Lỗi" in text
    assert "Hệ thống định danh không chấp nhận mã truy cập (CAPPHEP_SCIM_TOKEN). (401)" in text
    assert (SEND_TICKED in text) == (person in MAY_SEND)


def test_a_salesperson_has_no_directory(sales_client: Client, link: AccountLink) -> None:
    assert sales_client.get(reverse("identity:account_list")).status_code == 403
    page = reverse("identity:account", args=[link.account_id])
    assert sales_client.get(page).status_code == 403
    home = text_of(sales_client.get(reverse("shell:home")))
    assert reverse("identity:account_list") not in home


def test_the_list_is_narrowed_and_searched(
    officer_client: Client, failed: AccountLink, catalogue: SmallCatalogue
) -> None:
    other = factories.customer("1234568", "Trường Tiểu học Đông Hải")
    noted(other, catalogue, name="Trần Thị Bình", email="binh@example.vn")
    for query, found in {
        "": {"An", "Bình"},
        "?status=pending": {"Bình"},
        "?trouble=given_up": set(),
        "?trouble=failing": {"An"},
        "?q=tieu hoc": {"Bình"},
        "?q=AN@example": {"An"},
        "?q=0912345678": {"An"},
        "?q=1234568": {"Bình"},
        "?q=nobody": set(),
    }.items():
        text = text_of(officer_client.get(reverse("identity:account_list") + query))
        names = {"Nguyễn Văn An": "An", "Trần Thị Bình": "Bình"}
        assert {short for name, short in names.items() if name in text} == found, query


def test_the_list_takes_the_same_statements_for_many(
    officer_client: Client, catalogue: SmallCatalogue, statements: Counter
) -> None:
    for number in range(5):
        noted(factories.customer(f"123456{number}"), catalogue, email=f"p{number}@example.vn")
    with statements("identity.accounts", at_most=9):
        officer_client.get(reverse("identity:account_list"))


def test_the_page_of_an_account_shows_delivery_links_and_history(
    officer_client: Client, failed: AccountLink
) -> None:
    told = {"customer": "UBND Xã Đông Hải", "error": "token"}
    record(SYSTEM, [Change(failed.account, "account_failed", after=told)])
    response = officer_client.get(reverse("identity:account", args=[failed.account_id]))
    text = text_of(response)
    for said in ("Danh bạ của chính phần mềm này", str(failed.account.uid), "UBND Xã Đông Hải"):
        assert said in text
    assert "Thử lại" in text and "không chấp nhận mã truy cập" in text
    assert "không gửi được tài khoản người quản trị" in text
    assert text.count("không chấp nhận mã truy cập") == 3
    assert officer_client.get(reverse("identity:account", args=[10**17])).status_code == 404


@pytest.mark.parametrize("person", [*SEES_ALL, "salesperson"])
def test_the_panel_on_a_customers_page(
    request: pytest.FixtureRequest, failed: AccountLink, person: str
) -> None:
    client = client_of(request, person)
    page = text_of(client.get(reverse("crm:customer", args=[failed.customer_id])))
    assert panel(failed.customer) in page
    text = text_of(client.get(panel(failed.customer), headers=HTMX))
    is_masked = person == "auditor"
    assert ("an@example.vn" in text and "0912345678" in text) != is_masked
    assert ("a***@…" in text and "09** *** *78" in text) == is_masked
    assert "số lần thử: 3, lần cuối" in text
    assert (again(failed) in text) == (person in MAY_SEND)
    opens = reverse("identity:account", args=[failed.account_id]) in text
    assert opens == (person != "salesperson")


def test_the_panel_on_the_pages_of_request_and_subscription(
    catalogue: SmallCatalogue, salesperson: User, officer: User
) -> None:
    unit = factories.customer()
    order = stories.ordered(unit, salesperson, [(catalogue.base, 1)])
    sent = stories.sent(order, salesperson)
    panel_url = reverse("identity:product_panel", args=[unit.pk, catalogue.igov.pk])
    at_the_desk = reverse("ims:request", args=[sent.pk])
    assert panel_url not in text_of(signed_in(officer).get(at_the_desk))
    subscription = stories.approved(sent, officer).subscription
    own = reverse("provisioning:request", args=[sent.pk])
    assert panel_url in text_of(signed_in(salesperson).get(own))
    assert panel_url in text_of(signed_in(officer).get(at_the_desk))
    page = reverse("ims:subscription", args=[subscription.pk])
    assert panel_url in text_of(signed_in(officer).get(page))
    assert "an@example.vn" in text_of(signed_in(salesperson).get(panel_url, headers=HTMX))


def test_the_panel_without_scripts_is_a_page(officer_client: Client, link: AccountLink) -> None:
    response = officer_client.get(panel(link.customer))
    assert b"<html" in response.content
    assert "chưa thử lần nào" in text_of(response)


def test_the_panel_of_another_teams_customer_is_not_known_of(
    link: AccountLink, other_salesperson: User, salesperson: User
) -> None:
    Customer.objects.update(owner=salesperson, team=salesperson.team)
    client = signed_in(other_salesperson)
    assert client.get(panel(link.customer)).status_code == 404
    assert client.post(again(link)).status_code == 404


def test_the_panel_of_one_product_shows_no_other(
    officer_client: Client, link: AccountLink, catalogue: SmallCatalogue
) -> None:
    address = "identity:product_panel"
    of_igov = officer_client.get(reverse(address, args=[link.customer_id, catalogue.igov.pk]))
    of_ihos = officer_client.get(reverse(address, args=[link.customer_id, catalogue.ihos.pk]))
    assert "an@example.vn" in text_of(of_igov)
    assert "Chưa có tài khoản quản trị nào" in text_of(of_ihos)


def test_whom_no_e_mail_reaches_people_tell(
    officer_client: Client, customer: Customer, catalogue: SmallCatalogue, settings: Any
) -> None:
    noted(customer, catalogue, email="", phone="0987654321")
    deliver_next()
    said = "Không có email: hãy báo cho người quản trị qua điện thoại."
    assert said in text_of(officer_client.get(panel(customer)))
    AdminAccount.objects.update(provider="https://id.example.vn")
    assert said not in text_of(officer_client.get(panel(customer)))


# --- Thử lại -------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", MAY_SEND)
def test_trying_again_makes_it_due_at_once(
    request: pytest.FixtureRequest, failed: AccountLink, person: str
) -> None:
    AdminAccount.objects.update(next_at=None, failures=10)
    response = client_of(request, person).post(again(failed), headers=HTMX)
    assert response.status_code == 204
    failed.refresh_from_db()
    account = AdminAccount.objects.get()
    assert failed.status == AccountStatus.PENDING
    assert account.failures == 0 and account.next_at and account.next_at <= timezone.now()
    entry = entries_of(account)[0]
    assert (entry.verb, entry.actor) == ("account_sent_again", request.getfixturevalue(person))


@pytest.mark.parametrize("person", ["salesperson", "auditor"])
def test_others_do_not_try_again(
    request: pytest.FixtureRequest, failed: AccountLink, person: str
) -> None:
    assert client_of(request, person).post(again(failed)).status_code == 403
    failed.refresh_from_db()
    assert failed.status == AccountStatus.FAILED


def test_what_waits_anyway_is_not_tried_again(officer_client: Client, link: AccountLink) -> None:
    assert officer_client.post(again(link)).status_code == 409


def test_trying_again_what_is_not_there(officer_client: Client, db: None) -> None:
    assert officer_client.post(reverse("identity:send_again", args=[1])).status_code == 404


def test_a_button_pressed_when_the_session_had_ended_leads_to_the_customer(
    officer_client: Client, failed: AccountLink
) -> None:
    response = officer_client.get(again(failed))
    assert response.headers["Location"] == reverse("crm:customer", args=[failed.customer_id])
    failed.refresh_from_db()
    assert failed.status == AccountStatus.FAILED


def test_an_account_that_is_being_delivered_stays_its_workers(
    officer_client: Client, failed: AccountLink
) -> None:
    """Trying again meanwhile shortens no lease: two at once would cross at the provider."""
    lease = timezone.now() + datetime.timedelta(seconds=100)
    AdminAccount.objects.update(attempts=4, next_at=lease)
    officer_client.post(again(failed))
    assert AdminAccount.objects.get().next_at == lease


def test_the_ticked_ones_are_sent_again_as_far_as_they_can(
    officer_client: Client, failed: AccountLink, catalogue: SmallCatalogue
) -> None:
    other = noted(factories.customer("1234568"), catalogue, email="binh@example.vn")
    ids = [str(failed.pk), str(other.pk), "999", "x", "²", "9" * 30]
    question = officer_client.get(SEND_TICKED, {"id": ids}, headers=HTMX)
    assert "Gửi lại 2 tài khoản?" in text_of(question)
    seen = {"id": ids, "seen": question.context["selection"].fingerprint}
    response = officer_client.post(SEND_TICKED, seen, headers=HTMX)
    assert "Gửi lại: đã xong 1, giữ nguyên 1." in text_of(response)
    failed.refresh_from_db()
    assert failed.status == AccountStatus.PENDING


@pytest.mark.parametrize("person", ["salesperson", "auditor"])
def test_others_send_no_ticked_ones(
    request: pytest.FixtureRequest, failed: AccountLink, person: str
) -> None:
    client = client_of(request, person)
    assert client.get(SEND_TICKED, {"id": failed.pk}).status_code == 403
    assert client.post(SEND_TICKED, {"id": failed.pk}).status_code == 403
