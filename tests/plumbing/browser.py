"""A real browser on the live server; a page that misbehaves fails its test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

# No sandbox as root, no GPU, and none of Chromium's own calls to the outside.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESKTOP = (1366, 900)
# A refusal (4xx) is an answer that tests ask for on purpose; browser and htmx both log it.
# A request that a newer one replaced was aborted on purpose too.
ON_PURPOSE = re.compile(
    r"server responded with a status of 4\d\d|^Response Status Error Code 4\d\d"
    r"|^htmx:(sendAbort|afterRequest)"
)

OpenPage = Callable[..., "Page"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else the one that Playwright downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS, headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, browser: Browser, live_server: Any
) -> Iterator[OpenPage]:
    """`open_page()` gives another person's page: an own session, on the same live server.

    Keyword arguments go to Playwright's `new_context`.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []
    marker = request.node.get_closest_marker("viewport")
    width, height = marker.args if marker else DESKTOP

    def opened(**options: Any) -> Page:
        context = browser.new_context(
            **{
                "base_url": live_server.url,
                "locale": "vi-VN",
                "timezone_id": "Asia/Ho_Chi_Minh",
                "viewport": {"width": width, "height": height},
            }
            | options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.on("page", lambda page: watch(page, problems))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    if problems:
        pytest.fail("the browser saw problems:\n" + "\n".join(dict.fromkeys(problems)))


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One page on the live server; fails its test on script errors and on 5xx answers."""
    return open_page()


def watch(page: Page, problems: list[str]) -> None:
    """Collect console errors, uncaught exceptions, 5xx answers and missing static files."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not ON_PURPOSE.search(message.text):
            problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def on_response(response: Response) -> None:
        missing = response.status == 404 and "/static/" in response.url
        if response.status >= 500 or missing:
            problems.append(f"{response.status} {response.request.method} {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
    page.on("response", on_response)
