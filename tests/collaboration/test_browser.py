"""Two people and an officer, each in front of an open page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from capphep.collaboration.models import Comment
from capphep.crm.models import Order
from capphep.platform.models import User
from tests import stories
from tests.browser.people import sign_in
from tests.plumbing.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_what_others_do_reaches_an_open_page_and_leaves_what_is_typed(
    open_page: OpenPage, order: Order, salesperson: User, colleague: User, officer: User
) -> None:
    from playwright.sync_api import expect

    request = stories.sent(order, salesperson)
    mine = open_page()
    sign_in(mine, salesperson.username)
    mine.route("**/activities", lambda route: route.abort(), times=1)
    mine.goto(reverse("crm:order", args=[order.pk]))
    mine.locator(".panel", has_text="Chưa tải được phần này").get_by_text("Thử lại").click()
    expect(mine.get_by_text("Chưa có việc nào.")).to_be_visible()
    box = mine.get_by_placeholder("Viết trao đổi")
    box.fill("Đơn vị ")
    mine.get_by_role("link", name="Khách hàng", exact=True).first.click()
    mine.get_by_role("button", name="Ở lại").click()
    expect(box).to_have_value("Đơn vị ")
    box.fill("Đơn vị hỏi ")
    expect(mine.locator(".band .status-word")).to_have_text("KTLicense – Chờ duyệt")
    stories.approved(request, officer)
    expect(mine.locator(".band .status-word")).to_have_text("KTLicense – Đã duyệt")
    expect(box).to_have_value("Đơn vị hỏi ")
    expect(box).to_be_focused()
    _mention_a_colleague(mine, colleague)

    theirs = open_page()
    sign_in(theirs, colleague.username)
    theirs.goto("/")
    bell = theirs.locator(".sidebar [data-bell]")
    expect(bell.locator("[data-bell-count]")).to_have_text("1")
    bell.click()
    theirs.locator("#bell-panel").get_by_text(order.order_no).click()
    expect(theirs.locator(".talk-text")).to_contain_text("Đơn vị hỏi")
    expect(bell.locator("[data-bell-count]")).to_be_hidden()
    theirs.get_by_placeholder("Viết trao đổi").fill("Tôi gọi rồi.")
    theirs.get_by_placeholder("Viết trao đổi").press("Control+Enter")
    expect(mine.locator(".talk-text").first).to_have_text("Tôi gọi rồi.")
    expect(mine.locator("#talk-count")).to_have_text("2")


def _mention_a_colleague(page: Page, colleague: User) -> None:
    from playwright.sync_api import expect

    box = page.get_by_placeholder("Viết trao đổi")
    box.press("End")
    box.press_sequentially(f"@{colleague.username[:4]}")
    expect(page.locator("#talk-names [role=option]").first).to_contain_text(colleague.full_name)
    box.press("Enter")
    expect(box).to_have_value(f"Đơn vị hỏi @{colleague.username} ")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator(".talk-person")).to_have_text(f"@{colleague.full_name}")
    assert Comment.objects.count() == 1
    expect(box).to_have_value("")
