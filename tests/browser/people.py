"""What a person does in the browser, in the words of the screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from capphep.platform.models import User
from tests.conftest import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

EVIDENCE = Path(__file__).resolve().parent.parent / "data" / "evidence"
PASSWORD = "capphep-demo"


class Album:
    """Pictures of the steps, kept where `--pictures FOLDER` asks for them."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder

    def take(self, page: Page, name: str) -> None:
        if self.folder:
            page.screenshot(path=Path(self.folder) / f"{name}.png", animations="disabled")

    def keep(self, name: str, drawn: Callable[[], bytes]) -> None:
        """A picture that is no screen."""
        if self.folder:
            (Path(self.folder) / f"{name}.png").write_bytes(drawn())


def sign_in(page: Page, username: str) -> None:
    """The page has the session of somebody who has signed in; it stays where it is."""
    session = signed_in(User.objects.get(username=username)).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}]
    )


def sign_in_by_form(page: Page, username: str, address: str = "/login") -> None:
    """Sign in as people do, which takes two pages more."""
    page.goto(address)
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(re.compile(r"(?<!/login)$"))


def pick(page: Page, label: str, text: str, option: str) -> None:
    """Search in a picker and take the option."""
    box = page.get_by_label(label, exact=True)
    box.click()
    box.press_sequentially(text)
    page.get_by_role("option", name=re.compile(option)).first.click()


def menu(page: Page) -> Locator:
    """The page's function menu, opened."""
    page.get_by_role("button", name="Chức năng").click()
    return page.get_by_role("menu")


def attach(page: Page, label: str, *names: str) -> None:
    page.get_by_label(label).set_input_files([EVIDENCE / name for name in names])
    for name in names:
        page.get_by_role("link", name=name).first.wait_for()
