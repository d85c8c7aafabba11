"""Customers and opportunities as a salesperson works on them, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.crm.models import Customer, SalesProject, Sector
from capphep.platform.models import User
from tests import factories
from tests.browser.people import menu, pick, sign_in
from tests.factories import SmallCatalogue
from tests.plumbing.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def desk(page: Page, salesperson: User) -> Page:
    """The salesperson, signed in."""
    sign_in(page, salesperson.username)
    return page


def test_a_customer_is_entered_by_its_labels_and_an_order_begun_from_it(
    desk: Page, catalogue: SmallCatalogue, pool_customer: Customer
) -> None:
    # An earlier test on the live server may have emptied the table that a migration filled.
    Sector.objects.get_or_create(name="UBND cấp xã")
    desk.goto("/crm/customers/")
    desk.get_by_role("link", name="Thêm", exact=True).first.click()
    desk.get_by_label("Mã ngân sách", exact=True).fill("1.234.567")
    desk.get_by_label("Tên khách hàng", exact=True).fill("UBND Xã Đông Hải")
    desk.get_by_label("Loại hình", exact=True).select_option("Đơn vị HCSN cấp Xã/Phường")
    desk.get_by_label("Phân loại KH HCSN", exact=True).select_option("UBND Xã/Phường")
    desk.get_by_label("Ngành", exact=True).select_option("UBND cấp xã")
    desk.get_by_label("Cấp", exact=True).select_option("Xã")
    desk.get_by_label("Chương", exact=True).fill("805")
    pick(desk, "Đơn vị chủ quản", "mai ha", "Trường THCS Mai Hạ")
    desk.get_by_label("Liên hệ", exact=True).fill("Nguyễn Văn An")
    desk.get_by_label("Điện thoại liên hệ", exact=True).fill("0912 345 678")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("1234567 UBND Xã Đông Hải")
    expect(desk.get_by_text("0912345678").first).to_be_visible()
    menu(desk).get_by_role("menuitem", name="Tạo đơn hàng").click()
    desk.wait_for_url("**/crm/orders/new?customer=*")
    expect(desk.locator(".picker-item", has_text="UBND Xã Đông Hải")).to_be_visible()


def test_errors_stand_in_a_summary_and_the_first_bad_field_has_the_focus(desk: Page) -> None:
    desk.goto("/crm/customers/new")
    desk.get_by_label("Mã ngân sách", exact=True).fill("12")
    desk.get_by_label("Chương", exact=True).fill("412")
    desk.get_by_role("button", name="Lưu").click()
    summary = desk.locator("[data-errors]")
    for label in ("Mã ngân sách", "Tên khách hàng", "Phân loại KH HCSN", "Chương"):
        expect(summary.get_by_role("link", name=label, exact=True)).to_be_visible()
    expect(desk.get_by_label("Mã ngân sách", exact=True)).to_be_focused()
    expect(desk.get_by_label("Chương", exact=True)).to_have_value("412")
    summary.get_by_role("link", name="Chương", exact=True).click()
    expect(desk.get_by_label("Chương", exact=True)).to_be_focused()


def test_the_later_of_two_editors_is_told_and_saves_again_on_purpose(
    desk: Page, open_page: OpenPage, salesperson: User, own_customer: Customer
) -> None:
    address = f"/crm/customers/{own_customer.pk}/edit"
    desk.goto(address)
    other = open_page()
    sign_in(other, salesperson.username)
    other.goto(address)
    other.get_by_label("Điện thoại", exact=True).fill("0987654321")
    other.get_by_role("button", name="Lưu").click()
    other.wait_for_url(f"**/crm/customers/{own_customer.pk}/")
    desk.get_by_label("Địa chỉ", exact=True).fill("Số 7")
    desk.get_by_role("button", name="Lưu").click()
    conflict = desk.locator("[data-conflict]")
    expect(conflict).to_contain_text("đã sửa lúc")
    expect(conflict).to_contain_text("0987654321")
    expect(conflict).to_be_focused()
    expect(desk.get_by_label("Địa chỉ", exact=True)).to_have_value("Số 7")
    desk.get_by_label("Điện thoại", exact=True).fill("0987654321")
    desk.get_by_role("button", name="Lưu").click()
    desk.wait_for_url(f"**/crm/customers/{own_customer.pk}/")
    own_customer.refresh_from_db()
    assert (own_customer.address, own_customer.phone) == ("Số 7", "0987654321")


def test_a_contact_is_entered_in_a_dialog_and_the_page_shows_it(
    desk: Page, own_customer: Customer
) -> None:
    desk.goto(f"/crm/customers/{own_customer.pk}/")
    desk.get_by_role("link", name="Thêm liên hệ").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("button", name="Lưu").click()
    expect(dialog.locator("[data-errors]")).to_be_visible()
    dialog.get_by_label("Họ và tên", exact=True).fill("Trần Thị Bình")
    dialog.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(desk.get_by_text("Trần Thị Bình").first).to_be_visible()
    desk.get_by_role("link", name="Trần Thị Bình").click()
    desk.get_by_role("dialog").get_by_label("Chức vụ", exact=True).fill("Kế toán trưởng")
    desk.get_by_role("dialog").get_by_role("button", name="Lưu").click()
    expect(desk.get_by_text("Kế toán trưởng").first).to_be_visible()


def test_following_stops_from_the_rows_context_menu(desk: Page, own_customer: Customer) -> None:
    desk.goto("/crm/customers/")
    desk.get_by_role("row", name=re.compile(own_customer.name)).click(button="right")
    desk.get_by_role("menuitem", name="Ngừng theo dõi").click()
    expect(desk.get_by_role("dialog")).to_contain_text(own_customer.name)
    desk.get_by_role("button", name="Có").click()
    expect(desk.get_by_role("row", name=re.compile("Ngừng theo dõi"))).to_be_visible()


def test_an_opportunity_is_entered_with_pickers_and_won(
    desk: Page, own_customer: Customer, catalogue: SmallCatalogue
) -> None:
    factories.owns(own_customer, catalogue.igov)
    SalesProject.objects.create(code="A1", name="Chiến dịch xã", search_key="a1 chien dich xa")
    desk.goto("/crm/opportunities/new")
    pick(desk, "Khách hàng", "dong hai", "UBND Xã Đông Hải.*iGOV đến 31")
    pick(desk, "Dự án bán hàng", "chien", "Chiến dịch xã")
    desk.get_by_label("Tên cơ hội", exact=True).fill("Mua thêm VPS")
    desk.get_by_label("Số tiền dự kiến", exact=True).fill("15.000.000")
    desk.get_by_label("Ngày dự kiến", exact=True).fill("31/12/2026")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Mua thêm VPS")
    menu(desk).get_by_role("menuitem", name="Đánh dấu thành công").click()
    expect(desk.locator(".band").get_by_text("Thành công")).to_be_visible()
    menu(desk).get_by_role("menuitem", name="Tạo đơn hàng").click()
    desk.wait_for_url("**/crm/orders/new?opportunity=*")
