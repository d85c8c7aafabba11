"""Reports in a real browser: looks, and a chart read by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests import factories, stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import sign_in
from tests.reporting.conftest import Trade, kept_up

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_a_manager_reads_reports_by_keyboard_and_narrows_them(
    live_server: object, open_page: Callable[..., Page]
) -> None:
    north = factories.team("Bắc")
    officer = factories.user("officer", "officer", north)
    here = Trade(factories.SmallCatalogue(), factories.user("sales", "sales", north), officer)
    factories.user("manager", "manager")
    stories.in_use(here.approved().customer, here.catalogue, 140)
    stories.returned(here.waiting(), here.officer, "", {"level": "?"})
    kept_up()
    page = open_page()
    sign_in(page, "manager")
    page.goto("/reports/")
    chart = page.get_by_role("img", name="Số tiền")
    chart.nth(-2).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("10.000.000 đ").locator("visible=true").first.wait_for()
    page.get_by_label("NVKD HCSN").select_option(label=here.salesperson.full_name)
    page.get_by_role("link", name="Xóa lọc").wait_for()
    for name in ("Thời gian xử lý", "Mức sử dụng", "Trả lại và từ chối"):
        page.get_by_role("link", name=name).click()
        page.locator("nav.tabs [aria-current]", has_text=name).wait_for()
        assert_fits_and_is_accessible(page, name)
    page.goto("/")
    assert_fits_and_is_accessible(page, "home of a manager")
