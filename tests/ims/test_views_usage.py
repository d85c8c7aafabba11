"""The subscription's page: in use of in force, in colour and word, with the trend behind it."""

from __future__ import annotations

import datetime
import re

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capphep.crm.models import Customer
from capphep.entitlements.models import DailyUsage, Occasion, Subscription, Usage
from capphep.ims.views.usage import UsageRow
from capphep.platform import clock
from capphep.platform.models import User
from tests import stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

DAY = datetime.timedelta(days=1)


@pytest.fixture
def address(customer: Customer) -> str:
    """The page of a unit with one set of books and 100 users."""
    return reverse("ims:subscription", args=[Subscription.objects.get(customer=customer).pk])


def rows(client: Client, address: str) -> dict[str, UsageRow]:
    return {row.resource.code: row for row in client.get(address).context["usage"]}


def test_where_nothing_is_reported_the_page_says_so(address: str, officer_client: Client) -> None:
    found = rows(officer_client, address)
    assert [(code, row.gauge, row.in_force) for code, row in found.items()] == [
        ("books", None, 1),
        ("users", None, 100),
    ]
    page = officer_client.get(address).content.decode()
    assert page.count("Chưa có báo cáo") == 2 and "usage-trends" not in page


@pytest.mark.parametrize(
    ("users", "word", "tone"),
    [
        (0, "Còn đủ", "good"),
        (79, "Còn đủ", "good"),
        (80, "Sắp hết", "waiting"),
        (99, "Sắp hết", "waiting"),
        (100, "Đã dùng hết", "bad"),
        (101, "Vượt số được cấp", "bad"),
    ],
)
def test_a_share_has_a_colour_and_a_word(
    users: int,
    word: str,
    tone: str,
    address: str,
    customer: Customer,
    catalogue: SmallCatalogue,
    auditor_client: Client,
) -> None:
    stories.in_use(customer, catalogue, users)
    status = rows(auditor_client, address)["users"].status
    assert status and (str(status.label), status.tone) == (word, tone)
    page = auditor_client.get(address).content.decode()
    assert f'<progress max="100" value="{users}"' in page and f'data-tone="{tone}"' in page


def test_large_numbers_are_written_for_people_and_for_the_bar(
    address: str, customer: Customer, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    stories.in_use(customer, catalogue, 123_456)
    page = officer_client.get(address).content.decode()
    assert 'value="123456"' in page and "123.456" in page


def test_what_is_in_use_of_nothing_is_said(
    address: str, customer: Customer, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    row = stories.used(customer, catalogue.office, catalogue.storage, 5)
    stories.reported(row)
    found = rows(officer_client, address)["storage"]
    assert found.status and str(found.status.label) == "Không còn hiệu lực"


def test_an_old_report_is_said_to_be_old(
    address: str,
    customer: Customer,
    catalogue: SmallCatalogue,
    officer_client: Client,
    settings: LazySettings,
) -> None:
    stories.in_use(customer, catalogue, 10, timezone.now() - 3 * DAY)
    assert "quá" not in officer_client.get(address).content.decode()
    settings.USAGE_STALE_DAYS = 2
    assert "quá 2 ngày chưa có báo cáo mới" in officer_client.get(address).content.decode()


def test_the_trend_is_drawn_and_stands_behind_it_as_a_table(
    address: str, customer: Customer, catalogue: SmallCatalogue, officer_client: Client
) -> None:
    noon = timezone.localtime().replace(hour=12) - DAY
    for days, users in [(4, 60), (2, 90), (0, 70)]:
        stories.in_use(customer, catalogue, users, noon - days * DAY)
    trend = rows(officer_client, address)["users"].trend
    assert trend and trend.top == 100
    assert [one.last for one in trend.days] == [70, 90, 60]
    assert len(re.findall(r"\d+\.\d \d+\.\d", trend.line)) == 3
    page = officer_client.get(address).content.decode()
    assert trend.line in page and f"{noon.date() - 2 * DAY:%d/%m/%Y}" in page


def test_the_limit_steps_where_what_is_in_force_steps(
    address: str,
    waiting: object,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
    officer: User,
    officer_client: Client,
) -> None:
    stories.approved(waiting, officer)  # type: ignore[arg-type]
    stories.in_use(customer, catalogue, 60, timezone.now() - 5 * DAY)
    trend = rows(officer_client, address)["users"].trend
    assert trend and trend.top == 150
    assert trend.limit.count("V") == 1


def test_one_click_where_it_is_time(
    address: str, customer: Customer, catalogue: SmallCatalogue, sales_client: Client
) -> None:
    stories.in_use(customer, catalogue, 79)
    assert rows(sales_client, address)["users"].act is None
    stories.in_use(customer, catalogue, 90)
    act = rows(sales_client, address)["users"].act
    assert act and act.kind == "post" and str(act.label) == "Tạo cơ hội"
    sales_client.post(act.url)
    again = rows(sales_client, address)["users"].act
    assert again and (again.url, str(again.label)) == (act.url, "Mở cơ hội")


@pytest.mark.parametrize("person", ["officer", "auditor", "administrator"])
def test_who_does_not_sell_sees_no_button(
    person: str,
    address: str,
    customer: Customer,
    catalogue: SmallCatalogue,
    request: pytest.FixtureRequest,
) -> None:
    stories.in_use(customer, catalogue, 90)
    client = signed_in(request.getfixturevalue(person))
    assert rows(client, address)["users"].act is None
    assert Occasion.objects.exists()


def test_the_page_costs_the_same_for_a_day_and_for_a_year_of_reports(
    address: str,
    customer: Customer,
    catalogue: SmallCatalogue,
    sales_client: Client,
    statements: Counter,
) -> None:
    stories.in_use(customer, catalogue, 90)
    with statements("ims.subscription.in_use", at_most=17):
        sales_client.get(address)
    stories.reported(stories.used(customer, catalogue.accounting, catalogue.books, 1))
    usage = Usage.objects.get(resource=catalogue.users)
    DailyUsage.objects.bulk_create(
        DailyUsage(
            subscription=usage.subscription,
            module=usage.module,
            resource=usage.resource,
            day=clock.today() - n * DAY,
            last=n,
            last_at=usage.measured_at,
            peak=n,
        )
        for n in range(1, 365)
    )
    with statements("ims.subscription.in_use", at_most=17):
        page = sales_client.get(address)
    trend = next(row.trend for row in page.context["usage"] if row.resource == usage.resource)
    assert len(trend.days) == 90
