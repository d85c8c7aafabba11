"""The screens of orders: what they show, to whom, and what they answer to bad input."""

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
    move_licence_status,
)
from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.crm.queries.orders import kept_lines
from capphep.platform import clock
from capphep.platform.models import User
from capphep.pure.money import format_dong
from tests import factories
from tests.conftest import signed_in
from tests.crm.orders.conftest import another_item
from tests.plumbing.sql_counts import Counter

HTMX = {"HTTP_HX_REQUEST": "true"}


def typed(customer: Customer, **changes: Any) -> dict[str, Any]:
    """What the form posts for an order of two sets of books, with changes."""
    fields = {
        "customer": customer.pk,
        "ordered_on": f"{clock.today():%d/%m/%Y}",
        "description": "Mua thêm",
        "discount_kind": "none",
    }
    return {**fields, **changes}


def row(number: int, item_id: object, quantity: object, discount: object = "") -> dict[str, object]:
    return {
        f"lines-{number}-item": item_id,
        f"lines-{number}-quantity": quantity,
        f"lines-{number}-discount_percent": discount,
    }


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- the list ------------------------------------------------------------------------------------


@pytest.fixture
def many_orders(order: Order, salesperson: User) -> None:
    """Enough orders for a second page."""
    orders = []
    for n in range(2, 72):
        copy = Order.objects.get(pk=order.pk)
        copy.pk, copy.order_no = None, f"DH-2025-{n:06d}"
        copy.search_key = f"dh-2025-{n:06d} hd-{n} 1234567 ubnd xa dong hai"
        orders.append(copy)
    Order.objects.bulk_create(orders)


def test_the_list_costs_few_statements_whatever_its_length(
    sales_client: Client, many_orders: None, statements: Counter
) -> None:
    with statements("crm.order_list", at_most=8):
        response = sales_client.get(reverse("crm:order_list"))
    assert response.status_code == 200
    with statements("crm.order_list.search", at_most=8):
        sales_client.get(reverse("crm:order_list"), {"q": "đông hải", "status": "not_requested"})


@pytest.mark.parametrize("search", ["dh-2025-000007", "DH-2025-000007", "hđ-7", "HD-7 xã đông"])
def test_the_search_box_finds_an_order_with_and_without_accents(
    sales_client: Client, many_orders: None, search: str
) -> None:
    response = sales_client.get(reverse("crm:order_list"), {"q": search})
    assert "DH-2025-000007" in response.content.decode()


def test_the_list_filters_by_status(sales_client: Client, order: Order, salesperson: User) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    address = reverse("crm:order_list")
    assert order.order_no in sales_client.get(address, {"status": "pending"}).content.decode()
    other = sales_client.get(address, {"status": "approved"}).content.decode()
    assert order.order_no not in other


def test_a_page_follows_the_one_before_it(sales_client: Client, many_orders: None) -> None:
    first = sales_client.get(reverse("crm:order_list"))
    following = first.context["page"].next_href
    second = sales_client.get(following)
    shown = {each.record.pk for page in (first, second) for each in page.context["page"].rows}
    assert len(shown) == 71


# --- the order's page ----------------------------------------------------------------------------


def test_the_page_shows_number_amounts_and_words(sales_client: Client, order: Order) -> None:
    text = text_of(sales_client.get(reverse("crm:order", args=[order.pk])))
    for expected in (
        order.order_no,
        "UBND Xã Đông Hải",
        "IGOV-VPS-50",
        "11.000.000 đ",
        "Mười một triệu đồng",
        "Chưa yêu cầu",
    ):
        assert expected in text


def test_the_page_costs_few_statements(
    sales_client: Client, order: Order, statements: Counter
) -> None:
    with statements("crm.order", at_most=10):
        sales_client.get(reverse("crm:order", args=[order.pk]))


# --- who may -------------------------------------------------------------------------------------

READS = {"salesperson": 200, "colleague": 200, "officer": 200, "auditor": 200, "administrator": 200}
WRITES = {"salesperson": 200, "colleague": 403, "officer": 403, "auditor": 403}
FORMS = {"salesperson": 200, "colleague": 200, "officer": 403, "auditor": 403, "administrator": 403}


@pytest.mark.parametrize(("role", "status"), {**READS, "other_salesperson": 404}.items())
def test_who_reads_an_order(
    order: Order, request: pytest.FixtureRequest, role: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert client.get(reverse("crm:order", args=[order.pk])).status_code == status
    assert client.get(reverse("crm:order_list")).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), {**WRITES, "administrator": 403, "other_salesperson": 404}.items()
)
def test_who_edits_an_order(
    order: Order, request: pytest.FixtureRequest, role: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(role))
    address = reverse("crm:order_edit", args=[order.pk])
    assert client.get(address).status_code == status
    answer = client.post(address, typed(order.customer, version=1)).status_code
    assert answer == (422 if status == 200 else status)


@pytest.mark.parametrize(("role", "status"), FORMS.items())
def test_who_enters_orders(
    customer: Customer, request: pytest.FixtureRequest, role: str, status: int
) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert client.get(reverse("crm:order_new")).status_code == status
    for name in ("order_goods", "order_goods_pasted", "order_goods_lines", "order_goods_row"):
        assert client.post(reverse(f"crm:{name}"), HTMX).status_code == status
    posted = client.post(reverse("crm:order_new"), typed(customer)).status_code
    assert posted == (422 if status == 200 else status)


def test_the_goods_are_asked_for_by_post_alone(sales_client: Client) -> None:
    assert sales_client.get(reverse("crm:order_goods")).status_code == 405


def test_an_order_of_another_team_is_not_in_the_list(
    order: Order, other_salesperson: User, colleague: User
) -> None:
    address = reverse("crm:order_list")
    assert order.order_no in signed_in(colleague).get(address).content.decode()
    assert order.order_no not in signed_in(other_salesperson).get(address).content.decode()


# --- the form ------------------------------------------------------------------------------------


def test_saving_a_new_order_opens_its_page(
    sales_client: Client,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    statements: Counter,
) -> None:
    fields = typed(customer) | row(4, catalogue.books_1.pk, "2") | row(7, catalogue.users_50.pk, 1)
    with statements("crm.order_new.save", at_most=30):
        response = sales_client.post(reverse("crm:order_new"), fields)
    order = Order.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("crm:order", args=[order.pk])
    assert order.total == 11_000_000


def test_an_empty_form_comes_back_with_what_it_needs(sales_client: Client, north: object) -> None:
    response = sales_client.post(reverse("crm:order_new"), {"contact_name": "Bà Sáu"})
    text = text_of(response)
    assert response.status_code == 422
    assert "Chọn khách hàng." in text
    assert "Hãy chọn ít nhất một mã hàng hóa" in text
    assert 'value="Bà Sáu"' in response.content.decode()


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1000000000000", ""])
def test_a_wrong_quantity_comes_back_at_its_row(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue, quantity: str
) -> None:
    fields = typed(customer) | row(1, catalogue.books_1.pk, 3)
    fields |= row(2, catalogue.users_50.pk, quantity)
    response = sales_client.post(reverse("crm:order_new"), fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Dòng 2, Số lượng:" in text_of(response)
    assert 'href="#lines-2-quantity"' in page
    assert re.search(
        rf'name="lines-2-quantity" value="{re.escape(quantity)}"[^>]*aria-invalid', page
    )
    assert re.search(r'name="lines-1-quantity" value="3"(?![^>]*aria-invalid)', page)
    assert not Order.objects.exists()


def test_an_item_that_may_not_be_bought_comes_back_at_its_row(
    sales_client: Client, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    fields = typed(customer) | row(1, catalogue.base.pk, 1) | row(2, 10**30, 1)
    response = sales_client.post(reverse("crm:order_new"), fields)
    assert response.status_code == 422
    text = text_of(response)
    assert "Dòng 1, Hàng hóa: Khách hàng iGOV chỉ được mua thêm" in text
    assert "Dòng 2, Hàng hóa: Không có hàng hóa này" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"ordered_on": "32/13/2026"},
        {"customer": "abc"},
        {"customer": str(10**30)},
        {"project": "999"},
        {"discount_kind": "percent", "discount_percent": "101"},
        {"discount_kind": "amount", "discount_amount": "1,5"},
        {"discount_kind": "nonsense"},
        {"contact_email": "\x00"},
        {"contact_phone": "12"},
        {"token": "no-token"},
        {"order": "7" * 30},
    ],
)
def test_nonsense_is_never_a_server_error(
    sales_client: Client,
    customer: Customer,
    catalogue: factories.SmallCatalogue,
    fields: dict[str, str],
) -> None:
    posted = typed(customer) | row(1, catalogue.books_1.pk, 1) | fields
    for name in ("order_new", "order_goods", "order_goods_lines", "order_goods_row"):
        response = sales_client.post(reverse(f"crm:{name}"), posted)
        assert response.status_code < 500


def test_what_was_typed_when_the_session_ended_is_back_after_signing_in(
    salesperson: User, customer: Customer, catalogue: factories.SmallCatalogue
) -> None:
    client = signed_in(salesperson)
    client.get(reverse("crm:order_list"))
    del client.cookies["sessionid"]
    fields = typed(customer, contract_no="HĐ-77") | row(1, catalogue.books_1.pk, "12")
    address = reverse("crm:order_new")
    response = client.post(address, fields)
    assert response.status_code == 302
    client.post(
        response["Location"], {"username": salesperson.username, "password": factories.PASSWORD}
    )
    page = client.get(address).content.decode()
    assert 'value="HĐ-77"' in page
    assert 'name="lines-1-quantity" value="12"' in page
    assert not Order.objects.exists()


def test_a_form_opens_from_a_customer_with_its_data(
    sales_client: Client, customer: Customer
) -> None:
    factories.contact(customer, position="Kế toán", phone="0912345678", email="an@example.vn")
    page = sales_client.get(reverse("crm:order_new"), {"customer": customer.pk}).content.decode()
    for value in (
        "1234567",
        "Mua thêm tài nguyên iGOV – UBND Xã Đông Hải",
        "Nguyễn Văn An",
        "Kế toán",
        "0912345678",
        "an@example.vn",
    ):
        assert f'value="{value}"' in page


def test_a_form_opens_from_an_opportunity_with_its_data(
    sales_client: Client, customer: Customer, salesperson: User
) -> None:
    project = SalesProject.objects.create(code="HCSN", name="HCSN 2026", search_key="hcsn")
    opportunity = Opportunity.objects.create(
        name="Thêm 50 người dùng",
        search_key="",
        customer=customer,
        project=project,
        salesperson=salesperson,
        team=salesperson.team,
    )
    response = sales_client.get(reverse("crm:order_new"), {"opportunity": opportunity.pk})
    initial = response.context["form"].initial
    assert (initial["customer"], initial["project"]) == (customer, project)
    assert initial["description"] == "Thêm 50 người dùng"


@pytest.mark.parametrize("source", ["customer", "opportunity", "copy"])
def test_a_form_from_what_the_actor_may_not_know_is_not_found(
    sales_client: Client, source: str
) -> None:
    response = sales_client.get(reverse("crm:order_new"), {source: 999})
    assert response.status_code == 404


def test_a_copied_order_is_a_new_one_with_the_same_goods(
    sales_client: Client, order: Order
) -> None:
    response = sales_client.get(reverse("crm:order_new"), {"copy": order.pk})
    assert response.context["order"] is None
    assert [
        (each.source.sku, each.typed.quantity) for each in response.context["goods"].grid.rows
    ] == [
        ("IGOV-KT-1", "2"),
        ("IGOV-VPS-50", "1"),
    ]


def test_a_customer_at_a_glance_says_what_it_owns_and_what_is_under_way(
    sales_client: Client, order: Order, statements: Counter
) -> None:
    address = reverse("crm:customer_glance", args=[order.customer_id])
    with statements("crm.customer_glance", at_most=8):
        response = sales_client.get(address)
    text = text_of(response)
    assert "iGOV đến" in text
    assert order.order_no in text
    assert "Người sales" in text
    held = sales_client.get(reverse("ims:customer_glance", args=[order.customer_id]))
    assert held.status_code == 200


def test_a_customer_of_another_team_shows_nothing(
    order: Order, other_salesperson: User, sales_client: Client
) -> None:
    stranger = signed_in(other_salesperson)
    for name in ("crm:customer_glance", "ims:customer_glance"):
        assert stranger.get(reverse(name, args=[order.customer_id])).status_code == 404


def test_a_copied_order_takes_todays_prices_and_says_what_is_no_longer_sold(
    sales_client: Client, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    catalogue.books_1.unit_price = 4_000_000
    catalogue.books_1.save()
    catalogue.users_50.is_active = False
    catalogue.users_50.save()
    response = sales_client.get(reverse("crm:order_new"), {"copy": order.pk})
    assert "8.000.000 đ" in text_of(response)
    assert "IGOV-VPS-50 đã ngừng bán" in text_of(response)
    assert response.context["form"]["ordered_on"].value() == clock.today()


def test_autofill_answers_what_the_customer_is_known_by(
    sales_client: Client, customer: Customer, other_salesperson: User
) -> None:
    factories.contact(customer)
    address = reverse("crm:order_autofill")
    filled = sales_client.get(address, {"customer": customer.pk}).json()
    assert filled["budget_code"] == "1234567"
    assert filled["contact_name"] == "Nguyễn Văn An"
    assert sales_client.get(address).json() == {}
    assert signed_in(other_salesperson).get(address, {"customer": customer.pk}).status_code == 404


# --- editing -------------------------------------------------------------------------------------


def edited(order: Order, item_id: int, quantity: object, version: int = 1) -> dict[str, Any]:
    fields = typed(order.customer, version=version, contract_no="HĐ-mới")
    return fields | row(1, item_id, quantity)


def test_an_order_is_edited_on_its_form(
    sales_client: Client, order: Order, catalogue: factories.SmallCatalogue, statements: Counter
) -> None:
    address = reverse("crm:order_edit", args=[order.pk])
    page = sales_client.get(address).content.decode()
    assert 'name="lines-1-quantity" value="2"' in page
    with statements("crm.order_edit.save", at_most=35):
        response = sales_client.post(address, edited(order, catalogue.books_1.pk, "5"))
    assert response.status_code == 302
    order.refresh_from_db()
    assert (order.total, order.contract_no) == (15_000_000, "HĐ-mới")


def test_the_later_of_two_editors_sees_the_others_change_and_keeps_their_own(
    sales_client: Client, order: Order, catalogue: factories.SmallCatalogue
) -> None:
    address = reverse("crm:order_edit", args=[order.pk])
    sales_client.post(address, edited(order, catalogue.books_1.pk, "5"))
    late = edited(order, catalogue.books_1.pk, "7") | {
        "contract_no": "HĐ-sau",
        "discount_kind": "percent",
        "discount_percent": "10",
    }
    response = sales_client.post(address, late)
    assert response.status_code == 409
    page, text = response.content.decode(), text_of(response)
    assert "HĐ-mới" in text  # what the other one saved
    assert 'value="HĐ-sau"' in page
    assert 'name="lines-1-quantity" value="7"' in page
    assert "5 × 3.000.000 đ" in text and "7 × 3.000.000 đ" in text
    assert "Phần trăm đơn hàng: 10" in text
    assert 'name="version" value="2"' in page
    order.refresh_from_db()
    assert order.total == 15_000_000
    assert sales_client.post(address, late | {"version": 2}).status_code == 302


def test_a_sent_order_shows_its_goods_locked_and_takes_its_details(
    sales_client: Client, order: Order, salesperson: User
) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    address = reverse("crm:order_edit", args=[order.pk])
    response = sales_client.get(address)
    page = response.content.decode()
    assert 'name="lines-1-quantity"' not in page
    assert "Thu hồi yêu cầu" in text_of(response)
    fields = {"scope": "details", "version": 1, "contract_no": "HĐ-5", "customer": 999}
    assert sales_client.post(address, fields).status_code == 302
    order.refresh_from_db()
    assert (order.contract_no, order.total) == ("HĐ-5", 11_000_000)


def test_a_form_opened_before_the_order_was_sent_is_refused(
    sales_client: Client, order: Order, salesperson: User, catalogue: factories.SmallCatalogue
) -> None:
    move_licence_status(actor=salesperson, order=order, verb="send")
    address = reverse("crm:order_edit", args=[order.pk])
    response = sales_client.post(address, edited(order, catalogue.books_1.pk, "5"), **HTMX)
    assert response.status_code == 409
    assert "Thu hồi yêu cầu" in text_of(response)
    order.refresh_from_db()
    assert order.total == 11_000_000


# --- the goods -----------------------------------------------------------------------------------


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
