"""A manager's morning with a list: columns, a view for the team, chips, ticks, all results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from capphep.crm.models import Customer
from capphep.platform import jobs
from capphep.platform.models import User
from capphep.shell.worker import BACKGROUND
from tests import factories
from tests.browser.people import sign_in
from tests.plumbing.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
LIST = "/crm/customers/"


@pytest.fixture
def units(salesperson: User, colleague: User) -> None:
    for index in range(53):
        factories.customer(
            f"12345{index:02}", f"UBND Xã {index}", owner=salesperson, team=salesperson.team
        )
    factories.customer("7654321", "Trường Mầm non Hoa Mai", owner=colleague, team=colleague.team)


def test_a_list_is_made_ones_own_shared_and_worked_through(
    page: Page, open_page: OpenPage, units: None, team_manager: User, colleague: User
) -> None:
    from playwright.sync_api import expect

    sign_in(page, "leader")
    page.goto(LIST)
    headings = page.get_by_role("columnheader")
    # Columns: one comes, one goes, for good.
    page.get_by_role("link", name="Cột", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Mã số thuế", exact=True).check()
    dialog.get_by_label("Chương", exact=True).uncheck()
    dialog.get_by_role("button", name="Hiện các cột này").click()
    expect(headings.filter(has_text="Mã số thuế")).to_be_visible()
    expect(headings.filter(has_text="Chương")).to_have_count(0)
    # Filters become chips, chips a view, the view the team's and what the list opens with.
    page.get_by_label("Ai phụ trách", exact=True).select_option(label="Của nhóm tôi")
    page.get_by_label("Tìm kiếm", exact=True).fill("ubnd")
    chips = page.get_by_role("link", name="Bỏ lọc")
    expect(chips).to_have_count(2)
    page.get_by_role("link", name="Lưu chế độ xem").click()
    dialog.get_by_label("Tên chế độ xem").fill("Xã của nhóm")
    dialog.get_by_label("Ai xem được").select_option(label="Nhóm của tôi")
    dialog.get_by_label("Mở danh sách bằng chế độ xem này").check()
    dialog.get_by_role("button", name="Lưu").click()
    page.wait_for_url(re.compile("view="))
    page.goto(LIST)
    expect(page.get_by_role("link", name="Xã của nhóm")).to_have_attribute("aria-current", "page")
    expect(page.locator(".list-count")).to_have_text("53 bản ghi")
    theirs = open_page()
    sign_in(theirs, "colleague")
    theirs.goto(LIST)
    theirs.get_by_role("link", name="Xã của nhóm").click()
    expect(theirs.locator(".list-count")).to_have_text("53 bản ghi")
    # A range of rows with Shift, and none again.
    boxes = page.get_by_role("checkbox", name=re.compile("^Chọn \\d"))
    told = page.locator("[data-bulk-count]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(told).to_have_text("4 dòng đã chọn")
    everything = page.get_by_label("Chọn cả 53 kết quả")
    expect(everything).to_be_hidden()
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    # The page's box, then all results beyond the page; a row taken out takes that back.
    page.get_by_label("Chọn mọi dòng của trang này").check()
    everything.check()
    expect(told).to_have_text("Cả 53 kết quả")
    boxes.nth(0).uncheck()
    expect(everything).to_be_hidden()
    boxes.nth(0).check()
    everything.check()
    page.get_by_role("button", name="Bàn giao").click()
    expect(dialog).to_contain_text("Bàn giao 53 khách hàng?")
    expect(dialog).to_contain_text("Tìm kiếm: ubnd")
    dialog.get_by_label("Bàn giao cho").select_option(label="Người colleague · HCSN miền Bắc")
    dialog.get_by_role("button", name="Bàn giao").click()
    page.wait_for_url(re.compile("/exchange/jobs/"))
    assert jobs.work_next(BACKGROUND) == 1
    assert Customer.objects.filter(owner=colleague).count() == 54
    expect(page.get_by_role("link", name=re.compile("ket-qua"))).to_be_visible()
