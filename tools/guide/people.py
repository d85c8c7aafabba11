"""Who walks through the app while pictures are taken, in the words of the screens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as said
from playwright.sync_api import Browser, Locator, Page

from capphep.shell.demo import PASSWORD
from tools.guide.album import keep

SIZE = {"width": 1280, "height": 800}
NO_TOASTS = "() => document.querySelectorAll('.toast-note').forEach((note) => note.remove())"
STILL = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"


class Guide:
    def __init__(self, chromium: Browser, address: str, language: str) -> None:
        self.chromium, self.address, self.language = chromium, address, language

    def signed_in(self, username: str) -> Person:
        context = self.chromium.new_context(
            viewport=SIZE,  # type: ignore[arg-type]
            base_url=self.address,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            color_scheme="light",
            reduced_motion="reduce",
        )
        cookie: Any = {"name": "django_language", "value": self.language, "url": self.address}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto("/login")
        page.locator("[name=username]").fill(username)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(re.compile(r"(?<!/login)$"))
        return Person(page, self.language)


class Person:
    """Somebody at a page. Labels are English msgids; the screens say them in their language."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def take(self, name: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(STILL)
        self.page.wait_for_timeout(300)
        self.page.evaluate(NO_TOASTS)
        keep(self.language, name, self.page.screenshot(animations="disabled", caret="hide"))

    def see(self, path: str, name: str) -> None:
        self.page.goto(path)
        self.take(name)

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=said(label), exact=True).first.click()

    def follow(self, label: str) -> None:
        self.page.get_by_role("link", name=said(label), exact=True).first.click()

    def choose(self, label: str) -> None:
        """An item of the page's function menu."""
        self.press("Functions")
        self.page.get_by_role("menuitem", name=said(label)).first.click()

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(said(label), exact=True).first

    def pick(self, label: str, text: str) -> None:
        box = self.field(label)
        box.click()
        box.press_sequentially(text)
        self.page.get_by_role("option", name=re.compile(text, re.IGNORECASE)).first.click()

    def attach(self, label: str, path: Path) -> None:
        self.page.get_by_label(said(label)).first.set_input_files(path)
        self.page.get_by_role("link", name=path.name).first.wait_for()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")
