"""A request that goes to the desk twice, as the two people see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from tests import stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import sign_in
from tests.ims.test_race import Scene
from tests.plumbing.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def comment_on(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label, exact=True).fill(text)


def test_sent_returned_with_comments_changed_sent_again_and_approved(
    scene: Scene, open_page: OpenPage
) -> None:
    request = scene.waiting()

    desk = open_page()
    sign_in(desk, "officer")
    desk.goto(f"/ims/requests/{request.pk}/")
    desk.keyboard.press("t")
    expect(desk.get_by_role("heading", name="Cần sửa những gì?")).to_be_visible()
    comment_on(desk, "Cấp", "Đơn vị này cấp xã?")
    comment_on(desk, "Chức vụ", "Thiếu chức vụ.")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_text("đã được trả lại cho người lập")).to_be_visible()

    sales = open_page()
    sign_in(sales, "sales")
    sales.goto("/")
    sales.get_by_role("link", name=request.request_no).first.click()
    expect(sales.get_by_role("heading", name="đã trả lại để sửa")).to_be_visible()
    sales.get_by_role("link", name="Chức vụ").click()
    expect(sales.locator("#remark-admin_position")).to_be_in_viewport()
    position = sales.get_by_role("textbox", name="Chức vụ")
    expect(position).to_have_accessible_description(re.compile("Thiếu chức vụ"))
    position.fill("Văn thư")
    sales.get_by_role("button", name="Lưu", exact=True).click()
    expect(sales.get_by_text("sang IMS, chờ duyệt")).to_be_visible()

    desk.goto(f"/ims/requests/{request.pk}/")
    expect(desk.get_by_role("heading", name="Gửi lại lần 2")).to_be_visible()
    row = desk.get_by_role("row", name="Chức vụ")
    expect(row).to_contain_text("Văn thư")
    expect(desk.get_by_text("Có nhận xét nhưng chưa sửa").first).to_be_visible()
    desk.keyboard.press("a")
    desk.get_by_role("button", name="Có", exact=True).click()
    expect(desk.get_by_role("dialog")).to_be_hidden()
    assert LicenceRequest.objects.get(pk=request.pk).status == RequestStatus.APPROVED
    assert scene.users == 150


def test_who_leaves_while_commenting_is_asked(scene: Scene, page: Page) -> None:
    request = scene.waiting()
    sign_in(page, "officer")
    page.goto(f"/ims/requests/{request.pk}/return")
    comment_on(page, "Cấp", "Đơn vị này cấp xã?")
    page.get_by_role("link", name=request.request_no).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_two_officers_at_once_and_nothing_typed_is_lost(scene: Scene, page: Page) -> None:
    request = scene.waiting()
    sign_in(page, "officer")
    page.goto(f"/ims/requests/{request.pk}/return")
    comment_on(page, "Cấp", "Đơn vị này cấp xã?")
    stories.approved(request, scene.officers[1])
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert")).to_contain_text("đã phê duyệt")
    expect(page.get_by_role("textbox", name="Cấp", exact=True)).to_have_value("Đơn vị này cấp xã?")


def test_its_pages_are_open_to_everybody_and_fit_the_window(
    scene: Scene, open_page: OpenPage
) -> None:
    said = {"level": "Đơn vị này cấp xã?", "evidence-commitment": "Thiếu dấu.", "line-1": "12?"}
    waiting, returned, again = scene.waiting(1), scene.waiting(2), scene.waiting(3)
    for request in (returned, again):
        stories.returned(request, scene.officers[1], "Xem lại giúp.", said)
    stories.sent_again(again, scene.salesperson, note="Đã hỏi lại đơn vị.")
    seen_by = {
        "officer": [f"/ims/requests/{waiting.pk}/return", f"/ims/requests/{again.pk}/"],
        "sales": [
            "/",
            f"/requests/{returned.pk}/edit",
            f"/requests/{again.pk}/",
            f"/requests/{again.pk}/rounds/1",
        ],
    }
    for person, addresses in seen_by.items():
        page = open_page()
        sign_in(page, person)
        for address in addresses:
            page.goto(address)
            for summary in page.locator(".round-changes > summary").all():
                summary.click()
            assert_fits_and_is_accessible(page, address)
