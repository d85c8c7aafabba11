"""The pages of the reports: numbers, filters, who sees what, workbooks, costs."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from capphep.crm.models import Order
from capphep.platform import clock
from capphep.platform.models import User
from capphep.reporting import rules
from capphep.reporting.models import EndFact
from capphep.reporting.views.pages import REPORTS
from tests import stories
from tests.conftest import signed_in
from tests.plumbing.sql_counts import Counter
from tests.reporting.conftest import Trade, kept_up

pytestmark = pytest.mark.django_db


def seen(client: Client, name: str, **query: Any) -> dict[str, str]:
    """By label, the numbers on top."""
    response = client.get(f"/reports/{name}/", query)
    assert response.status_code == 200
    return {str(tile.label): tile.text for tile in response.context["report"].tiles}


def rows(client: Client, name: str, table: int = 0, **query: Any) -> list[list[str]]:
    report = client.get(f"/reports/{name}/", query).context["report"]
    return [[cell.text for cell in cells] for cells in report.tables[table].rows]


def test_orders_are_added_up_by_month_and_by_whatever_else(
    trade: Trade, manager_client: Client
) -> None:
    trade.approved(2, "Huế"), trade.waiting()
    kept_up()
    assert seen(manager_client, "orders")["Số tiền"] == "15 tr"
    this_month = rows(manager_client, "orders")[0]
    assert this_month[1:3] == ["2", "15.000.000 đ"]
    by_province = rows(manager_client, "orders", by="province")
    assert [row[:3] for row in by_province] == [
        ["Huế", "1", "10.000.000 đ"],
        ["Hà Nội", "1", "5.000.000 đ"],
    ]
    by_status = rows(manager_client, "orders", by="status")
    assert {row[0] for row in by_status} == {"KTLicense – Đã duyệt", "KTLicense – Chờ duyệt"}


def test_the_orders_behind_a_number_are_one_click_away(
    trade: Trade, manager_client: Client
) -> None:
    trade.approved(2, "Đồng Tháp"), trade.waiting(), trade.approved(1, "Đồng Tháp")
    kept_up()
    for by in ("month", "province", "status", "salesperson"):
        query = {"by": by, "province": "Đồng Tháp", "period": "3m"}
        report = manager_client.get("/reports/orders/", query).context["report"]
        listed = {cells[1].url: cells[1].value for cells in report.tables[0].rows if cells[1].url}
        assert sum(listed.values()) == 2, by
        for url, number in listed.items():
            assert manager_client.get(url).context["page"].count == number, url


def test_the_running_month_is_compared_with_as_many_days(
    trade: Trade, manager_client: Client
) -> None:
    today = clock.today()
    before = rules.months_later(rules.first_of_month(today), -1)
    first, second = trade.waiting(), trade.waiting(3)
    Order.objects.filter(pk=first.order_id).update(ordered_on=before)
    last = rules.months_later(before, 1) - datetime.timedelta(days=1)
    Order.objects.filter(pk=second.order_id).update(ordered_on=last)
    trade.waiting()
    kept_up()
    expected = "15.000.000 đ" if rules.same_day(before, today) == last else "5.000.000 đ"
    total = manager_client.get("/reports/orders/?period=month").context["report"].tables[0].total
    assert total[3].text in (expected, "20.000.000 đ")


def test_filters_stand_in_the_address_and_what_is_wrong_is_no_filter(
    trade: Trade, manager_client: Client
) -> None:
    trade.waiting()
    kept_up()
    mine = {"salesperson": trade.salesperson.pk}
    assert seen(manager_client, "orders", **mine)["Đơn hàng"] == "1"
    page = manager_client.get("/reports/orders/", mine)
    assert [chip["value"] for chip in page.context["chips"]] == [trade.salesperson.full_name]
    assert seen(manager_client, "orders", salesperson=trade.officer.pk)["Đơn hàng"] == "0"
    for wrong in ("x", "-1", "9" * 30, "0"):
        assert seen(manager_client, "orders", salesperson=wrong, period=wrong)["Đơn hàng"] == "1"


def test_a_salesperson_sees_the_teams_figures_and_no_other(
    trade: Trade, colleague: User, other_salesperson: User, team_manager: User
) -> None:
    trade.approved()
    kept_up()
    for person, number in ((colleague, "1"), (team_manager, "1"), (other_salesperson, "0")):
        client = signed_in(person)
        assert seen(client, "orders")["Đơn hàng"] == number
        assert seen(client, "leads")["Số lần phê duyệt"] == number
        assert seen(client, "granted")["Số lượt cấp"] == number
        assert rows(client, "answers") == []
        offered = client.get("/reports/orders/").context["filters"]
        assert "team" not in {each["name"] for each in offered}


def test_lead_times_say_how_long_and_where(trade: Trade, auditor_client: Client) -> None:
    request = trade.approved()
    at = request.order.created_at if request.order else None
    assert at
    type(request).objects.update(decided_at=at + datetime.timedelta(hours=30))
    kept_up()
    assert seen(auditor_client, "leads")["Trung vị"].endswith("giờ")
    assert seen(auditor_client, "leads", province="Đồng Tháp")["Số lần phê duyệt"] == "0"
    own = {"salesperson": trade.salesperson.pk}
    assert seen(auditor_client, "leads", **own)["Số lần phê duyệt"] == "1"


def test_what_came_back_is_grouped_by_what_was_said(trade: Trade, officer_client: Client) -> None:
    stories.returned(trade.waiting(), trade.officer, "", {"level": "?", "admin_email": "?"})
    stories.returned(trade.waiting(), trade.officer, "Xem lại", {"level": "?"})
    kept_up()
    assert seen(officer_client, "answers")["Trả lại"] == "2"
    assert [row[:2] for row in rows(officer_client, "answers")] == [
        ["Cấp", "2"],
        ["Email người quản trị", "1"],
    ]
    assert rows(officer_client, "answers", 2)[0][0] == trade.officer.full_name


def test_what_ends_soon_is_listed_by_its_day(trade: Trade, sales_client: Client) -> None:
    trade.approved()
    kept_up()
    assert rows(sales_client, "ending") == []
    EndFact.objects.update(ends_on=clock.today() + datetime.timedelta(days=10))
    kept = rows(sales_client, "ending")
    assert kept[0][2:4] == ["10", "5.000.000 đ"]
    assert len(rows(sales_client, "ending", week=2)) == len(kept)
    assert rows(sales_client, "ending", week=1) == []


def test_usage_names_who_is_nearly_out(trade: Trade, sales_client: Client) -> None:
    stories.in_use(trade.customer(), trade.catalogue, 95)
    kept_up()
    assert [row[1] for row in rows(sales_client, "usage")] == ["95%"]


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_is_a_workbook_too(name: str, trade: Trade, manager_client: Client) -> None:
    stories.returned(trade.waiting(), trade.officer)
    stories.in_use(trade.approved().customer, trade.catalogue, 140)
    kept_up()
    answer = manager_client.get(f"/reports/{name}/?format=xlsx&period=6m")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    shown = manager_client.get(f"/reports/{name}/").context["report"]
    assert len(book.sheet_names) == len(shown.tables)
    sheet = book.get_sheet_by_index(0).to_python()
    head = sheet[4]
    # Whoever opens the file next year reads which months it is of.
    assert ("Kỳ: " in sheet[1][0]) == REPORTS[name].has_period
    assert len(head) == len(shown.tables[0].headings)


@pytest.mark.parametrize("who", ["sales", "manager", "officer", "auditor", "admin"])
def test_every_role_reads_reports_even_empty_ones(who: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(f"{who}_client")
    assert client.get("/reports/").headers["Location"] == "/reports/orders/"
    for name in REPORTS:
        assert client.get(f"/reports/{name}/").status_code == 200
    assert client.get("/reports/nonsense/").status_code == 404


def test_a_fragment_is_the_report_alone(sales_client: Client) -> None:
    answer = sales_client.get("/reports/leads/", headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="report"')


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_costs_the_same_however_much_was_sold(
    name: str, trade: Trade, manager_client: Client, statements: Counter
) -> None:
    for _ in range(3):
        stories.in_use(trade.approved().customer, trade.catalogue, 140)
        stories.returned(trade.waiting(), trade.officer)
    kept_up()
    with statements(f"reporting.report.{name}", at_most=18):
        manager_client.get(f"/reports/{name}/", {"by": "project"})
