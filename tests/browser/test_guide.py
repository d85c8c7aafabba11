"""The public guide, followed in a browser step by step and by its labels."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from capphep.crm.models import Customer
from capphep.entitlements.models import Licence
from capphep.entitlements.queries import certified_lines, ledger_differences
from capphep.ims.certificates import Certified, certificate
from capphep.ims.queries.certificates import order_of_licence
from capphep.platform.roles import SYSTEM
from capphep.shell.demo import load_demo
from tests import factories
from tests.browser.people import Album, attach, menu, pick, sign_in_by_form

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)

# Phòng Văn hóa - Xã hội Xã Đông Khê: 1 set of books and 100 users since YC-2026-000246.
BUDGET_CODE = "1594686"


@pytest.fixture
def album(request: pytest.FixtureRequest) -> Album:
    return Album(request.config.getoption("--pictures"))


@pytest.fixture
def demo(live_server: object) -> None:
    factories.reference_data()
    load_demo()


def test_whoever_follows_the_guide_ends_with_the_bought_resources(
    demo: None, open_page: Callable[..., Page], album: Album
) -> None:
    page = open_page()
    sign_in_by_form(page, "sales")

    # Bước 1: Tạo đơn hàng trên CRM
    page.get_by_role("link", name="Đơn hàng", exact=True).click()
    page.get_by_role("link", name="Thêm", exact=True).first.click()
    pick(page, "Khách hàng", BUDGET_CODE, BUDGET_CODE)
    expect(page.get_by_label("Mã ngân sách")).to_have_value(BUDGET_CODE)
    pick(page, "Dự án bán hàng", "iGOV", "iGOV")
    page.get_by_label("Số hợp đồng").fill("HĐ-2026/VHXH-01")
    page.get_by_role("button", name="Chọn hàng hóa").click()
    goods = page.get_by_role("dialog")
    goods.get_by_label("Tìm kiếm").fill("van phong so")
    goods.get_by_role("checkbox", name=re.compile(r"^IGOV-VPS-50 ")).check()
    goods.get_by_label("Tìm kiếm").fill("ke toan")
    goods.get_by_role("checkbox", name=re.compile(r"^IGOV-KT-1 ")).check()
    album.take(page, "1-goods")
    goods.get_by_role("button", name="Đồng ý").click()
    quantity = page.get_by_label(re.compile("Số lượng.*IGOV-VPS-50"))
    quantity.fill("2")
    quantity.press("Tab")
    page.get_by_text("25.200.000 đ").first.wait_for()
    album.take(page, "2-order")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text(re.compile(r"DH-\d{4}-000001")).first.wait_for()

    # Bước 2: Lập yêu cầu cấp GPSD/Thuê bao
    menu(page).get_by_role("menuitem", name="Yêu cầu cấp GPSD/Thuê bao").click()
    page.get_by_role("heading", name="Yêu cầu cấp GPSD/Thuê bao").wait_for()
    attach(page, "Quyết định cấp nguồn", "Quyết định cấp nguồn – xã Đông Hải (bản đã ký).pdf")
    attach(page, "Bằng chứng cam kết", "cam-ket-thanh-toan.pdf")
    page.get_by_label("Cấp", exact=True).select_option(label="Xã")
    page.get_by_role("button", name="Cập nhật thông tin nghiệp vụ").click()
    page.get_by_text("100 đã có (YC-2026-000246) + 100 mua thêm = 200").wait_for()
    _add_extra_information(page)
    page.get_by_label("Họ và tên").fill("Đỗ Thị Thu Hùng")
    album.take(page, "3-request")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("button", name="Lưu", exact=True).wait_for(state="hidden")
    request_no = re.search(r"YC-\d{4}-\d{6}", page.inner_text("main"))
    assert request_no

    # Bước 3: Phê duyệt yêu cầu cấp GPSD/Thuê bao trên IMS
    desk = open_page()
    sign_in_by_form(desk, "officer")
    desk.get_by_role("link", name="Kế toán văn phòng").click()
    desk.get_by_label("Tìm kiếm").fill("HĐ-2026/VHXH-01")
    desk.get_by_role("row", name=re.compile(request_no[0])).click(button="right")
    album.take(desk, "4-queue")
    desk.get_by_role("menuitem", name="Phê duyệt YC cấp giấy phép").click()
    desk.get_by_role("button", name="Có", exact=True).wait_for()
    album.take(desk, "5-approve")
    desk.get_by_role("button", name="Có", exact=True).click()
    desk.get_by_role("dialog").wait_for(state="hidden")

    # Sau khi phê duyệt: Tình trạng đơn hàng, Thông tin chung của thuê bao
    page.get_by_role("link", name="Đơn hàng", exact=True).click()
    page.get_by_role("row", name=re.compile("KTLicense – Đã duyệt")).wait_for()
    page.get_by_role("link", name="Thuê bao", exact=True).click()
    page.get_by_label("Tìm kiếm").fill(BUDGET_CODE)
    page.get_by_role("row", name=re.compile(BUDGET_CODE)).get_by_role("link").first.click()
    page.get_by_text("Thông tin chung").wait_for()
    page.get_by_role("row", name=re.compile("^Văn phòng số Người dùng 200")).wait_for()
    album.take(page, "6-subscription")
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("^PDF GP-")).click()
    assert re.fullmatch(r"giay-phep-GP-\d{4}-\d{6}\.pdf", taken.value.suggested_filename)
    album.keep("7-certificate", _certificate)
    assert Customer.objects.get(budget_code=BUDGET_CODE).owned_products.count() == 1
    assert not list(ledger_differences())


def _certificate() -> bytes:
    """The first page of the licence's certificate, as a picture."""
    licence = Licence.objects.get()
    certified = Certified(
        licence=licence,
        lines=certified_lines(licence),
        order=order_of_licence(SYSTEM, licence),
        earlier=None,
        public_base="https://giayphep.example.vn/gp/",
    )
    with override_settings(VENDOR_NAME="CÔNG TY PHẦN MỀM VÍ DỤ"):
        return certificate(certified, "vi").png(ppi=72)[0]


def _add_extra_information(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"Kế toán.*\(\+\)|\(\+\).*Kế toán")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("Mã ngân sách")).fill(BUDGET_CODE)
    dialog.get_by_label(re.compile("Chế độ kế toán")).select_option(index=1)
    dialog.get_by_role("button", name="Lưu").click()
    dialog.wait_for(state="hidden")
    page.get_by_role("button", name=re.compile("Dùng mã ngân sách")).click()
    page.get_by_role(
        "button", name=re.compile(r"Văn phòng số.*\(\+\)|\(\+\).*Văn phòng số")
    ).click()
    dialog.get_by_label(re.compile("Số phòng ban")).fill("3")
    dialog.get_by_role("button", name="Lưu").click()
    dialog.wait_for(state="hidden")
