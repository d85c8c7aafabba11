"""The wizard of imports in a browser, from the upload to the undo, and an export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from capphep.crm.models import Customer
from capphep.platform import jobs
from capphep.platform.models import User
from capphep.shell.worker import BACKGROUND
from tests import factories
from tests.browser.people import sign_in
from tests.exchange.sheets import units
from tests.imports.books import unit
from tests.plumbing.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_a_file_goes_in_with_its_errors_and_is_taken_back(
    open_page: OpenPage, salesperson: User, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    factories.reference_data()
    file = tmp_path / "kh.xlsx"
    file.write_bytes(units(unit(), unit("12", "UBND Xã Sai")))
    page = open_page()
    sign_in(page, salesperson.username)
    page.goto("/exchange/imports/")
    page.get_by_role("link", name="Nhập khẩu Khách hàng").click()
    page.get_by_label("Tệp Excel hoặc CSV").set_input_files(file)
    page.get_by_role("button", name="Tải lên").click()
    expect(page.locator(".cell-bad")).to_have_text("12")
    page.get_by_label("Chương").select_option("")
    expect(page.locator("#preview th", has_text="Chương")).to_have_count(0)
    _wait_for(page, "Kiểm tra tất cả các dòng", "Sẽ tạo mới")
    _wait_for(page, "Nhập khẩu 1 dòng", "Đã tạo")
    assert Customer.objects.count() == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="kh - dòng lỗi.xlsx").click()
    assert download.value.suggested_filename == "kh - dòng lỗi.xlsx"
    page.get_by_role("button", name="Chức năng").click()
    page.get_by_text("Hoàn tác lần nhập khẩu").click()
    _wait_for(page, "Có", "Đã hoàn tác")
    assert Customer.objects.count() == 0


def _wait_for(page: Page, button: str, text: str) -> None:
    """Ask for it, let the worker do it; the page follows by itself."""
    from playwright.sync_api import expect

    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("progress")).to_be_visible()
    assert jobs.work_next(BACKGROUND) == 1
    expect(page.locator("main").get_by_text(text, exact=True).first).to_be_visible()
