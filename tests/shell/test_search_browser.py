"""The palette and the keys in a real browser: one walk, by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from capphep.platform.models import User
from tests import factories, stories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import sign_in
from tests.factories import SmallCatalogue

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

CHOSEN = "[role=option][aria-selected=true]"


def press(page: Page, keys: str) -> None:
    for key in keys.split(" "):
        page.keyboard.press(key)


def test_records_actions_and_pages_are_reached_by_keys_alone(
    page: Page, salesperson: User, catalogue: SmallCatalogue
) -> None:
    from playwright.sync_api import expect

    unit = factories.customer("1234567", "UBND Xã Đông Hải", owner=salesperson)
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    sign_in(page, "sales")
    page.goto("/")
    palette, box = page.locator("dialog.palette"), page.locator(".palette-input")

    # An exact code opens on Enter, however early that comes.
    press(page, "Control+k")
    expect(box).to_be_focused()
    page.keyboard.type(order.order_no.lower())
    press(page, "Enter")
    page.wait_for_url(f"**/crm/orders/{order.pk}/")

    # What can be done here, by its first letters; Escape gives the focus back.
    with page.expect_response("**/search/visited"):
        page.reload()
    page.locator(".band-actions a, .band-actions button").first.focus()
    press(page, "Control+k")
    expect(page.locator(".palette-heading", has_text="Xem gần đây")).to_be_visible()
    expect(page.locator(CHOSEN)).to_contain_text(order.order_no)
    page.keyboard.type("sua")
    expect(page.locator("[role=option]", has_text="Sửa")).to_be_visible()
    assert_fits_and_is_accessible(page, "palette")
    press(page, "Escape")
    expect(palette).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.band-actions') !== null")

    # Arrows choose, the last answer counts, Enter opens what is chosen.
    press(page, "/")
    page.keyboard.type("dong hai", delay=30)
    expect(page.locator("[role=option]", has_text="UBND Xã Đông Hải").first).to_be_visible()
    chosen = box.get_attribute("aria-activedescendant")
    press(page, "ArrowDown")
    assert box.get_attribute("aria-activedescendant") != chosen
    press(page, "ArrowUp")
    with page.context.expect_page() as opened:
        press(page, "Control+Enter")
    opened.value.close()
    with page.expect_response("**/search/visited"):
        press(page, "Enter")

    # g and a letter go to a list; there / is the list's own box.
    press(page, "g c")
    page.wait_for_url("**/crm/customers/")
    press(page, "/")
    expect(page.locator("#list-search")).to_be_focused()

    # While one types, or an input method composes, letters are letters.
    page.keyboard.type("g?o")
    expect(page.locator("#list-search")).to_have_value("g?o")
    page.locator("main").focus()
    composing = "new KeyboardEvent('keydown', {key: '?', isComposing: true, bubbles: true})"
    page.evaluate(f"document.body.dispatchEvent({composing})")
    page.evaluate(
        "document.body.dispatchEvent(Object.assign("
        "new KeyboardEvent('keydown', {key: '?', keyCode: 229, bubbles: true})))"
    )
    assert page.locator("dialog[open]").count() == 0
    press(page, "?")
    expect(page.locator("dialog[open]")).to_contain_text(re.compile(r"G\s*C\s*Khách hàng"))


@pytest.mark.viewport(390, 844)
def test_enter_that_ends_a_composition_opens_nothing_and_a_phone_has_room(
    page: Page, salesperson: User
) -> None:
    from playwright.sync_api import expect

    factories.customer("1234567", "UBND Xã Đông Hải", owner=salesperson)
    sign_in(page, "sales")
    page.goto("/search?q=dong")
    assert_fits_and_is_accessible(page, "palette")
    page.locator(".topbar [data-palette]").click()
    box = page.locator(".palette-input")
    box.fill("1234567")
    expect(page.locator(CHOSEN)).to_contain_text("1234567")
    box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent("
        "'keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    expect(page.locator("dialog.palette")).to_be_visible()
    assert_fits_and_is_accessible(page, "palette")
    page.keyboard.press("Enter")
    page.wait_for_url("**/crm/customers/*/")
