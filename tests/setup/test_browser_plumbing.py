"""The browser fixtures: a page that misbehaves fails its test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plumbing.browser import OpenPage, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.once


@pytest.mark.viewport(390, 844)
def test_a_page_shows_the_live_server_in_the_size_asked_for(page: Page) -> None:
    page.goto("/healthz")
    assert page.viewport_size == {"width": 390, "height": 844}
    assert page.evaluate("navigator.language") == "vi-VN"


def test_two_people_have_two_sessions(open_page: OpenPage) -> None:
    first, second = open_page(), open_page()
    first.goto("/healthz")
    first.context.add_cookies([{"name": "a", "value": "b", "url": first.url}])
    assert second.context.cookies() == []


def test_script_errors_and_console_errors_are_seen_and_refusals_are_not(browser: Browser) -> None:
    problems: list[str] = []
    page = browser.new_page()
    watch(page, problems)
    page.set_content(
        "<script>console.error('Response Status Error Code 409 from /x');"
        "console.error('broken'); setTimeout(() => { throw new Error('uncaught one') })</script>"
    )
    page.wait_for_timeout(100)
    page.close()
    assert [problem.split(" (")[0] for problem in problems] == [
        "console: broken",
        "uncaught: uncaught one",
    ]
