"""The whole flow by the keyboard alone, from signing in to the approval that sales sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.crm.models import Order, Sector
from capphep.platform.models import User
from tests import factories, stories
from tests.browser.people import EVIDENCE
from tests.factories import SmallCatalogue

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

FOCUSED = "element => element === document.activeElement"
AT_REST = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
MANY = 80


def reach(page: Page, target: Locator) -> None:
    """Tab until the target has the focus."""
    for _ in range(MANY):
        if target.count() and target.first.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {target}")


def sign_in(page: Page, username: str) -> None:
    page.goto("/login")
    reach(page, page.get_by_label("Tên đăng nhập"))
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"(?<!/login)$"))


def choose_function(page: Page, name: str) -> None:
    """An item of the page's menu *Chức năng*."""
    reach(page, page.get_by_role("button", name="Chức năng"))
    page.keyboard.press("Enter")
    item = page.get_by_role("menuitem", name=name)
    for _ in range(MANY):
        if item.evaluate(FOCUSED):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def attach(page: Page, label: str, name: str) -> None:
    """The keyboard opens the system's own dialog for files; what it answers is given here."""
    # What a page asks for as it opens would take the focus along.
    page.wait_for_load_state("networkidle")
    # So would what an earlier file still changes.
    page.wait_for_function(AT_REST)
    reach(page, page.get_by_label(label))
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Space")
    opened.value.set_files(EVIDENCE / name)
    page.get_by_role("link", name=name).first.wait_for()


def test_from_the_order_to_the_approval_without_a_mouse(
    open_page: Callable[..., Page],
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    sector, _ = Sector.objects.get_or_create(name="UBND cấp xã")
    unit = factories.customer(owner=salesperson, team=salesperson.team, sector=sector)
    stories.opened(unit, catalogue)
    page = open_page()
    keys = page.keyboard
    sign_in(page, salesperson.username)

    keys.press("g")
    keys.press("o")
    page.wait_for_url("**/crm/orders/")
    keys.press("Alt+n")
    page.wait_for_url("**/crm/orders/new")
    expect(page.get_by_label("Khách hàng", exact=True)).to_be_focused()
    keys.type("dong hai")
    keys.press("Enter")
    expect(page.get_by_label("Mã ngân sách")).to_have_value("1234567")
    keys.press("Alt+n")
    keys.type("igov-vps-50")
    keys.press("Enter")
    expect(page.get_by_label("Số lượng IGOV-VPS-50")).to_be_focused()
    keys.press("Control+s")
    expect(page.get_by_role("heading", level=1)).to_contain_text("DH-")

    choose_function(page, "Yêu cầu cấp GPSD/Thuê bao")
    page.wait_for_url("**/edit")
    attach(page, "Quyết định cấp nguồn", "quyet-dinh-cap-nguon.pdf")
    attach(page, "Bằng chứng cam kết", "cam-ket-thanh-toan.pdf")
    reach(page, page.get_by_label("Cấp", exact=True))
    keys.type("Xã")
    administrator = page.get_by_role("group", name="Quản trị viên")
    reach(page, administrator.get_by_label("Họ và tên"))
    keys.type("Đỗ Thị Thu Hùng")
    reach(page, administrator.get_by_label("Email", exact=True))
    keys.type("hung@example.vn")
    reach(page, page.get_by_role("button", name="Lưu", exact=True))
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/requests/\d+/$"))

    desk = open_page()
    sign_in(desk, officer.username)
    desk.keyboard.press("g")
    desk.keyboard.press("r")
    desk.wait_for_url("**/ims/requests/")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/ims/requests/\d+/"))
    desk.wait_for_load_state()
    desk.keyboard.press("a")
    expect(desk.get_by_role("dialog")).to_contain_text("150")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog")).to_be_hidden()

    expect(page.locator("main").get_by_text("Đã duyệt").first).to_be_visible()
    keys.press("g")
    keys.press("o")
    page.wait_for_url("**/crm/orders/")
    expect(page.get_by_role("row", name=re.compile("KTLicense – Đã duyệt"))).to_be_visible()
    assert Order.objects.get().licence_status == "approved"
