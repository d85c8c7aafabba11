"""A webhook set up, tried and watched by an administrator in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import LazySettings

from capphep.integration.courier import Courier
from capphep.integration.models import Endpoint
from capphep.platform.models import User
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import sign_in
from tests.integration.hooks import say
from tests.integration.receivers import Receiver, receiving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with receiving() as found:
        yield found


def test_a_webhook_is_set_up_tried_and_watched(
    page: Page, receiver: Receiver, administrator: User
) -> None:
    sign_in(page, administrator.username)
    page.goto("/integration/webhooks/new")
    page.get_by_label("Tên", exact=False).first.fill("CRM của Sở Tài chính")
    page.get_by_label("Địa chỉ").fill("http://10.0.0.1/")
    page.get_by_label("Quyền sử dụng của khách hàng thay đổi").check()
    page.keyboard.press("Control+s")
    page.get_by_text("CAPPHEP_WEBHOOK_HOSTS").or_(page.get_by_text("https://.")).first.wait_for()
    assert_fits_and_is_accessible(page, "the form")
    page.get_by_label("Địa chỉ").fill(receiver.url)
    page.keyboard.press("Control+s")
    secret = page.get_by_label("Khóa bí mật")
    secret.wait_for()
    assert secret.input_value().startswith("whsec_")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sao chép", exact=True).click()
    page.get_by_text("Đã sao chép.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == secret.input_value()
    page.get_by_role("link", name="Tôi đã sao chép").click()
    page.get_by_role("button", name="Gửi thử").click()
    page.wait_for_url("**/deliveries/*/")
    page.get_by_text("Sắp được gửi").wait_for()
    receiver.reply = lambda _: (
        500,
        {},
        b'{"error": "Kh\xc3\xb4ng ghi \xc4\x91\xc6\xb0\xe1\xbb\xa3c"}',
    )
    courier = Courier()
    courier.look()
    courier.finish()
    page.get_by_text("HTTP 500").wait_for()
    assert_fits_and_is_accessible(page, "a delivery")
    receiver.reply = lambda _: (204, {}, b"")
    for number in range(3):
        say(f"DH-2026-00000{number}", customer="1234567", type_="entitlement.changed")
    courier.look()
    courier.finish()
    page.goto(f"/integration/webhooks/{Endpoint.objects.get().pk}/")
    page.get_by_text("DH-2026-000002").wait_for()
    assert_fits_and_is_accessible(page, "an endpoint")
    page.get_by_role("link", name="Nhật ký gửi").click()
    page.get_by_role("heading", name="Nhật ký gửi").wait_for()
