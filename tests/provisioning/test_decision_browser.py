"""*Thông tin quyết định* in a real browser: suggested, corrected, kept, shown at the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import EVIDENCE, sign_in
from tests.plumbing.browser import DESKTOP
from tests.provisioning.test_browser import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def test_a_decision_is_described_at_its_file(scene: Scene, page: Page) -> None:
    sign_in(page, "sales")
    page.goto(f"/requests/{scene.draft().pk}/edit")
    page.get_by_label("Ghi chú", exact=True).fill("đang gõ dở")
    decision = page.locator("#evidence-funding_decision")
    decision.locator("input[type=file]").set_input_files(EVIDENCE / "quyet-dinh-cap-nguon.pdf")
    opener = decision.get_by_role("button", name="Thông tin quyết định")
    expect(decision).to_contain_text("Chưa ghi số")
    opener.click()
    dialog = page.get_by_role("dialog")
    number = dialog.get_by_label("Số quyết định")
    expect(number).to_have_value("128/QĐ-UBND")
    expect(dialog).to_contain_text("Đọc được trong tệp")
    assert_fits_and_is_accessible(page, "the dialog", [("light", *DESKTOP)])
    dialog.get_by_label("Ngày quyết định").fill("31/12/2999")
    dialog.get_by_label("Số tiền của quyết định").fill("24500000")
    dialog.get_by_role("button", name="Lưu").click()
    expect(dialog).to_contain_text("Ngày này chưa đến.")
    dialog.get_by_label("Ngày quyết định").fill("02112026")
    dialog.get_by_role("button", name="Lưu").click()
    expect(dialog).to_be_hidden()
    expect(decision).to_contain_text("Số 128/QĐ-UBND")
    expect(decision).to_contain_text("24.500.000 đ")
    expect(opener).to_be_focused()
    # What stands in the form around it is untouched.
    expect(page.get_by_label("Ghi chú", exact=True)).to_have_value("đang gõ dở")
