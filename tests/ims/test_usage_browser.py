"""From the notice to the order in a real browser, and how the pages on the way look."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from capphep.crm.models import Order
from capphep.entitlements.models import Subscription
from tests import factories, stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import Album, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_a_notice_becomes_an_order_in_three_clicks(
    transactional_db: None, page: Page, request: pytest.FixtureRequest
) -> None:
    album = Album(request.config.getoption("--pictures"))
    factories.reference_data()
    factories.user("sales", "sales", factories.team("HCSN miền Bắc"))
    catalogue, customer = factories.SmallCatalogue(), factories.customer()
    stories.opened(customer, catalogue)
    noon = timezone.now() - datetime.timedelta(days=1)
    for days in range(40, -1, -1):
        at = noon - datetime.timedelta(days=days)
        stories.in_use(customer, catalogue, 95 - days + days % 7, at)
    stories.reported(stories.used(customer, catalogue.office, catalogue.storage, 3))
    sign_in(page, "sales")
    page.goto("/")
    notice = page.get_by_role("listitem").filter(has_text="đang dùng").first
    expect(notice).to_be_visible()
    assert_fits_and_is_accessible(page, "home with a notice")
    album.take(page, "home")
    page.goto(f"/ims/subscriptions/{Subscription.objects.get().pk}/")
    page.get_by_text("Bảng theo ngày").first.click()
    assert_fits_and_is_accessible(page, "what is in use")
    album.take(page, "usage")
    page.goto("/")
    page.get_by_role("button", name="Tạo cơ hội").click()
    expect(page.get_by_role("heading", name="Hàng hóa đề xuất")).to_be_visible()
    album.take(page, "opportunity")
    page.get_by_role("link", name="Tạo đơn hàng").first.click()
    expect(page.get_by_label("Số lượng IGOV-VPS-50")).to_have_value("1")
    page.get_by_role("button", name="Lưu", exact=True).first.click()
    page.wait_for_url(re.compile(r"/crm/orders/\d+/$"))
    assert Order.objects.get().lines.get().item == catalogue.users_50
    page.goto("/")
    expect(page.get_by_text("Không có thông báo mới.")).to_be_visible()
