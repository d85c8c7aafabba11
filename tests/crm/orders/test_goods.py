"""The goods on the form of an order: the dialog, and rows that change."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.actions.orders import (
    LineInput,
    OrderHeader,
    create_order,
    edit_order,
)
from capphep.crm.models import Customer, Order
from capphep.crm.queries.orders import kept_lines
from capphep.platform import clock
from capphep.platform.models import User
from capphep.pure.money import format_dong
from tests import factories
from tests.crm.orders.conftest import another_item
from tests.crm.orders.posted import HTMX, row, text_of, typed
from tests.plumbing.sql_counts import Counter


def test_the_dialog_asks_for_the_customer_first(sales_client: Client, north: object) -> None:
    response = sales_client.post(reverse("crm:order_goods"), {}, **HTMX)
    assert "Hãy chọn khách hàng trước" in text_of(response)


def test_the_dialog_offers_what_may_be_bought_and_says_why_the_rest_may_not(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    response = sales_client.post(reverse("crm:order_goods"), typed(customer), **HTMX)
    page = response.content.decode()
    buyable = re.search(rf'<input[^>]*id="pick-{catalogue.books_1.pk}"[^>]*>', page)
    refused = re.search(rf'<input[^>]*id="pick-{catalogue.base.pk}"[^>]*>', page)
    assert buyable and " disabled" not in buyable[0]
    assert refused and " disabled" in refused[0]
    assert "Khách hàng iGOV chỉ được mua thêm gói Kế toán, Văn phòng số" in text_of(response)


def test_what_is_ticked_survives_another_search(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    fields = typed(customer, q="nguoi dung", pick=[catalogue.books_1.pk])
    headers = HTMX | {"HTTP_HX_TARGET": "goods-rows"}
    page = sales_client.post(reverse("crm:order_goods"), fields, **headers).content.decode()
    assert re.search(rf'id="pick-{catalogue.books_1.pk}"[^>]*checked', page)
    assert "IGOV-VPS-50" in page
    assert "IGOV-BASE" not in page


def changed(client: Client, fields: dict[str, Any], **sent: Any) -> dict[str, Any]:
    """What the grid gets back for rows that were changed, added or taken away."""
    answer: dict[str, Any] = client.post(reverse("crm:order_goods_row"), fields | sent).json()
    return answer


def test_a_new_row_comes_whole_and_its_amount_joins_the_totals(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    fields = typed(customer) | row(2, catalogue.users_50.pk, "1") | {"lines-2-was": "new"}
    answer = changed(sales_client, fields, sums="24000000:0:0:0", first=catalogue.books_1.pk)
    found = answer["rows"]["2"]
    assert 'name="lines-2-quantity" value="1"' in found["html"]
    assert (found["fact"], found["amount"]) == ("1*5000000*KCT*0", "5.000.000 đ")
    assert 'data-sums="29000000:0:0:0"' in answer["totals"]
    assert "29.000.000 đ" in answer["totals"]


def test_a_changed_quantity_brings_that_rows_amount_and_the_totals(
    sales_client: Client,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    statements: Counter,
) -> None:
    fields = typed(customer) | row(9, catalogue.users_50.pk, "2")
    fields |= {"lines-9-was": "1*5000000*KCT*0", "sums": "3005000000:0:0:0"}
    with statements("crm.order_goods_row", at_most=9):
        answer = changed(sales_client, fields)
    assert answer["rows"]["9"]["amount"] == "10.000.000 đ"
    assert "html" not in answer["rows"]["9"]
    assert "3.010.000.000 đ" in answer["totals"]
    assert "Ba tỷ không trăm mười triệu đồng" in answer["totals"]


@pytest.mark.parametrize("lines", [3, 500])
def test_a_change_costs_the_same_beside_three_lines_and_five_hundred(
    sales_client: Client,
    salesperson: User,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    statements: Counter,
    lines: int,
) -> None:
    items = [another_item(catalogue, f"IGOV-KT-{n + 100}") for n in range(lines)]
    order = create_order(
        actor=salesperson,
        header=OrderHeader(customer_id=customer.pk),
        lines=[LineInput(item.pk, 1) for item in items],
    )
    fields = typed(customer, order=order.pk) | row(2, items[1].pk, "7")
    fields |= {"lines-2-was": "1*1000000*KCT*0", "sums": f"{lines}000000:0:0:0"}
    fields |= {"first": items[0].pk}
    with statements("crm.order_goods_row.of_an_order", at_most=9):
        response = sales_client.post(reverse("crm:order_goods_row"), fields)
    assert format_dong((lines + 6) * 1_000_000) in response.json()["totals"]
    assert len(response.content) < 2_500
    assert list(kept_lines(order, [items[1].pk])) == [items[1].pk]


@pytest.mark.parametrize("lines", [3, 500])
def test_the_rows_of_a_large_order_are_saved_in_few_statements(
    salesperson: User,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    statements: Counter,
    lines: int,
) -> None:
    items = [another_item(catalogue, f"IGOV-KT-{n + 100}") for n in range(lines)]
    rows = [LineInput(item.pk, 1) for item in items]
    header = OrderHeader(customer_id=customer.pk)
    with statements(f"crm.create_order.of_{lines}", at_most=20):
        order = create_order(actor=salesperson, header=header, lines=rows)
    moved = [LineInput(line.item_id, 2) for line in reversed(rows)]
    with statements(f"crm.edit_order.of_{lines}", at_most=25):
        edit_order(actor=salesperson, order_id=order.pk, seen_version=1, header=header, lines=moved)
    assert order.lines.count() == lines


def test_a_row_with_an_error_says_so_and_is_left_out_of_the_totals(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    fields = typed(customer) | row(2, catalogue.users_50.pk, "1,5")
    fields |= {"lines-2-was": "1*5000000*KCT*0", "sums": "8000000:0:0:0"}
    answer = changed(sales_client, fields)
    assert "“1,5”" in answer["rows"]["2"]["errors"]["quantity"]
    assert answer["rows"]["2"]["fact"] == ""
    assert "3.000.000 đ" in answer["totals"]
    assert "Các dòng có lỗi chưa được tính" in answer["totals"]


def test_a_row_that_was_taken_away_leaves_the_totals(
    sales_client: Client, customer: Customer
) -> None:
    fields = typed(customer) | {"gone": ["4*3000000*KCT*0", ""], "sums": "42000000:0:0:1"}
    answer = changed(sales_client, fields)
    assert answer["rows"] == {}
    assert 'data-sums="30000000:0:0:0"' in answer["totals"]


def test_an_amount_off_taxed_goods_is_spread_over_every_line(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    catalogue.books_1.taxes.create(rate="10", from_day=clock.today())
    fields = typed(customer, discount_kind="amount", discount_amount="1.000.000")
    fields |= row(1, catalogue.books_1.pk, "1") | {"lines-1-was": "new"}
    answer = changed(sales_client, fields, others="1*5000000*KCT*0 -")
    assert 'data-sums="8000000:1000000:262500:1"' in answer["totals"]
    answer = changed(sales_client, fields, others="1*5000000*KCT*0", discount_amount="9000000")
    assert "9.000.000 đ" in answer["totals"]
    assert 'data-sums="8000000:0:300000:0"' in answer["totals"]


def test_another_customer_marks_the_rows_that_it_may_not_buy(
    sales_client: Client, salesperson: User, catalogue: factories.SmallCatalogue
) -> None:
    newcomer = factories.customer("2345678", "Trường Mầm non Hoa Sen", owner=salesperson)
    fields = typed(newcomer) | row(1, catalogue.books_1.pk, "4")
    response = sales_client.post(reverse("crm:order_goods_lines"), fields, **HTMX)
    page = response.content.decode()
    assert 'name="lines-1-quantity" value="4"' in page
    assert "chưa có thuê bao iGOV" in text_of(response)
    assert 'id="id_budget_code" name="budget_code" value="2345678"' in page


def test_an_order_being_edited_keeps_its_prices_in_the_grid(
    sales_client: Client, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    catalogue.books_1.unit_price = 9_000_000
    catalogue.books_1.save()
    fields = typed(order.customer, order=order.pk) | row(1, catalogue.books_1.pk, "3")
    assert changed(sales_client, fields)["rows"]["1"]["amount"] == "9.000.000 đ"
    del fields["order"]
    assert changed(sales_client, fields)["rows"]["1"]["amount"] == "27.000.000 đ"


def test_the_discount_by_line_has_a_column_of_its_own(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    fields = typed(customer, discount_kind="line") | row(1, catalogue.books_1.pk, "2", "12,5")
    page = sales_client.post(reverse("crm:order_goods_lines"), fields, **HTMX).content.decode()
    assert 'name="lines-1-discount_percent" value="12,5"' in page
    assert "5.250.000 đ" in page


def test_the_day_decides_the_tax(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    catalogue.books_1.taxes.create(rate="10", from_day=datetime.date(2026, 7, 1))
    fields = typed(customer, ordered_on="01/07/2026") | row(1, catalogue.books_1.pk, "1")
    page = sales_client.post(reverse("crm:order_goods_lines"), fields, **HTMX).content.decode()
    assert "3.300.000 đ" in page
