"""The catalogue in a real browser: read by everybody, kept by an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.catalog import imports
from capphep.catalog.models import Item, Product
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from tests import factories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_from_an_item_to_what_a_trial_of_its_product_grants(salesperson: User, page: Page) -> None:
    factories.reference_data()
    imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    sign_in(page, salesperson.username)
    page.goto("/catalogue/items/")
    page.get_by_role("link", name="IHOS-VPS-50").click()
    page.get_by_role("link", name="iHOS", exact=True).click()
    row = page.get_by_role("row", name="Chat Người dùng")
    expect(row).to_contain_text("3.000")
    expect(page.get_by_text("Đồng hạn", exact=False).first).to_be_visible()


def test_a_file_is_looked_at_before_it_is_applied(administrator: User, page: Page) -> None:
    factories.reference_data()
    imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    sign_in(page, administrator.username)
    page.goto("/catalogue/load")
    text = imports.DEMO_FILE.read_text("utf-8").replace("name: iHOS\n", "name: iHOS mới\n")
    page.get_by_label("Nội dung danh mục").fill(text)
    page.get_by_role("button", name="Xem các thay đổi").click()
    expect(page.locator("#preview")).to_contain_text("iHOS mới")
    assert_fits_and_is_accessible(page, "the preview of a catalogue file")
    assert Product.objects.get(code="ihos").name == "iHOS"
    page.get_by_role("button", name="Áp dụng các thay đổi").click()
    page.wait_for_url("**/catalogue/items/")
    assert Product.objects.get(code="ihos").name == "iHOS mới"


def test_an_administrator_keeps_the_catalogue_without_a_file(
    administrator: User, page: Page
) -> None:
    factories.reference_data()
    imports.load(actor=SYSTEM, content=imports.DEMO_FILE.read_bytes())
    sign_in(page, administrator.username)
    item = Item.objects.get(sku="IGOV-VPS-50")
    page.goto(f"/catalogue/items/{item.pk}/edit")
    page.get_by_label("Đơn giá", exact=True).fill("11.000.000")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("11.000.000", exact=False).first).to_be_visible()
    module = item.contents.get().module
    page.goto(f"/catalogue/modules/{module.pk}/fields")
    page.get_by_role("button", name="Thêm trường").click()
    row = page.get_by_role("group", name="Trường 4")
    row.get_by_label("Nhãn, tiếng Việt").fill("Số phòng họp")
    row.get_by_label("Mã trường").fill("rooms")
    row.get_by_label("Loại").select_option("number")
    preview = page.get_by_role("complementary", name="Hộp thoại sẽ như thế này")
    expect(preview.get_by_text("Số phòng họp")).to_be_visible()
    row.get_by_role("button", name="Chuyển lên").click()
    expect(page.get_by_role("group", name="Trường 3").get_by_label("Mã trường")).to_have_value(
        "rooms"
    )
    assert_fits_and_is_accessible(page, "the fields of a module")
