"""Subscriptions: who sees which, until when they run, and the grants behind each number."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Customer
from capphep.entitlements import actions
from capphep.entitlements.actions import OpeningGrant, open_grants
from capphep.entitlements.models import GrantKind, Subscription
from capphep.platform import clock
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from capphep.provisioning.models import LicenceRequest
from capphep.pure.months import term
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.ims.conftest import HTMX, text_of
from tests.plumbing.sql_counts import Counter

LIST = "/ims/subscriptions/"
DAY = datetime.timedelta(days=1)


def opened_between(
    unit: Customer,
    catalogue: SmallCatalogue,
    first_day: datetime.date,
    last_day: datetime.date,
    number: str,
) -> Subscription:
    open_grants(
        actor=SYSTEM,
        grants=[
            OpeningGrant(
                customer_id=unit.pk,
                product_id=catalogue.igov.pk,
                module_id=catalogue.office.pk,
                resource_id=catalogue.users.pk,
                quantity=30,
                first_day=first_day,
                last_day=last_day,
                request_no=number,
                source=f"{number}/1",
            )
        ],
    )
    return Subscription.objects.get(customer=unit)


@pytest.fixture
def lapsed(catalogue: SmallCatalogue) -> Subscription:
    unit = factories.customer("1234570", "Trạm Y tế xã Hòa Bình")
    today = clock.today()
    return opened_between(unit, catalogue, today - 400 * DAY, today - 35 * DAY, "YC-2024-000007")


@pytest.fixture
def upcoming(catalogue: SmallCatalogue) -> Subscription:
    unit = factories.customer("1234571", "Trường Mầm non Hoa Sen")
    today = clock.today()
    return opened_between(unit, catalogue, today + 5 * DAY, today + 369 * DAY, "YC-2026-000300")


@pytest.fixture
def running(customer: Customer) -> Subscription:
    return Subscription.objects.get(customer=customer)


def found(client: Client, **query: str | list[str]) -> set[str]:
    page = client.get(LIST, query).context["page"]
    return {row.record.customer.budget_code for row in page.rows}


def page_of(record: Subscription) -> str:
    return reverse("ims:subscription", args=[record.pk])


# --- the list ----------------------------------------------------------------------------------


def test_the_list_says_until_when_each_runs(
    running: Subscription, lapsed: Subscription, upcoming: Subscription, officer_client: Client
) -> None:
    assert reverse("ims:subscription_list") == LIST
    text = text_of(officer_client.get(LIST))
    until = term(clock.today() - 60 * DAY, 12).last
    for shown in (f"{until:%d/%m/%Y}", "Đang hiệu lực", "Đã hết hạn", "Chưa đến ngày", "1234567"):
        assert shown in text
    assert f"{clock.today() - 35 * DAY:%d/%m/%Y}" in text


def test_the_filter_tells_those_in_force_from_those_that_lapsed(
    running: Subscription, lapsed: Subscription, upcoming: Subscription, officer_client: Client
) -> None:
    assert found(officer_client) == {"1234567", "1234570", "1234571"}
    assert found(officer_client, state="in_force") == {"1234567"}
    assert found(officer_client, state="ended") == {"1234570"}
    assert found(officer_client, state="upcoming") == {"1234571"}
    assert found(officer_client, state=["in_force", "ended"]) == {"1234567", "1234570"}
    assert found(officer_client, state="nonsense") == {"1234567", "1234570", "1234571"}


@pytest.mark.parametrize("text", ["hoa binh", "Hòa Bình", "1234570", "123 4570", "tram y te"])
def test_the_search_finds_by_customer_and_budget_code(
    running: Subscription, lapsed: Subscription, officer_client: Client, text: str
) -> None:
    assert found(officer_client, q=text) == {"1234570"}


def test_the_search_finds_by_licence_and_request_number(
    waiting: LicenceRequest, lapsed: Subscription, officer: User, officer_client: Client
) -> None:
    approval = stories.approved(waiting, officer)
    for number in (approval.licence.licence_no, approval.licence.licence_no.lower()):
        assert found(officer_client, q=number) == {"1234567"}
    assert found(officer_client, q=waiting.request_no) == {"1234567"}


@pytest.mark.parametrize("sort", ["until", "-until", "customer__name", "-created_at"])
def test_every_order_shows_every_row(
    running: Subscription,
    lapsed: Subscription,
    upcoming: Subscription,
    officer_client: Client,
    sort: str,
) -> None:
    assert len(found(officer_client, sort=sort)) == 3


def test_a_salesperson_sees_the_subscriptions_of_the_customers_they_may_see(
    running: Subscription, salesperson: User, other_salesperson: User
) -> None:
    unit = running.customer
    unit.owner, unit.team = salesperson, salesperson.team
    unit.save()
    assert found(signed_in(salesperson)) == {"1234567"}
    assert found(signed_in(other_salesperson)) == set()
    assert signed_in(other_salesperson).get(page_of(running)).status_code == 404


def test_the_list_takes_the_same_statements_for_one_row_and_for_three(
    running: Subscription,
    catalogue: SmallCatalogue,
    officer_client: Client,
    statements: Counter,
) -> None:
    with statements("ims.subscriptions", at_most=8):
        officer_client.get(LIST)
    for number in range(2):
        unit = factories.customer(f"123457{number}", f"Trường số {number}")
        stories.opened(unit, catalogue, request_no=f"YC-2025-00000{number}")
    with statements("ims.subscriptions", at_most=8):
        officer_client.get(LIST)


def test_the_menu_of_a_row_offers_what_the_page_does(
    running: Subscription, salesperson: User, officer_client: Client
) -> None:
    customer = reverse("crm:customer", args=[running.customer_id])
    asked = reverse("provisioning:for_customer", args=[running.customer_id])
    record = reverse("paper:show", args=["subscription", running.pk])
    Customer.objects.update(owner=salesperson, team=salesperson.team)
    seller = signed_in(salesperson)
    for client, offered in (
        (seller, [asked, record, customer]),
        (officer_client, [record, customer]),
    ):
        (row,) = client.get(LIST).context["page"].rows
        assert [item.url for item in row.menu[1:]] == offered


def test_the_fragment_is_the_list_alone(running: Subscription, officer_client: Client) -> None:
    assert "<html" not in text_of(officer_client.get(LIST, headers=HTMX))


# --- one subscription --------------------------------------------------------------------------


def test_the_page_shows_each_total_and_the_grants_behind_it(
    waiting: LicenceRequest, running: Subscription, officer: User, officer_client: Client
) -> None:
    approval = stories.approved(waiting, officer)
    response = officer_client.get(page_of(running))
    text = text_of(response)
    days = term(clock.today(), 12)
    for shown in (
        "Thông tin chung",
        "Văn phòng số",
        "<strong>150</strong>",
        "<strong>1</strong>",
        "+50",
        "+100",
        f"{days.first:%d/%m/%Y}",
        f"{days.last:%d/%m/%Y}",
        "YC-2026-000245",
        "(số cũ)",
        approval.licence.licence_no,
        reverse("identity:product_panel", args=[running.customer_id, running.product_id]),
    ):
        assert shown in text, shown
    assert f'<a href="{reverse("ims:request", args=[waiting.pk])}">{waiting.request_no}</a>' in text


def test_ended_and_coming_grants_are_shown_as_such(
    lapsed: Subscription, upcoming: Subscription, officer_client: Client
) -> None:
    text = text_of(officer_client.get(page_of(lapsed)))
    assert 'data-state="ended"' in text and "hôm nay không có hiệu lực" in text
    assert "<strong>0</strong>" in text
    text = text_of(officer_client.get(page_of(upcoming)))
    assert 'data-state="upcoming"' in text and "Chưa đến ngày" in text
    assert found(officer_client, state="trial") == set()
    assert "Chưa cấp giấy phép nào" in text


def trial_of(
    unit: Customer, catalogue: SmallCatalogue, first: datetime.date, number: str = "YC-2026-000700"
) -> Subscription:
    """The unit tries 30 users for 90 days."""
    with transaction.atomic():
        own = actions.lock_subscription(unit, catalogue.igov)
        grant = actions.NewGrant(
            module=catalogue.office,
            resource=catalogue.users,
            quantity=30,
            months=3,
            first_day=first,
            last_day=first + 89 * DAY,
            source=f"{number}/1",
        )
        actions.append_grants(
            subscription=own,
            request_no=number,
            grants=[grant],
            day=clock.today(),
            kind=GrantKind.TRIAL,
        )
    return own


@pytest.mark.parametrize(
    ("begins", "ends", "state"),
    [
        (0, None, "trial"),
        (10, None, "upcoming"),
        (-100, None, "ended"),
        (0, 0, "ended"),
        (0, 5, "trial"),
        (10, 10, "ended"),
    ],
)
def test_the_list_tells_a_trial_from_what_was_bought(
    catalogue: SmallCatalogue, officer_client: Client, begins: int, ends: int | None, state: str
) -> None:
    unit, today = factories.customer("1234572", "Trường Tiểu học"), clock.today()
    own = trial_of(unit, catalogue, today + begins * DAY)
    if ends is not None:
        with transaction.atomic():
            actions.end_trials(subscription=own, from_day=today + ends * DAY, day=today)
    for each in ("in_force", "trial", "upcoming", "ended"):
        assert found(officer_client, state=each) == ({"1234572"} if each == state else set())
    if state == "trial":
        assert "Đang dùng thử" in text_of(officer_client.get(page_of(own)))


# --- on any day --------------------------------------------------------------------------------


def strong_numbers(client: Client, record: Subscription, day: datetime.date) -> list[str]:
    text = text_of(client.get(page_of(record), {"ngay": day.isoformat()}))
    table = text[text.index('class="grants"') : text.index("</table>")]
    return re.findall(r"<strong>([\d.]+)</strong>", table)


@pytest.fixture
def taken_back(waiting: LicenceRequest, officer: User, other_officer: User) -> LicenceRequest:
    """50 users more, approved today and withdrawn from the tenth day on."""
    stories.approved(waiting, officer)
    stories.withdrawn(waiting, officer, other_officer, from_day=clock.today() + 10 * DAY)
    return waiting


def test_any_day_shows_what_was_or_will_be_in_force(
    taken_back: LicenceRequest, running: Subscription, officer_client: Client
) -> None:
    today = clock.today()
    shown = {
        days: strong_numbers(officer_client, running, today + days * DAY)[-1]
        for days in (-3650, -61, -60, -1, 0, 9, 10, 400)
    }
    assert shown == {
        -3650: "0",
        -61: "0",
        -60: "100",
        -1: "100",
        0: "150",
        9: "150",
        10: "100",
        400: "0",
    }


def test_what_was_decided_after_the_day_says_so(
    taken_back: LicenceRequest, running: Subscription, officer_client: Client
) -> None:
    days = {"ngay": (clock.today() - DAY).isoformat()}
    text = text_of(officer_client.get(page_of(running), days))
    assert 'data-state="later"' in text and "Quyết định sau ngày này" in text
    assert 'data-state="later"' not in text_of(officer_client.get(page_of(running)))


def test_what_was_withdrawn_is_crossed_out_with_its_reason_from_that_day_on(
    taken_back: LicenceRequest, running: Subscription, officer_client: Client
) -> None:
    from_day = clock.today() + 10 * DAY
    reason = f"Thu hồi từ {from_day:%d/%m/%Y}: Đơn vị trả lại, chưa thanh toán"
    today = text_of(officer_client.get(page_of(running)))
    assert reason in today and "<del>+50</del>" not in today
    later = text_of(officer_client.get(page_of(running), {"ngay": from_day.isoformat()}))
    assert reason in later and "<del>+50</del>" in later and "Đã thu hồi" in later


def test_a_salesperson_of_another_team_is_not_told_the_reason(
    taken_back: LicenceRequest, running: Subscription, other_salesperson: User
) -> None:
    text = text_of(signed_in(other_salesperson).get(page_of(running)))
    assert "Thu hồi từ" in text and "chưa thanh toán" not in text


@pytest.mark.parametrize("typed", ["hôm qua", "2026-13-45", "31/02/2026", "0", "-1", "9" * 40])
def test_what_is_no_day_is_said_at_the_field_and_today_is_shown(
    running: Subscription, officer_client: Client, typed: str
) -> None:
    response = officer_client.get(page_of(running), {"ngay": typed})
    text = text_of(response)
    assert response.status_code == 422
    assert "Đây không phải là một ngày" in text and 'aria-invalid="true"' in text
    assert f'value="{typed}"' in text
    assert "<strong>100</strong>" in text and "đang hiệu lực hôm nay" in text


def test_a_day_as_people_write_it_becomes_the_address_of_that_day(
    running: Subscription, officer_client: Client
) -> None:
    response = officer_client.get(page_of(running), {"ngay": "1/2/2026"})
    assert response.headers["Location"] == f"{page_of(running)}?ngay=2026-02-01"
    shown = text_of(officer_client.get(response.headers["Location"]))
    assert 'value="01/02/2026"' in shown
    assert officer_client.get(page_of(running), {"ngay": ""}).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_all_are_days(
    running: Subscription, officer_client: Client, day: str
) -> None:
    assert officer_client.get(page_of(running), {"ngay": day}).status_code == 200


# --- over time ---------------------------------------------------------------------------------


def test_each_step_is_drawn_listed_and_leads_to_the_request_behind_it(
    taken_back: LicenceRequest, running: Subscription, officer_client: Client
) -> None:
    response = officer_client.get(page_of(running))
    users = next(one for one in response.context["charts"] if one.held.resource.code == "users")
    today, until = clock.today(), term(clock.today() - 60 * DAY, 12).last + DAY
    assert [(mark.day, mark.quantity, mark.change, mark.is_future) for mark in users.marks] == [
        (today - 60 * DAY, 100, "+100", False),
        (today, 150, "+50", False),
        (today + 10 * DAY, 100, "−50", True),
        (until, 0, "−100", True),
    ]
    url = reverse("ims:request", args=[taken_back.pk])
    assert [mark.url for mark in users.marks] == ["", url, url, ""]
    number, text = taken_back.request_no, text_of(response)
    for title in (
        f"Từ {today:%d/%m/%Y}: 150 người (+50 {number} bắt đầu)",
        f"Từ {today + 10 * DAY:%d/%m/%Y}: 100 người (−50 {number} thu hồi)",
        f"Từ {until:%d/%m/%Y}: 0 người (−100 YC-2026-000245 hết hạn)",
    ):
        assert f"<title>{title}</title>" in text
        assert f'aria-label="{title}"' in text
    assert f'href="?ngay={today + 10 * DAY}"' in text
    assert " style=" not in text


def test_a_salesperson_of_another_team_sees_the_steps_without_a_way_to_the_requests(
    taken_back: LicenceRequest, running: Subscription, other_salesperson: User
) -> None:
    charts = signed_in(other_salesperson).get(page_of(running)).context["charts"]
    assert charts and not any(mark.url for chart in charts for mark in chart.marks)


def test_a_salesperson_follows_a_request_to_their_own_page_of_it(
    waiting: LicenceRequest, running: Subscription, officer: User, sales_client: Client
) -> None:
    stories.approved(waiting, officer)
    text = text_of(sales_client.get(page_of(running)))
    assert reverse("provisioning:request", args=[waiting.pk]) in text
    assert reverse("ims:request", args=[waiting.pk]) not in text


@pytest.mark.parametrize("person", ["officer", "auditor", "administrator", "salesperson"])
def test_every_role_reads_list_and_page(
    running: Subscription, request: pytest.FixtureRequest, person: str
) -> None:
    client = signed_in(request.getfixturevalue(person))
    assert client.get(LIST).status_code == 200
    assert client.get(page_of(running)).status_code == 200


@pytest.mark.parametrize("pk", [0, 10**9, 10**30])
def test_a_number_that_nobody_has_is_not_found(officer_client: Client, pk: int) -> None:
    assert officer_client.get(reverse("ims:subscription", args=[pk])).status_code == 404


def test_the_page_takes_the_same_statements_for_few_and_for_many_grants(
    waiting: LicenceRequest,
    running: Subscription,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    officer_client: Client,
    statements: Counter,
) -> None:
    stories.approved(waiting, officer)
    with statements("ims.subscription", at_most=13):
        officer_client.get(page_of(running))
    order = stories.ordered(customer, salesperson, [(catalogue.suite(), 1)])
    stories.approved(stories.sent(order, salesperson), officer)
    with statements("ims.subscription", at_most=13):
        officer_client.get(page_of(running))
