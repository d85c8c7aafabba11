"""The officer's desk in a real browser: by mouse, by keys, two officers at once, for everybody."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.platform import clock
from capphep.provisioning.models import LicenceRequest
from tests import stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import menu, sign_in
from tests.ims.test_race import Scene
from tests.plumbing.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def queue(page: Page) -> Page:
    sign_in(page, "officer")
    page.goto("/ims/requests/")
    return page


@pytest.mark.parametrize("key", ["Shift+F10", "ContextMenu"])
def test_the_row_menu_opens_by_keyboard_and_yes_approves(
    scene: Scene, page: Page, key: str
) -> None:
    request = scene.waiting()
    desk = queue(page)
    desk.get_by_role("row", name=request.request_no).focus()
    desk.keyboard.press(key)
    expect(desk.get_by_role("menuitem", name="Phê duyệt YC cấp giấy phép")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Có", exact=True).click()
    expect(desk.get_by_role("dialog")).to_be_hidden()
    assert scene.users == 150


def test_no_leaves_everything_as_it_is(scene: Scene, page: Page) -> None:
    request = scene.waiting()
    desk = queue(page)
    desk.get_by_role("row", name=request.request_no).click(button="right")
    desk.get_by_role("menuitem", name="Phê duyệt YC cấp giấy phép").click()
    desk.get_by_role("button", name="Không", exact=True).click()
    expect(desk.get_by_role("dialog")).to_be_hidden()
    assert scene.users == 100


def test_the_officer_of_an_open_dialog_is_told_the_new_base_before_granting(
    scene: Scene, page: Page
) -> None:
    first, second = scene.waiting(1), scene.waiting(2)
    desk = queue(page)
    desk.get_by_role("row", name=second.request_no).click(button="right")
    desk.get_by_role("menuitem", name="Phê duyệt YC cấp giấy phép").click()
    yes = desk.get_by_role("button", name="Có", exact=True)
    yes.wait_for()
    stories.approved(first, scene.officers[1])
    yes.click()
    expect(desk.get_by_role("dialog")).to_contain_text("250")
    assert scene.users == 150
    desk.get_by_role("button", name="Có", exact=True).click()
    expect(desk.get_by_role("dialog")).to_be_hidden()
    assert scene.users == 250


def test_three_waiting_requests_are_decided_by_keyboard_alone(scene: Scene, page: Page) -> None:
    first, second, third = (scene.waiting(n) for n in (1, 2, 3))
    desk = queue(page)
    press, dialog = desk.keyboard.press, desk.get_by_role("dialog")

    def arrives(request: LicenceRequest) -> None:
        heading = desk.get_by_role("heading", level=1)
        expect(heading).to_contain_text(request.request_no)
        desk.wait_for_load_state()  # before that no key is listened to

    press("j")
    press("Enter")
    arrives(first)
    for key, request in [("j", second), ("j", third), ("k", second), ("k", first)]:
        press(key)
        arrives(request)
    press("a")
    expect(dialog).to_contain_text("150")
    press("Enter")
    arrives(second)
    expect(desk.get_by_role("link", name="Xem lại")).to_be_visible()
    press("r")
    expect(dialog.get_by_label("Lý do")).to_be_focused()
    desk.keyboard.type("Thiếu dấu a r j k")
    press("Control+s")
    arrives(third)
    press("r")
    expect(dialog.get_by_label("Lý do")).to_be_focused()
    press("Escape")
    expect(desk.locator("[data-key=r]")).to_be_focused()
    press("a")
    expect(dialog).to_contain_text("300")
    press("Control+s")  # the base has moved: Enter alone would not say yes
    expect(dialog).to_be_hidden()
    expect(desk.get_by_text("Người officer đã phê duyệt yêu cầu này")).to_be_visible()
    assert scene.users == 300


def test_ticked_requests_are_approved_together_and_what_moved_is_looked_at_again(
    scene: Scene, page: Page
) -> None:
    first, second = scene.waiting(1), scene.waiting(2)
    desk = queue(page)
    dialog = desk.get_by_role("dialog")
    ticked = desk.get_by_role("button", name="Phê duyệt các yêu cầu đã chọn")
    expect(ticked).to_be_hidden()
    for key in "jxjx":
        desk.keyboard.press(key)
    expect(desk.get_by_text("2 dòng đã chọn")).to_be_visible()
    desk.keyboard.press("x")
    expect(desk.get_by_text("1 dòng đã chọn")).to_be_visible()
    desk.get_by_label("Chọn mọi dòng của trang này").check()
    ticked.click()
    expect(dialog).to_contain_text("Phê duyệt 2 yêu cầu?")
    desk.keyboard.press("Enter")
    expect(dialog).to_contain_text("Đã phê duyệt 1 yêu cầu")
    expect(desk.get_by_role("row", name=first.request_no)).to_be_hidden()
    assert scene.users == 150
    dialog.get_by_role("link", name="Xem lại các yêu cầu còn lại").click()
    expect(dialog).to_contain_text("250")
    dialog.get_by_role("button", name="Có", exact=True).click()
    expect(dialog).to_contain_text(second.request_no)
    expect(dialog).to_contain_text("Đã cấp giấy phép")
    assert scene.users == 250
    dialog.get_by_role("button", name="Đóng").last.click()
    expect(ticked).to_be_hidden()


def test_two_officers_withdraw_what_was_approved(scene: Scene, open_page: OpenPage) -> None:
    request = stories.approved(scene.waiting(), scene.officers[0]).request
    stories.in_use(scene.customer, scene.catalogue, 120)
    address = f"/ims/requests/{request.pk}/"
    first = open_page()
    sign_in(first, "officer")
    first.goto(address)
    menu(first).get_by_role("menuitem", name="Thu hồi cấp phép").click()
    dialog = first.get_by_role("dialog")
    dialog.get_by_label("Lý do", exact=True).fill("Đơn vị trả lại")
    later = clock.today() + datetime.timedelta(days=400)
    day = dialog.get_by_label("Thu hồi từ ngày")
    day.fill(f"{later:%d/%m/%Y}")
    day.press("Tab")
    expect(dialog).to_contain_text("không còn gì để thu hồi")
    day.fill(f"{clock.today():%d/%m/%Y}")
    day.press("Tab")
    expect(dialog).to_contain_text("đang dùng 120")
    dialog.get_by_label("Lý do vẫn thu hồi").fill("Đã báo đơn vị")
    dialog.get_by_role("button", name="Đề nghị thu hồi").click()
    expect(first.get_by_role("heading", name="Đề nghị thu hồi")).to_be_visible()
    assert scene.users == 150

    second = open_page()
    sign_in(second, "officer2")
    second.goto("/ims/requests/?status=withdrawals")
    second.get_by_role("row", name=request.request_no).click()
    second.get_by_role("link", name="Xác nhận thu hồi").click()
    expect(second.get_by_role("dialog")).to_contain_text("Đã báo đơn vị")
    second.get_by_role("button", name="Thu hồi", exact=True).click()
    expect(second.get_by_text("Người officer2 đã xác nhận thu hồi")).to_be_visible()
    assert scene.users == 100


def test_the_desk_is_open_to_everybody_and_fits_the_window(scene: Scene, page: Page) -> None:
    approval = stories.approved(scene.waiting(), scene.officers[1])
    proposal = stories.proposed(
        stories.approved(scene.waiting(), scene.officers[1]).request, scene.officers[1]
    )
    request: LicenceRequest = scene.waiting()
    page.goto("/login")
    assert_fits_and_is_accessible(page, "/login")
    sign_in(page, "officer")
    addresses = [
        "/",
        f"/ims/requests/{approval.request.pk}/",
        f"/ims/requests/{proposal.request_id}/",
        f"/ims/withdrawals/{proposal.pk}/confirm",
        f"/ims/withdrawals/{proposal.pk}/decline",
        "/ims/requests/?status=withdrawals",
        f"/ims/requests/approve?id={request.pk}&id={approval.request.pk}",
        f"/ims/subscriptions/{approval.subscription.pk}/?ngay={clock.today()}1",
        f"/ims/subscriptions/{approval.subscription.pk}/?ngay=2099-12-31",
    ]
    for address in addresses:
        page.goto(address)
        assert_fits_and_is_accessible(page, address)


def test_a_number_opens_its_origin_and_a_step_leads_to_its_request(
    scene: Scene, page: Page
) -> None:
    approval = stories.approved(scene.waiting(), scene.officers[1])
    sign_in(page, "officer")
    page.goto(f"/ims/subscriptions/{approval.subscription.pk}/")
    page.get_by_role("link", name="+50", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("IGOV-VPS-50")
    dialog.get_by_role("button", name="Đóng").last.click()
    expect(dialog).to_be_hidden()
    number = approval.request.request_no
    step = page.get_by_role("link", name=f"(+50 {number} bắt đầu)")
    step.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/ims/requests/{approval.request.pk}/")


def test_a_chosen_day_is_kept_in_the_address(scene: Scene, page: Page) -> None:
    approval = stories.approved(scene.waiting(), scene.officers[1])
    sign_in(page, "officer")
    page.goto(f"/ims/subscriptions/{approval.subscription.pk}/")
    day = page.get_by_role("textbox", name="Ngày")
    day.fill("01/01/2020")
    page.get_by_role("button", name="Xem", exact=True).click()
    page.wait_for_url("**/?ngay=2020-01-01")
    granted = page.get_by_role("region", name="Nghiệp vụ đã cấp")
    expect(granted).to_contain_text("ngày 01/01/2020 không có hiệu lực")
    page.get_by_role("link", name="Hôm nay").click()
    expect(granted).to_contain_text("150")
