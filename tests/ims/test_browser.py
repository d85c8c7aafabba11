"""The officer's desk in a real browser: by mouse, by keys, two officers at once, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.provisioning.models import LicenceRequest
from tests import stories
from tests.browser.people import sign_in
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


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark"), (360, 740, "light")]
)
def test_the_desk_is_open_to_everybody_and_fits_the_window(
    scene: Scene, open_page: OpenPage, width: int, height: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    approval = stories.approved(scene.waiting(), scene.officers[1])
    request: LicenceRequest = scene.waiting()
    page = open_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto("/login")
    addresses = [
        "/login",
        "/",
        "/ims/requests/",
        f"/ims/requests/{request.pk}/",
        f"/ims/requests/{approval.request.pk}/",
        f"/ims/requests/{request.pk}/approve",
        f"/ims/requests/{request.pk}/reject",
        "/ims/subscriptions/",
        f"/ims/subscriptions/{approval.subscription.pk}/",
        "/catalogue/items/",
    ]
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider}px wider than the window"
        found = Axe().run(page).response["violations"]
        assert not found, (address, [(each["id"], each["nodes"][0]["html"]) for each in found])
        if address == "/login":
            sign_in(page, "officer")
