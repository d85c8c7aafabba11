"""Every page that has an address, as somebody who may see it: whole, and nothing for axe to find.

The pages are those of the URL resolver: a new one is looked at without being named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from capphep.crm.models import Opportunity, SalesProject
from capphep.entitlements.models import Grant, Licence
from capphep.platform.models import Team, User
from tests import factories, stories
from tests.browser.looks import EXAMINE, OF_COLOURS
from tests.browser.people import sign_in
from tests.conftest import signed_in
from tests.factories import SmallCatalogue

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once(beside="postgresql")]

WHO = ("sales", "officer", "admin", "auditor")
WIDER = "() => document.documentElement.scrollWidth - innerWidth"
# Milliseconds, of all that is on the page.
LONGEST_MOVE = """() => Math.max(...[...document.querySelectorAll("*")].flatMap((each) => {
    const { transitionDuration, animationName, animationDuration } = getComputedStyle(each);
    const animated = animationName === "none" ? "0s" : animationDuration;
    const times = `${transitionDuration}, ${animated}`.split(", ");
    return times.map((time) => parseFloat(time) * (time.endsWith("ms") ? 1 : 1000));
}))"""
FULL_LOOK, WIDTHS = (1440, 900), (360, 2560)
# Signed in, it leads to the first page.
LEFT_OUT = {"login"}


class Found(NamedTuple):
    username: str
    name: str
    path: str


@pytest.fixture
def records(
    live_server: object,
    salesperson: User,
    officer: User,
    other_officer: User,
    administrator: User,
    auditor: User,
    catalogue: SmallCatalogue,
) -> dict[str, Any]:
    """What the names in addresses mean: a unit with something of every kind."""
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    approved = stories.sent(order, salesperson)
    stories.approved(approved, officer)
    another = factories.customer("2345678", "Trường Mầm non Hoa Sen", owner=salesperson)
    stories.opened(another, catalogue)
    waiting = stories.sent(
        stories.ordered(another, salesperson, [(catalogue.users_50, 2)]), salesperson
    )
    draft = stories.drafted(
        stories.ordered(unit, salesperson, [(catalogue.books_1, 1)]), salesperson
    )
    chance = {"search_key": "mua them", "salesperson": salesperson, "team": salesperson.team}
    opportunity = Opportunity.objects.create(name="Mua thêm", customer=unit, **chance)
    grant = Grant.objects.latest("pk")
    return {
        "crm:order": [order.pk],
        "crm:opportunity": [opportunity.pk],
        "crm:project": [SalesProject.objects.create(code="A", name="A", search_key="a").pk],
        "crm:contact": [unit.pk, factories.contact(unit).pk],
        "crm:": [unit.pk],
        "provisioning:request_edit": [draft.pk],
        "provisioning:round": [approved.pk, 1],
        "provisioning:open": [order.pk],
        "provisioning:evidence": [draft.evidence.earliest("pk").pk],
        "provisioning:": [approved.pk],
        "ims:subscription": [grant.subscription_id],
        "ims:grant_origin": [grant.subscription_id, grant.pk],
        "ims:withdraw": [approved.pk],
        "ims:": [waiting.pk],
        "catalog:item": [catalogue.users_50.pk],
        "catalog:": [catalogue.igov.pk],
        "public_licence": [Licence.objects.latest("pk").public_code],
        "reporting:report": ["orders"],
        "collaboration:": ["order", order.pk],
        "shell:customer_merge": [unit.pk],
        "shell:team": [Team.objects.earliest("pk").pk],
        "shell:option": ["two_people"],
        "shell:help_page": ["order"],
        "shell:preview_role": ["sales"],
        "shell:": [salesperson.pk],
        "exchange:import_new": ["customers"],
        "lists:": ["crm.orders"],
    }


def test_no_page_is_cut_off_or_hard_to_read(
    records: dict[str, Any], open_page: Callable[..., Page]
) -> None:
    found = sorted(pages(records))
    assert len(found) > 60, found
    page, username = open_page(), ""
    trouble = []
    for each in found:
        if each.username != username:
            username = each.username
            sign_in(page, username)
        page.goto(each.path)
        trouble += [f"{each.username} {each.name}: {one}" for one in seen(page)]
    assert trouble == []


def pages(records: dict[str, Any]) -> Iterator[Found]:
    clients = {name: signed_in(User.objects.get(username=name)) for name in WHO}
    for name in set(names(get_resolver().url_patterns)) - LEFT_OUT:
        path = address(name, records)
        may = path and next((who for who in WHO if is_page(clients[who], path)), None)
        if may:
            yield Found(may, name, path)


def names(patterns: Any, before: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver) and not str(each.pattern).startswith("api/"):
            space = f"{each.namespace}:" if each.namespace else ""
            yield from names(each.url_patterns, before + space)
        elif isinstance(each, URLPattern) and each.name:
            yield before + each.name


def address(name: str, records: dict[str, Any]) -> str:
    """As the longest beginning of the name says; "" where the records do not fit."""
    fitting = max((known for known in records if name.startswith(known)), key=len, default="")
    for arguments in ([], records.get(fitting, [])):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""


def is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return html and b"<main" in answer.content


def seen(page: Page) -> Iterator[str]:
    """What is wrong with it: at full size in both themes, in a narrow and in a very wide window."""
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in (("light", None), ("dark", OF_COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": FULL_LOOK[0], "height": FULL_LOOK[1]})
        for violation, html in page.evaluate(EXAMINE, rules)["violations"]:
            yield f"{scheme}: {violation} {html}"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": FULL_LOOK[1]})
        wider = page.evaluate(WIDER)
        if wider > 0:
            yield f"{wider}px wider than a window of {width}px"


def test_nothing_moves_where_motion_is_not_wanted(
    salesperson: User, open_page: Callable[..., Page]
) -> None:
    page = open_page(reduced_motion="reduce")
    sign_in(page, salesperson.username)
    page.goto("/crm/orders/new")
    assert page.evaluate(LONGEST_MOVE) <= 1
