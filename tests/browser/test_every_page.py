"""Every page that has an address, as somebody who may see it: whole, and nothing for axe to find.

The pages are those of the URL resolver: a new one is looked at without being named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.http import HttpResponse
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from capphep.platform.models import User
from tests.browser.looks import EXAMINE, FRAME, OF_COLOURS
from tests.browser.people import sign_in
from tests.browser.records import People, Records, records_of_every_kind
from tests.conftest import signed_in
from tests.factories import SmallCatalogue

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

WHO = ("sales", "officer", "admin", "auditor")
# The window takes its new width a moment after it is told.
WIDER = """async (width) => {
    const page = document.documentElement;
    for (let times = 0; page.scrollWidth > width && times < 50; times++)
        await new Promise((resolve) => setTimeout(resolve, 20));
    return page.scrollWidth - width;
}"""
# Milliseconds, of all that is on the page.
LONGEST_MOVE = """() => Math.max(...[...document.querySelectorAll("*")].flatMap((each) => {
    const { transitionDuration, animationName, animationDuration } = getComputedStyle(each);
    const animated = animationName === "none" ? "0s" : animationDuration;
    const times = `${transitionDuration}, ${animated}`.split(", ");
    return times.map((time) => parseFloat(time) * (time.endsWith("ms") ? 1 : 1000));
}))"""
# None are all rules of axe; a narrow window scrolls what a wide one shows.
NOTHING: list[str] = []
Look = tuple[Literal["light", "dark"], int, list[str] | None]
LOOKS: list[Look] = [
    ("light", 2560, NOTHING),
    ("light", 1440, None),
    ("dark", 360, [*OF_COLOURS, "scrollable-region-focusable"]),
]
HEIGHT = 900
# Signed in, it leads to the first page.
LEFT_OUT = {"login"}
# What nobody may open: only the calendar makes an occasion, which no page shows by itself.
NOBODY_OPENS = {"ims:occasion_opportunity"}
# What axe would see a hundred times, all made from one template.
BETWEEN = ":nth-of-type(n + 4):nth-last-of-type(n + 4)"
MUCH_ALIKE = {"api_docs": f"main :is(section, article){BETWEEN}"}
TAKE_AWAY = "those => document.querySelectorAll(those).forEach((each) => each.remove())"


class Found(NamedTuple):
    """``username`` is the first who may open it; "" where nobody may, or no record fits."""

    username: str
    name: str
    path: str
    is_page: bool = False


@pytest.fixture
def records(
    live_server: object,
    salesperson: User,
    officer: User,
    other_officer: User,
    administrator: User,
    auditor: User,
    catalogue: SmallCatalogue,
) -> Records:
    people = People(salesperson, officer, other_officer, administrator, auditor)
    return records_of_every_kind(people, catalogue)


def test_no_page_is_cut_off_or_hard_to_read(
    records: Records, open_page: Callable[..., Page]
) -> None:
    every = sorted(opened(records))
    assert {each.name for each in every if not each.username} == NOBODY_OPENS
    found = [each for each in every if each.is_page]
    page = open_page(reduced_motion="reduce")
    framed: set[str] = set()
    trouble = []
    looks = LOOKS
    take_on(page, looks[0])
    for each in found:
        is_framed = each.username in framed
        if not is_framed:
            sign_in(page, each.username)
        page.goto(each.path)
        wrong = seen(page, MUCH_ALIKE.get(each.name), looks, framed=is_framed)
        trouble += [f"{each.username} {each.name}: {one}" for one in wrong]
        framed.add(each.username)
        # The next one begins in the window in which this one ended.
        looks = looks[::-1]
    assert trouble == []


def opened(records: Records) -> Iterator[Found]:
    """Each as the first who may open it: whoever is not told 403 or 404."""
    clients = {name: signed_in(User.objects.get(username=name)) for name in WHO}
    for name in set(names(get_resolver().url_patterns)) - LEFT_OUT:
        path = address(name, records)
        for username in WHO if path else ():
            answer = clients[username].get(path)
            if answer.status_code not in (403, 404):
                yield Found(username, name, path, is_page(answer))
                break
        else:
            yield Found("", name, path)


def names(patterns: Any, before: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver) and not str(each.pattern).startswith("api/"):
            space = f"{each.namespace}:" if each.namespace else ""
            yield from names(each.url_patterns, before + space)
        elif isinstance(each, URLPattern) and each.name:
            yield before + each.name


def address(name: str, records: Records) -> str:
    """As the longest beginning of the name says; "" where the records do not fit."""
    fitting = max((known for known in records if name.startswith(known)), key=len, default="")
    known = records.get(fitting, [])
    if isinstance(known, str):
        return known
    for arguments in ([], known):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""


def is_page(answer: HttpResponse) -> bool:
    html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return html and b"<main" in answer.content


def take_on(page: Page, look: Look) -> None:
    scheme, width, _rules = look
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": HEIGHT})


def seen(
    page: Page, much_alike: str | None, looks: Sequence[Look], *, framed: bool
) -> Iterator[str]:
    """What is wrong with it, which has the first of the looks already.

    Of a frame that was examined, axe need not see the same again.
    """
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    if much_alike:
        page.evaluate(TAKE_AWAY, much_alike)
    for number, (scheme, width, rules) in enumerate(looks):
        if number:
            take_on(page, looks[number])
        wider = page.evaluate(WIDER, width)
        if wider > 0:
            yield f"{wider}px wider than a window of {width}px"
        if rules == NOTHING:
            continue
        examined = page.evaluate(EXAMINE, {"rules": rules, "without": FRAME if framed else None})
        for violation, html in examined["violations"]:
            yield f"{scheme}, {width}px: {violation} {html}"


def test_nothing_moves_where_motion_is_not_wanted(
    salesperson: User, open_page: Callable[..., Page]
) -> None:
    page = open_page(reduced_motion="reduce")
    sign_in(page, salesperson.username)
    page.goto("/crm/orders/new")
    assert page.evaluate(LONGEST_MOVE) <= 1
