"""Papers: what they say, who may have them, several at once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from pypdf import PdfReader

from capphep.crm.models import Customer, Order
from capphep.entitlements.models import Licence, Subscription
from capphep.paper.documents import Document
from capphep.paper.queries import ORDERS, REQUESTS, documents_of
from capphep.platform import jobs
from capphep.platform.models import Notice, User
from capphep.pure.words import amount_in_words
from capphep.shell.worker import BACKGROUND
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def said(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\u200b", "").split())


def text_of(response: HttpResponse | Any) -> str:
    assert response.status_code == 200, response.content
    return said(response.content)


@pytest.fixture
def customer(catalogue: SmallCatalogue) -> Customer:
    unit = factories.customer(address="Thôn 3", commune="Xã Đông Hải", province="Tỉnh Ninh Bình")
    stories.opened(unit, catalogue)
    return unit


@pytest.fixture
def order(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> Order:
    return stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])


@override_settings(VENDOR_NAME="Công ty Sao Việt")
def test_an_order_is_a_vietnamese_document_with_its_amount_in_words(
    sales_client: Client, order: Order
) -> None:
    answer = sales_client.get(f"/paper/print/order/{order.pk}/pdf")
    text = text_of(answer)
    total = f"{order.total:,}".replace(",", ".")
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập – Tự do – Hạnh phúc",
        "Công ty Sao Việt",
        f"Số: {order.order_no}",
        f"ngày {order.ordered_on:%d} tháng {order.ordered_on:%m} năm {order.ordered_on:%Y}",
        "ĐƠN ĐẶT HÀNG",
        f"(Kiêm hợp đồng số {order.contract_no})",
        "Địa chỉ: Thôn 3, Xã Đông Hải, Tỉnh Ninh Bình",
        "Đại diện: Nguyễn Văn An",
        f"TỔNG CỘNG {total}",
        f"Bằng chữ: {amount_in_words(order.total)}",
        "lập thành 02 bản",
        "ĐẠI DIỆN BÊN A",
        "Trang 1/1",
    ):
        assert part in text, part
    assert answer["Content-Disposition"] == f'inline; filename="don-hang-{order.order_no}.pdf"'
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    download = sales_client.get(f"/paper/print/order/{order.pk}/pdf?download=1")
    assert download["Content-Disposition"].startswith("attachment")


def test_the_page_around_it_is_reached_from_the_order(sales_client: Client, order: Order) -> None:
    page = f"/paper/print/order/{order.pk}/"
    assert page in sales_client.get(f"/crm/orders/{order.pk}/").content.decode()
    shown = sales_client.get(page).content.decode()
    assert f'src="{page}pdf#view=FitH' in shown and f'href="{page}pdf?download=1"' in shown


def test_whoever_may_not_know_the_record_may_not_know_its_paper(
    order: Order, other_salesperson: User, colleague: User
) -> None:
    for page in ("", "pdf"):
        address = f"/paper/print/order/{order.pk}/{page}"
        assert signed_in(other_salesperson).get(address).status_code == 404
        assert signed_in(colleague).get(address).status_code == 200
        assert Client().get(address).status_code == 302
    assert signed_in(colleague).get("/paper/print/order/999999/").status_code == 404
    assert signed_in(colleague).get("/paper/print/nothing/1/").status_code == 404


def test_a_discount_of_the_whole_order_is_taken_off_below_the_lines(
    sales_client: Client, order: Order
) -> None:
    Order.objects.filter(pk=order.pk).update(
        discount_kind="amount",
        discount_amount=1000,
        discount=1000,
        net=order.gross - 1000,
        total=order.gross - 1000,
    )
    text = text_of(sales_client.get(f"/paper/print/order/{order.pk}/pdf"))
    gross, total = (f"{each:,}".replace(",", ".") for each in (order.gross, order.gross - 1000))
    assert f"Cộng tiền hàng {gross} Chiết khấu –1.000 Cộng tiền hàng chưa thuế {total}" in text
    assert amount_in_words(order.gross - 1000) in text


def test_a_request_says_what_is_asked_for_with_which_files(
    sales_client: Client, order: Order, salesperson: User
) -> None:
    request = stories.sent(order, salesperson)
    text = text_of(sales_client.get(f"/paper/print/request/{request.pk}/pdf"))
    for part in (
        "YÊU CẦU CẤP GPSD/THUÊ BAO",
        f"Số: {request.request_no}",
        "Loại yêu cầu: Mua thêm",
        f"Đơn hàng: {order.order_no}",
        "Họ và tên: Nguyễn Văn An",
        "quyết định.pdf",
        "100 100 200 12",
        f"Bằng chữ: {amount_in_words(order.total)}",
        salesperson.full_name,
    ):
        assert part in text, part


def test_a_handover_record_says_what_was_granted_to_whom_from_when_to_when(
    sales_client: Client, order: Order, salesperson: User, officer: User
) -> None:
    waiting = stories.sent(order, salesperson)
    assert sales_client.get(f"/paper/print/handover/{waiting.pk}/").status_code == 404
    assert sales_client.get(f"/paper/orders/{order.pk}/handover").status_code == 404
    request = stories.approved(waiting, officer).request
    line = request.lines.get()
    page = sales_client.get(f"/paper/orders/{order.pk}/handover")
    assert page["Location"] == f"/paper/print/handover/{request.pk}/"
    text = text_of(sales_client.get(f"{page['Location']}pdf"))
    licence = Licence.objects.get(request_no=request.request_no)
    for part in (
        "BIÊN BẢN BÀN GIAO",
        f"đơn hàng số {order.order_no}",
        f"giấy phép sử dụng số {licence.licence_no}",
        f"{line.first_day:%d/%m/%Y} {line.last_day:%d/%m/%Y} {request.request_no}",
        "Văn phòng số",
        "ĐẠI DIỆN BÊN GIAO",
        "ĐẠI DIỆN BÊN NHẬN",
    ):
        assert part in text, part
    assert "Kế toán" not in text
    record = Subscription.objects.get()
    menu = sales_client.get(f"/ims/subscriptions/{record.pk}/").content.decode()
    assert f"/paper/print/subscription/{record.pk}/" in menu
    whole = text_of(sales_client.get(f"/paper/print/subscription/{record.pk}/pdf"))
    assert "Kế toán" in whole and request.request_no in whole


def test_several_ticked_orders_come_in_one_file_each_with_its_own_pages(
    sales_client: Client, order: Order, customer: Customer, catalogue: SmallCatalogue
) -> None:
    other = stories.ordered(customer, order.salesperson, [(catalogue.users_50, 1)])
    assert "/paper/print/order/several" in sales_client.get("/crm/orders/").content.decode()
    ids = f"id={other.pk}&id={order.pk}&id=999999"
    asked = sales_client.get(f"/paper/print/order/several?{ids}", headers=HTMX)
    assert "In 2 giấy?" in asked.content.decode() and "bỏ qua" in asked.content.decode()
    posted = sales_client.post(
        "/paper/print/order/several", {"id": [other.pk, order.pk]}, headers=HTMX
    )
    address = posted["HX-Redirect"]
    assert address == f"/paper/print/order/?id={other.pk}&id={order.pk}"
    page = sales_client.get(address).content.decode()
    assert f"pdf?id={other.pk}&amp;id={order.pk}&amp;download=1" in page
    text = text_of(sales_client.get(address.replace("/?", "/pdf?")))
    assert text.index(f"Số: {other.order_no}") < text.index(f"Số: {order.order_no}")
    assert text.count("Trang 1/1") == 2


def test_more_than_twenty_are_printed_in_the_background(
    sales_client: Client,
    order: Order,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
) -> None:
    orders = [
        stories.ordered(customer, salesperson, [(catalogue.users_50, 1)]) for _number in range(20)
    ]
    ids = [order.pk, *(each.pk for each in orders)]
    assert sales_client.get("/paper/print/order/", {"id": ids}).status_code == 422
    posted = sales_client.post("/paper/print/order/several", {"id": ids})
    assert posted["Location"] == "/exchange/jobs/"
    assert jobs.work_next(BACKGROUND) == 1
    job = jobs.jobs_of(salesperson).get()
    assert (job.state, job.done, job.total) == ("done", 21, 21)
    file = sales_client.get(f"/exchange/jobs/{job.pk}/file")
    content = b"".join(file.streaming_content)
    assert file["Content-Type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(content)).pages) == 21
    assert Notice.objects.filter(recipient=salesperson).exists()


def test_many_cost_no_more_statements_than_one(
    django_assert_num_queries: Any,
    order: Order,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
) -> None:
    request = stories.sent(order, salesperson)
    other = stories.ordered(customer, salesperson, [(catalogue.books_1, 1)])
    second = stories.sent(other, salesperson)

    def read(source: Any, *ids: int) -> list[Document]:
        return documents_of(salesperson, source, ids)

    for source, one, more in (
        (ORDERS, order.pk, other.pk),
        (REQUESTS, request.pk, second.pk),
    ):
        with django_assert_num_queries(2 if source is ORDERS else 4):
            assert len(read(source, one)) == 1
        with django_assert_num_queries(2 if source is ORDERS else 4):
            assert len(read(source, more, one)) == 2
