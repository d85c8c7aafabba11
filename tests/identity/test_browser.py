"""Administrator accounts in a real browser: what failed is seen, tried again, and looks right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from capphep.entitlements.models import Subscription
from capphep.identity.delivery import deliver_next
from capphep.identity.models import AccountLink
from tests import stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import Album, sign_in
from tests.identity.providers import TOKEN, bad_server, saying
from tests.ims.test_race import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_an_officer_sees_what_failed_and_tries_again(
    transactional_db: None, page: Page, settings: Any, pytestconfig: pytest.Config
) -> None:
    scene, album = Scene(), Album(pytestconfig.getoption("pictures"))
    request = stories.approved(scene.waiting(), scene.officers[0]).request
    with bad_server(saying(401)) as settings.SCIM_URL:
        settings.SCIM_TOKEN = TOKEN
        deliver_next()
    settings.SCIM_URL = settings.SCIM_TOKEN = ""
    sign_in(page, "officer")

    page.goto("/accounts/?status=failed")
    row = page.get_by_role("row", name="Nguyễn Văn An")
    expect(row).to_contain_text("Lỗi")
    album.take(page, "accounts")
    row.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nguyễn Văn An")
    assert_fits_and_is_accessible(page, "account")
    album.take(page, "account")
    page.goto(f"/ims/subscriptions/{Subscription.objects.get().pk}/")
    panel = page.locator("section", has=page.get_by_role("heading", name="Tài khoản quản trị"))
    expect(panel).to_contain_text("không chấp nhận mã truy cập")
    assert_fits_and_is_accessible(page, "subscription")
    album.take(page, "subscription")
    panel.get_by_role("button", name="Thử lại").click()
    expect(panel).to_contain_text("Chờ gửi")
    deliver_next()
    page.goto(f"/crm/customers/{request.customer_id}/")
    expect(panel).to_contain_text("Đã mời")
    album.take(page, "customer")
    page.goto(f"/ims/requests/{request.pk}/")
    expect(panel.get_by_role("button", name="Gửi lại")).to_be_visible()
    album.take(page, "request")
    assert AccountLink.objects.get().status == "invited"
