"""The request's form as a salesperson works on it, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.crm.models import Order, Sector
from capphep.ims.actions import reject
from capphep.platform.models import User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import factories, stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import menu, sign_in, sign_in_by_form
from tests.factories import SmallCatalogue
from tests.plumbing.browser import OpenPage
from tests.provisioning.conftest import (
    EVIDENCE,
    OF_ACCOUNTING,
    OF_OFFICE,
    VIETNAMESE_NAME,
    set_schema,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

DECISION, COMMITMENT = "Quyết định cấp nguồn", "Bằng chứng cam kết"


class Scene:
    """A unit with 100 users and a set of books; an order for more of both."""

    def __init__(self) -> None:
        team = factories.team("Bắc")
        self.salesperson: User = factories.user("sales", "sales", team)
        self.officer: User = factories.user("officer", "officer", team)
        catalogue = SmallCatalogue()
        set_schema(catalogue.accounting, OF_ACCOUNTING)
        set_schema(catalogue.office, OF_OFFICE)
        # An earlier test on the live server may have emptied the table that a migration filled.
        sector, _ = Sector.objects.get_or_create(name="UBND cấp xã")
        unit = factories.customer(owner=self.salesperson, team=team, sector=sector)
        stories.opened(unit, catalogue)
        lines = [(catalogue.books_1, 2), (catalogue.users_50, 1)]
        self.order: Order = stories.ordered(unit, self.salesperson, lines)

    def draft(self) -> LicenceRequest:
        return open_request(actor=self.salesperson, order_id=self.order.pk)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


@pytest.fixture
def desk(scene: Scene, page: Page) -> Page:
    sign_in(page, "sales")
    return page


def open_form(desk: Page, scene: Scene) -> None:
    desk.goto(f"/requests/{scene.draft().pk}/edit")


def upload(desk: Page, label: str, *files: Path) -> None:
    """Give the input the files and wait until all of them have been answered."""
    with desk.expect_response(re.compile("/evidence/")):
        desk.get_by_label(label, exact=True).set_input_files(list(files))
    desk.locator(".drop-zone .htmx-request").wait_for(state="detached")


def save(desk: Page) -> Locator:
    return desk.get_by_role("button", name="Lưu", exact=True)


def plus(desk: Page, module: str) -> Locator:
    """The (+) dialog of the module, opened."""
    desk.get_by_role("button", name=f"Thông tin bổ sung {module} (+)", exact=True).click()
    dialog = desk.get_by_role("dialog")
    dialog.wait_for()
    return dialog


def test_a_request_is_written_and_sent_by_its_labels(scene: Scene, desk: Page) -> None:
    desk.goto(f"/crm/orders/{scene.order.pk}/")
    menu(desk).get_by_role("menuitem", name="Yêu cầu cấp GPSD/Thuê bao").click()
    expect(desk.get_by_label("Loại yêu cầu", exact=True)).to_have_value("Mua thêm")
    upload(desk, DECISION, EVIDENCE / VIETNAMESE_NAME, EVIDENCE / "quyet-dinh-cap-nguon-scan.pdf")
    upload(desk, COMMITMENT, EVIDENCE / "cam-ket-thanh-toan.jpg")
    desk.get_by_label("Cấp", exact=True).select_option(label="Xã")
    desk.get_by_role("button", name="Cập nhật thông tin nghiệp vụ").click()
    expect(desk.get_by_text("100 đã có (YC-2026-000245) + 50 mua thêm = 150")).to_be_visible()
    dialog = plus(desk, "Kế toán")
    dialog.get_by_label("Mã ngân sách đơn vị sử dụng").fill("123.45.67")
    dialog.get_by_label("Chế độ kế toán").select_option(label="Thông tư 24")
    dialog.get_by_role("button", name="Lưu").click()
    dialog.wait_for(state="detached")
    desk.get_by_role("button", name="Dùng mã ngân sách 1234567").click()
    expect(desk.get_by_role("button", name="Dùng mã ngân sách")).to_be_hidden()
    dialog = plus(desk, "Văn phòng số")
    dialog.get_by_label("Số phòng ban").fill("3")
    dialog.get_by_role("button", name="Lưu").click()
    dialog.wait_for(state="detached")
    desk.get_by_role("group", name="Quản trị viên").get_by_label("Chức vụ").fill("Văn thư")
    save(desk).click()
    desk.wait_for_url(re.compile(r"/requests/\d+/$"))
    expect(desk.get_by_text("sang IMS, chờ duyệt")).to_be_visible()
    sent = LicenceRequest.objects.get()
    assert (sent.status, sent.admin_position) == (RequestStatus.WAITING, "Văn thư")
    assert sent.evidence.filter(name=VIETNAMESE_NAME).exists()


def test_uploads_refreshes_and_dialogs_leave_what_was_typed_alone(scene: Scene, desk: Page) -> None:
    open_form(desk, scene)
    mark = desk.locator("[data-dirty-mark]")
    upload(desk, DECISION, EVIDENCE / VIETNAMESE_NAME)
    desk.get_by_role("button", name="Cập nhật thông tin nghiệp vụ").click()
    expect(desk.get_by_text("Đã cập nhật thông tin nghiệp vụ.")).to_be_visible()
    dialog = plus(desk, "Kế toán")
    dialog.get_by_label("Mã ngân sách đơn vị sử dụng").fill("1234567")
    desk.keyboard.press("Escape")
    guard = desk.get_by_role("dialog", name=re.compile("Rời"))
    guard.get_by_role("button", name="Bỏ thay đổi").click()
    expect(dialog).to_have_count(0)
    expect(mark).to_be_hidden()
    desk.get_by_label("Ghi chú", exact=True).fill("Cần trước 15/12")
    expect(mark).to_be_visible()
    upload(desk, COMMITMENT, EVIDENCE / "cam-ket-thanh-toan.jpg")
    expect(desk.get_by_label("Ghi chú", exact=True)).to_have_value("Cần trước 15/12")
    desk.get_by_role("link", name="Khách hàng", exact=True).click()
    guard.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_text("Đã lưu nháp.")).to_be_visible()
    expect(mark).to_be_hidden()
    record = LicenceRequest.objects.get()
    assert (record.note, record.status) == ("Cần trước 15/12", RequestStatus.DRAFT)


def test_a_bad_file_is_told_at_its_input_and_touches_nothing_else(scene: Scene, desk: Page) -> None:
    open_form(desk, scene)
    desk.get_by_label("Ghi chú", exact=True).fill("giữ lại")
    upload(desk, DECISION, EVIDENCE / VIETNAMESE_NAME, EVIDENCE / "bad" / "html-named.pdf")
    box = desk.get_by_label(DECISION, exact=True)
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(desk.get_by_role("alert")).to_contain_text("html-named.pdf:")
    expect(desk.get_by_role("link", name=VIETNAMESE_NAME)).to_be_visible()
    expect(desk.get_by_label("Ghi chú", exact=True)).to_have_value("giữ lại")
    upload(desk, DECISION, EVIDENCE / "quyet-dinh-cap-nguon-scan.pdf")
    expect(desk.get_by_role("alert")).to_be_hidden()
    desk.get_by_role("button", name=f"Gỡ tệp {VIETNAMESE_NAME}").click()
    expect(desk.get_by_role("link", name=VIETNAMESE_NAME)).to_be_hidden()
    expect(box).to_be_focused()


def test_files_are_dropped_on_their_zone(scene: Scene, desk: Page) -> None:
    open_form(desk, scene)
    # What a browser does when files are dropped on a file input, and where they miss it.
    missed = desk.evaluate(
        """() => {
            const drop = (target) => target.dispatchEvent(new DragEvent("drop", {
                bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));
            return [drop(document.querySelector("h1")),
                    drop(document.querySelector("input[type=file]"))];
        }"""
    )
    assert missed == [False, True]
    zone = desk.locator(".drop-zone").first.bounding_box()
    box = desk.get_by_label(DECISION, exact=True).bounding_box()
    assert zone and box
    assert abs(zone["width"] - box["width"]) < 5 and abs(zone["height"] - box["height"]) < 5


def test_what_is_missing_leaves_the_summary_as_it_is_put_right(scene: Scene, desk: Page) -> None:
    open_form(desk, scene)
    desk.get_by_label("Ghi chú", exact=True).fill("giữ lại")
    save(desk).click()
    summary = desk.locator("[data-errors]")
    expect(summary.get_by_role("link")).to_have_count(4)
    expect(desk.get_by_label(DECISION, exact=True)).to_be_focused()
    expect(desk.get_by_label("Ghi chú", exact=True)).to_have_value("giữ lại")
    summary.get_by_role("link", name=re.compile("^Kế toán")).click()
    button = desk.get_by_role("button", name="Thông tin bổ sung Kế toán (+)", exact=True)
    expect(button).to_be_focused()
    upload(desk, DECISION, EVIDENCE / VIETNAMESE_NAME)
    upload(desk, COMMITMENT, EVIDENCE / "cam-ket-thanh-toan.jpg")
    expect(summary.get_by_role("link")).to_have_count(2)
    dialog = plus(desk, "Kế toán")
    dialog.get_by_role("button", name="Lưu").click()
    expect(dialog.get_by_role("link", name="Chế độ kế toán")).to_be_visible()
    dialog.get_by_label("Mã ngân sách đơn vị sử dụng").fill("1234567")
    dialog.get_by_label("Chế độ kế toán").select_option(index=1)
    dialog.get_by_role("button", name="Lưu").click()
    dialog.wait_for(state="detached")
    expect(button).to_be_focused()


def test_control_s_and_enter_keep_a_draft_and_do_not_send(scene: Scene, desk: Page) -> None:
    open_form(desk, scene)
    desk.get_by_label("Tên đơn vị", exact=True).fill("UBND Xã Đông Hải mới")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_text("Đã lưu nháp.")).to_be_visible()
    desk.get_by_label("Địa chỉ", exact=True).fill("Thôn Tây")
    with desk.expect_response(re.compile("/edit")):
        desk.keyboard.press("Enter")
    expect(desk.locator("[data-dirty-mark]")).to_be_hidden()
    record = LicenceRequest.objects.get()
    assert (record.unit_address, record.status) == ("Thôn Tây", RequestStatus.DRAFT)


def test_a_double_click_on_save_sends_once(scene: Scene, desk: Page) -> None:
    record = stories.drafted(scene.order, scene.salesperson)
    record.lines.update(extra={"using_unit": "1234567", "regime": "tt24", "departments": 3})
    desk.goto(f"/requests/{record.pk}/edit")
    save(desk).dblclick()
    desk.wait_for_url(re.compile(r"/requests/\d+/$"))
    expect(desk.get_by_text("sang IMS, chờ duyệt")).to_be_visible()
    record.refresh_from_db()
    assert record.status == RequestStatus.WAITING


def test_everything_works_without_scripts(scene: Scene, open_page: OpenPage) -> None:
    plain = open_page(java_script_enabled=False)
    sign_in_by_form(plain, "sales")
    open_form(plain, scene)
    plain.get_by_label(DECISION, exact=True).set_input_files(
        [EVIDENCE / VIETNAMESE_NAME, EVIDENCE / "bad" / "empty.pdf"]
    )
    plain.get_by_label(COMMITMENT, exact=True).set_input_files(EVIDENCE / "cam-ket-thanh-toan.jpg")
    plain.get_by_label("Ghi chú", exact=True).fill("giữ lại")
    save(plain).click()
    expect(plain.get_by_text("empty.pdf: Tệp rỗng.").first).to_be_visible()
    expect(plain.get_by_role("link", name=VIETNAMESE_NAME)).to_be_visible()
    expect(plain.get_by_label("Ghi chú", exact=True)).to_have_value("giữ lại")
    for module, field, value in (
        ("Kế toán", "Mã ngân sách đơn vị sử dụng", "1234567"),
        ("Văn phòng số", "Số phòng ban", "3"),
    ):
        plain.get_by_role("button", name=f"Thông tin bổ sung {module} (+)", exact=True).click()
        plain.get_by_label(field).fill(value)
        if module == "Kế toán":
            plain.get_by_label("Chế độ kế toán").select_option(index=1)
        plain.get_by_role("button", name="Lưu").click()
    save(plain).click()
    expect(plain.get_by_role("button", name="Thu hồi yêu cầu")).to_have_count(0)
    assert LicenceRequest.objects.get().status == RequestStatus.WAITING


def test_a_waiting_request_is_recalled_and_a_rejected_one_raised_again(
    scene: Scene, desk: Page
) -> None:
    record = stories.drafted(scene.order, scene.salesperson)
    record.lines.update(extra={"using_unit": "1234567", "regime": "tt24", "departments": 3})
    desk.goto(f"/requests/{record.pk}/edit")
    save(desk).click()
    desk.wait_for_url(re.compile(r"/requests/\d+/$"))
    menu(desk).get_by_role("menuitem", name="Thu hồi yêu cầu").click()
    desk.get_by_role("button", name="Có", exact=True).click()
    expect(desk.get_by_text("đơn hàng được mở khóa")).to_be_visible()
    desk.get_by_role("link", name="Sửa", exact=True).click()
    save(desk).click()
    desk.wait_for_url(re.compile(r"/requests/\d+/$"))
    reject(actor=scene.officer, request_id=record.pk, reason="Thiếu chữ ký")
    desk.reload()
    expect(desk.get_by_text("Thiếu chữ ký").first).to_be_visible()
    desk.get_by_role("button", name="Lập lại yêu cầu").click()
    desk.wait_for_url("**/edit")
    expect(desk.get_by_role("link", name="quyết định.pdf")).to_have_count(2)


@pytest.mark.viewport(390, 844)
def test_the_screens_are_open_to_everybody_and_fit_the_window(scene: Scene, desk: Page) -> None:
    record = stories.drafted(scene.order, scene.salesperson)
    desk.goto(f"/requests/{record.pk}/edit")
    upload(desk, DECISION, EVIDENCE / "bad" / "truncated.pdf")
    save(desk).click()
    desk.locator("[data-errors]").wait_for()
    assert_fits_and_is_accessible(desk, "form with errors")
    plus(desk, "Kế toán").get_by_role("button", name="Lưu").click()
    desk.locator("dialog [data-errors]").wait_for()
    assert_fits_and_is_accessible(desk, "dialog with errors")
    desk.goto(f"/requests/{record.pk}/discard")
    assert_fits_and_is_accessible(desk, "question before a draft is discarded")
