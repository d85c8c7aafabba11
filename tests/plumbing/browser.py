"""A real browser on the live server; a page that misbehaves fails its test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Response

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
# Nothing waits for these but what fails: a machine that does other work too takes its time.
PATIENCE, EXPECTED_WITHIN = 45_000, 20_000  # milliseconds
AS_PEOPLE_HERE: dict[str, Any] = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
# A refusal (4xx) is an answer that tests ask for on purpose; browser and htmx both log it.
# A request that a newer one replaced was aborted on purpose too, and so was what `route.abort()`
# stops: connections that break have names of their own.
ON_PURPOSE = re.compile(
    r"server responded with a status of 4\d\d|^Response Status Error Code 4\d\d"
    r"|^htmx:(sendAbort|sendError|afterRequest)|net::ERR_FAILED$"
)

OpenPage = Callable[..., "Page"]


class Visitor:
    """A browser context that goes from one test to the next.

    A new one reads and compiles every static file anew, and so does one whose last page was
    closed; that takes longer than most tests. What was cached stays; who was signed in, and what
    pages stored or arranged, is gone.
    """

    def __init__(self, browser: Browser, options: dict[str, Any]) -> None:
        self.context = browser.new_context(**options)
        self.last_page = self.context.new_page()
        self.last_page.goto("/healthz")

    def leave(self) -> None:
        for page in self.context.pages:
            if page is not self.last_page:
                page.close()
        self.context.clear_cookies()
        self.context.clear_permissions()
        self.context.unroute_all()
        self.context.set_offline(False)
        origin = "/".join(self.last_page.url.split("/")[:3])
        everything = {"origin": origin, "storageTypes": "all"}
        session = self.context.new_cdp_session(self.last_page)
        session.send("Storage.clearDataForOrigin", everything)
        session.detach()


Visitors = dict[str, list[Visitor]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else the one that Playwright downloaded."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=EXPECTED_WITHIN)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS, headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def visitors(browser: Browser) -> Visitors:
    """Those that no test needs at the moment, by what they were made with."""
    return {}


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, browser: Browser, visitors: Visitors, live_server: Any
) -> Iterator[OpenPage]:
    """`open_page()` gives another person's page: an own session, on the same live server.

    Keyword arguments go to Playwright's `new_context`.
    """
    entered: list[tuple[list[Visitor], Visitor]] = []
    problems: list[str] = []
    marker = request.node.get_closest_marker("viewport")
    width, height = marker.args if marker else DESKTOP

    def follow(page: Page) -> None:
        watch(page, problems)

    def opened(**options: Any) -> Page:
        options = AS_PEOPLE_HERE | {"base_url": live_server.url} | options
        waiting = visitors.setdefault(repr(sorted(options.items())), [])
        visitor = waiting.pop() if waiting else Visitor(browser, options)
        entered.append((waiting, visitor))
        visitor.context.set_default_timeout(PATIENCE)
        visitor.context.on("page", follow)
        page = visitor.context.new_page()
        if "viewport" not in options:
            page.set_viewport_size({"width": width, "height": height})
        return page

    yield opened
    for waiting, visitor in entered:
        visitor.context.remove_listener("page", follow)
        visitor.leave()
        waiting.append(visitor)
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
