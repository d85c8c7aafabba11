"""Orders as a salesperson enters and changes them, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.catalog.models import Item
from capphep.crm.actions.orders import move_licence_status
from capphep.crm.models import Customer, Opportunity, Order, SalesProject
from capphep.platform.models import User
from capphep.pure.folding import fold
from tests import factories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import menu, pick, sign_in
from tests.crm.orders.conftest import another_item
from tests.factories import SmallCatalogue

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def desk(page: Page, salesperson: User) -> Page:
    """The salesperson, signed in."""
    sign_in(page, salesperson.username)
    return page


def goods(page: Page) -> Locator:
    """The dialog *Chọn hàng hóa*, opened."""
    page.get_by_role("button", name="Chọn hàng hóa").click()
    return page.get_by_role("dialog", name="Chọn hàng hóa")


def tick(dialog: Locator, sku: str) -> None:
    dialog.get_by_role("checkbox", name=re.compile(f"^{sku} ")).check()


def quantity(page: Page, item: Item) -> Locator:
    return page.get_by_label(f"Số lượng {item.sku}", exact=True)


def total(page: Page) -> Locator:
    return page.locator("#order-totals .total dd")


def paste(target: Locator, text: str) -> None:
    """What Ctrl+V does after cells were copied in a spreadsheet."""
    target.evaluate(
        """(target, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            target.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
        }""",
        text,
    )


def begun(page: Page, *items: Item) -> None:
    """A new order for the customer, with these items."""
    page.goto("/crm/orders/new")
    pick(page, "Khách hàng", "dong hai", "UBND Xã Đông Hải")
    expect(page.get_by_label("Mã ngân sách")).to_have_value("1234567")
    dialog = goods(page)
    for item in items:
        tick(dialog, item.sku)
    dialog.get_by_role("button", name="Đồng ý").click()
    expect(dialog).to_have_count(0)


def test_an_order_is_entered_by_its_labels(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    factories.contact(customer, position="Kế toán", phone="0912345678", email="an@example.vn")
    SalesProject.objects.create(code="HCSN", name="Chiến dịch xã", search_key="chien dich xa")
    desk.goto("/crm/orders/")
    desk.get_by_role("link", name="Thêm", exact=True).first.click()
    desk.get_by_label("Chức vụ").fill("Chủ tịch")
    pick(desk, "Khách hàng", "dong hai", "UBND Xã Đông Hải.*iGOV")
    expect(desk.get_by_label("Mã ngân sách")).to_have_value("1234567")
    expect(desk.get_by_label("Diễn giải")).to_have_value(
        "Mua thêm tài nguyên iGOV – UBND Xã Đông Hải"
    )
    expect(desk.get_by_label("Liên hệ", exact=True)).to_have_value("Nguyễn Văn An")
    expect(desk.get_by_label("Điện thoại liên hệ")).to_have_value("0912345678")
    expect(desk.get_by_label("Email liên hệ")).to_have_value("an@example.vn")
    expect(desk.get_by_label("Chức vụ")).to_have_value("Chủ tịch")  # typed, so it stays
    pick(desk, "Dự án bán hàng", "chien", "Chiến dịch xã")
    desk.get_by_label("Số hợp đồng").fill("HĐ-2026/15")
    dialog = goods(desk)
    dialog.get_by_label("Tìm kiếm").fill("van phong so")
    expect(dialog.get_by_role("checkbox", name=re.compile("IGOV-KT-1"))).to_have_count(0)
    tick(dialog, "IGOV-VPS-50")
    dialog.get_by_label("Tìm kiếm").fill("kế toán")
    tick(dialog, "IGOV-KT-1")
    expect(dialog.get_by_role("checkbox", name=re.compile("IGOV-VPS-50"))).to_be_checked()
    dialog.get_by_role("button", name="Đồng ý").click()
    expect(total(desk)).to_have_text("8.000.000 đ")
    quantity(desk, catalogue.books_1).fill("3")
    expect(total(desk)).to_have_text("14.000.000 đ")
    expect(desk.get_by_text("Mười bốn triệu đồng")).to_be_visible()
    desk.get_by_label("Chiết khấu", exact=True).select_option("Phần trăm đơn hàng")
    desk.get_by_label("Chiết khấu (%)").fill("12,5")
    expect(total(desk)).to_have_text("12.250.000 đ")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("DH-")
    expect(desk.get_by_text("HĐ-2026/15").first).to_be_visible()
    order = Order.objects.get()
    assert (order.total, order.contact_position) == (12_250_000, "Chủ tịch")
    assert order.project is not None


def test_one_change_of_a_quantity_is_one_request(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    begun(desk, catalogue.books_1, catalogue.users_50)
    expect(total(desk)).to_have_text("8.000.000 đ")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    quantity(desk, catalogue.books_1).press_sequentially("25")
    expect(total(desk)).to_have_text("80.000.000 đ")
    desk.keyboard.press("Enter")  # moves down the column and sends nothing
    expect(quantity(desk, catalogue.users_50)).to_be_focused()
    assert asked == ["row"]


def test_goods_that_may_not_be_bought_say_why(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    desk.goto("/crm/orders/new")
    dialog = goods(desk)
    expect(dialog).to_contain_text("Hãy chọn khách hàng trước")
    dialog.get_by_role("button", name="Đóng").last.click()
    expect(dialog).to_have_count(0)  # what is typed meanwhile goes where the focus returns
    pick(desk, "Khách hàng", "1234567", "UBND Xã Đông Hải")
    box = goods(desk).get_by_role("checkbox", name=re.compile("IGOV-BASE"))
    expect(box).to_be_disabled()
    expect(box).to_have_accessible_description(
        re.compile("Khách hàng iGOV chỉ được mua thêm gói Kế toán, Văn phòng số")
    )


def test_errors_name_row_and_column_and_nothing_is_lost(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    begun(desk, catalogue.books_1, catalogue.users_50)
    desk.get_by_label("Số hợp đồng").fill("HĐ-1")
    wrong = quantity(desk, catalogue.users_50)
    wrong.fill("1,5")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("alert")).to_contain_text("Dòng 2, Số lượng:")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("1,5")
    expect(desk.get_by_label("Số hợp đồng")).to_have_value("HĐ-1")
    wrong.fill("2")
    expect(wrong).not_to_have_attribute("aria-invalid", "true")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("DH-")
    assert Order.objects.get().total == 13_000_000


def test_an_item_chosen_again_adds_to_its_quantity_and_a_removed_row_comes_back(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    begun(desk, catalogue.books_1)
    quantity(desk, catalogue.books_1).fill("4")
    dialog = goods(desk)
    tick(dialog, "IGOV-KT-1")
    tick(dialog, "IGOV-VPS-50")
    dialog.get_by_role("button", name="Đồng ý").click()
    expect(quantity(desk, catalogue.books_1)).to_have_value("5")
    expect(desk.get_by_text("IGOV-KT-1 đã có ở dòng 1: số lượng được cộng thêm 1.")).to_be_visible()
    expect(quantity(desk, catalogue.users_50)).to_be_focused()
    expect(total(desk)).to_have_text("20.000.000 đ")
    desk.get_by_role("button", name="Bỏ IGOV-KT-1").click()
    expect(total(desk)).to_have_text("5.000.000 đ")
    expect(desk.get_by_label("Số lượng IGOV-KT-1")).to_have_count(0)
    desk.keyboard.press("Control+z")
    expect(quantity(desk, catalogue.books_1)).to_be_focused()
    expect(total(desk)).to_have_text("20.000.000 đ")


def test_an_order_is_entered_with_the_keyboard_alone(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    desk.goto("/crm/orders/")
    desk.keyboard.press("Alt+n")
    desk.wait_for_url("**/crm/orders/new")
    expect(desk.get_by_label("Khách hàng", exact=True)).to_be_focused()
    keys = desk.keyboard
    keys.type("dong hai")
    keys.press("Enter")
    expect(desk.get_by_label("Mã ngân sách")).to_have_value("1234567")
    expect(desk.locator("#customer-glance")).to_contain_text("iGOV đến")
    keys.press("Alt+n")
    keys.type("igov-kt-1")
    keys.press("Enter")
    expect(quantity(desk, catalogue.books_1)).to_be_focused()
    keys.type("12")
    keys.press("Enter")
    keys.type("van phong so")
    keys.press("Enter")
    expect(quantity(desk, catalogue.users_50)).to_be_focused()
    keys.type("3")
    keys.press("ArrowUp")
    expect(quantity(desk, catalogue.books_1)).to_be_focused()
    expect(total(desk)).to_have_text("51.000.000 đ")
    keys.press("Control+Delete")
    expect(quantity(desk, catalogue.users_50)).to_be_focused()
    expect(total(desk)).to_have_text("15.000.000 đ")
    keys.press("Control+s")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("DH-")
    assert [line.quantity for line in Order.objects.get().lines.all()] == [3]


def test_another_customer_replaces_what_was_filled_in_and_marks_the_rows(
    desk: Page, salesperson: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    factories.contact(customer)
    school = factories.customer("2345678", "Trường Mầm non Hoa Sen", owner=salesperson)
    factories.contact(school, "Lê Thị Cúc")
    begun(desk, catalogue.books_1)
    expect(desk.get_by_label("Liên hệ", exact=True)).to_have_value("Nguyễn Văn An")
    box = desk.get_by_label("Khách hàng", exact=True)
    box.click()
    box.press_sequentially("hoa sen", delay=40)
    desk.get_by_role("option", name=re.compile("Hoa Sen")).click()
    expect(desk.get_by_label("Mã ngân sách")).to_have_value("2345678")
    expect(desk.get_by_label("Liên hệ", exact=True)).to_have_value("Lê Thị Cúc")
    expect(desk.get_by_label("Diễn giải")).to_have_value("Bán mới – Trường Mầm non Hoa Sen")
    row = desk.get_by_role("row", name=re.compile("IGOV-KT-1"))
    expect(row).to_contain_text("chưa có thuê bao iGOV")


def test_the_opportunities_offered_are_those_of_the_customer_chosen_last(
    desk: Page, salesperson: User, customer: Customer
) -> None:
    school = factories.customer("2345678", "Trường Mầm non Hoa Sen", owner=salesperson)
    for owner, name in ((customer, "Thêm gói iGOV"), (school, "Mua mới")):
        Opportunity.objects.create(
            customer=owner, name=name, search_key=fold(name), salesperson=salesperson
        )
    begun(desk)
    desk.get_by_label("Cơ hội", exact=True).click()
    offered = desk.locator(".picker-row:visible")
    expect(offered).to_contain_text("Thêm gói iGOV")
    pick(desk, "Khách hàng", "hoa sen", "Hoa Sen")
    desk.get_by_label("Cơ hội", exact=True).click()
    expect(offered).to_contain_text("Mua mới")


def test_rows_copied_from_a_spreadsheet_become_lines(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    begun(desk, catalogue.books_1)
    copied = "Mã hàng\tSố lượng\tĐơn giá\nIGOV-VPS-50\t1.007\t1\nKHONG-CO\t2\t\nigov-kt-1\t4\t\n"
    paste(quantity(desk, catalogue.books_1), copied)
    expect(quantity(desk, catalogue.users_50)).to_have_value("1.007")
    expect(quantity(desk, catalogue.books_1)).to_have_value("5")
    expect(total(desk)).to_have_text("5.050.000.000 đ")
    expect(desk.get_by_text("Dòng 2, IGOV-VPS-50: đơn giá 1 khác danh mục")).to_be_visible()
    pick(desk, "Hàng hóa cho dòng 3", "ke toan", "IGOV-KT-1")
    expect(quantity(desk, catalogue.books_1)).to_have_value("7")
    expect(desk.get_by_text("KHONG-CO")).to_have_count(0)


def test_the_later_of_two_editors_compares_and_saves_on_purpose(
    desk: Page, order: Order, catalogue: SmallCatalogue
) -> None:
    desk.goto(f"/crm/orders/{order.pk}/")
    menu(desk).get_by_role("menuitem", name="Sửa").click()
    quantity(desk, catalogue.books_1).fill("7")
    Order.objects.filter(pk=order.pk).update(version=2, contract_no="HĐ-khác")
    desk.get_by_role("button", name="Lưu").click()
    conflict = desk.locator("[data-conflict]")
    expect(conflict).to_contain_text("HĐ-khác")
    expect(conflict).to_contain_text("7 × 3.000.000 đ")
    expect(quantity(desk, catalogue.books_1)).to_have_value("7")
    desk.get_by_role("button", name="Lưu").click()
    desk.wait_for_url(f"**/crm/orders/{order.pk}/")
    order.refresh_from_db()
    assert (order.version, order.total) == (3, 26_000_000)


def test_a_session_that_ended_loses_nothing(
    desk: Page, salesperson: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    begun(desk, catalogue.books_1)
    quantity(desk, catalogue.books_1).fill("9")
    expect(total(desk)).to_have_text("27.000.000 đ")
    desk.context.clear_cookies(name="sessionid")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("dialog")).to_contain_text("Phiên làm việc")
    with desk.context.expect_page() as opened:
        desk.get_by_role("dialog").get_by_role("link").first.click()
    again = opened.value
    again.get_by_label("Tên đăng nhập").fill(salesperson.username)
    again.get_by_label("Mật khẩu").fill(factories.PASSWORD)
    again.get_by_role("button", name="Đăng nhập").click()
    again.wait_for_url(re.compile(r"(?<!/login)$"))
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("DH-")
    assert Order.objects.get().total == 27_000_000


def test_what_was_typed_survives_the_browser_and_back_asks_before_it_leaves(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    desk.goto("/crm/orders/")
    with desk.expect_response(re.compile(r"/drafts/[0-9a-f-]{36}$")):
        begun(desk, catalogue.books_1)
        quantity(desk, catalogue.books_1).fill("9")
        expect(total(desk)).to_have_text("27.000.000 đ")
    with desk.expect_response(re.compile(r"/drafts/[0-9a-f-]{36}$")):
        desk.get_by_label("Số hợp đồng").fill("HĐ-9")
    with desk.expect_response(re.compile(r"/drafts/[0-9a-f-]{36}$")):
        paste(quantity(desk, catalogue.books_1), "KHONG-CO\t2")
        expect(desk.get_by_text("KHONG-CO").first).to_be_visible()
    crashed = desk
    again = crashed.context.new_page()  # what a browser shows that was started anew
    again.goto("/crm/orders/new")
    again.get_by_role("link", name="Khôi phục").click()
    expect(quantity(again, catalogue.books_1)).to_have_value("9")
    expect(again.get_by_label("Số hợp đồng")).to_have_value("HĐ-9")
    expect(total(again)).to_have_text("27.000.000 đ")
    pick(again, "Hàng hóa cho dòng 1", "van phong so", "IGOV-VPS-50")
    expect(quantity(again, catalogue.users_50)).to_have_value("2")
    expect(again.get_by_text("KHONG-CO")).to_have_count(0)
    again.get_by_label("Số hợp đồng").fill("HĐ-10")
    again.go_back()
    question = again.get_by_role("dialog")
    question.get_by_role("button", name="Ở lại").click()
    expect(again.get_by_label("Số hợp đồng")).to_have_value("HĐ-10")
    again.keyboard.press("Control+s")
    expect(again.get_by_role("heading", level=1)).to_contain_text("DH-")
    assert Order.objects.get().contract_no == "HĐ-10"


@pytest.mark.viewport(360, 740)
def test_the_form_fits_and_is_accessible_in_each_state(
    desk: Page, salesperson: User, order: Order, catalogue: SmallCatalogue
) -> None:
    desk.goto(f"/crm/orders/{order.pk}/edit")
    quantity(desk, catalogue.books_1).fill("0")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("alert")).to_be_visible()
    expect(desk.get_by_role("button", name="Lưu")).to_be_enabled()
    desk.mouse.move(0, 0)
    assert_fits_and_is_accessible(desk, "the form with errors")
    goods(desk)
    assert_fits_and_is_accessible(desk, "the goods dialog")
    move_licence_status(actor=salesperson, order=order, verb="send")
    desk.goto(f"/crm/orders/{order.pk}/edit")
    assert_fits_and_is_accessible(desk, "the locked form")


def test_five_hundred_lines_are_edited_without_waiting(
    desk: Page, customer: Customer, catalogue: SmallCatalogue
) -> None:
    items = [another_item(catalogue, f"IGOV-KT-{n}") for n in range(100, 600)]
    begun(desk, *items[:1])
    paste(desk.locator("#goods-panel"), "\n".join(f"{item.sku}\t2" for item in items))
    expect(total(desk)).to_have_text("1.001.000.000 đ")
    sizes: list[int] = []

    def note(request: Request) -> None:
        # Neither what every page asks every few seconds nor what is kept after a pause.
        if "/talk/pulse" not in request.url and "/drafts/" not in request.url:
            sizes.append(len(request.post_data or ""))

    desk.on("request", note)
    quantity(desk, items[250]).fill("12")
    expect(total(desk)).to_have_text("1.011.000.000 đ")
    assert len(sizes) == 1
    assert sizes[0] < 3_000
