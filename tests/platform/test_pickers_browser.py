"""Pickers and what they fill in, with answers that come late, in the wrong order or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from capphep.platform.models import User
from tests import factories
from tests.browser.people import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.platform.kit_site"),
    pytest.mark.once,
]

ROWS = "**/kit/pick?*"
FILLED = "**/kit/fill?*"
UNREACHABLE = "Không kết nối được máy chủ"


@pytest.fixture
def form(page: Page, db: None) -> Page:
    """A form with a picker of people, which fills in the code and the memo."""
    factories.user("sales", "sales")
    for number in (1, 2, 3):
        User.objects.create(username=f"k{number}", full_name=f"Phường Nghĩa Lộ {number}")
    sign_in(page, "sales")
    page.goto("/kit/form")
    return page


def box(page: Page) -> Locator:
    return page.get_by_label("Khách hàng", exact=True)


def chosen(page: Page) -> Locator:
    return page.locator(".ts-control .item")


def option(page: Page, name: str) -> Locator:
    return page.get_by_role("option", name=name)


def search(page: Page, text: str) -> None:
    box(page).click()
    box(page).press_sequentially(text)


def held(page: Page, address: str, wanted: Callable[[str], bool]) -> list[Route]:
    """The requests to the address that are wanted wait here; the others go on."""
    waiting: list[Route] = []

    def take(route: Route) -> None:
        if wanted(route.request.url):
            waiting.append(route)
        else:
            route.continue_()

    page.route(address, take)
    return waiting


def asked(page: Page, waiting: list[Route], number: int = 1) -> None:
    for _ in range(500):
        if len(waiting) >= number:
            return
        page.wait_for_timeout(20)
    pytest.fail("was not asked for")


def key_of(username: str) -> str:
    return f"{User.objects.get(username=username).pk % 1000:03}"


# --- searching -----------------------------------------------------------------------------


def test_who_passes_through_is_offered_nothing_until_a_key_or_a_click_asks(form: Page) -> None:
    waiting = held(form, ROWS, lambda url: True)
    box(form).focus()
    form.wait_for_timeout(100)
    assert waiting == []
    assert box(form).get_attribute("aria-expanded") == "false"
    form.unroute(ROWS)
    box(form).press("ArrowDown")
    expect(form.get_by_role("option")).to_have_count(4)
    for again in (lambda: box(form).press("Enter"), box(form).click):
        box(form).press("Escape")
        expect(form.get_by_role("option")).to_have_count(0)
        again()
        expect(form.get_by_role("option")).to_have_count(4)
    expect(form.locator("[data-errors]")).to_have_count(0)


def test_letters_that_come_at_once_with_the_click_are_what_is_searched(form: Page) -> None:
    """A browser may hear of all letters before a timer that the click has set runs."""
    box(form).evaluate(
        """box => {
            box.click();
            box.value = "lộ 2";
            box.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    expect(option(form, "Lộ 2")).to_be_visible()
    expect(form.get_by_role("option")).to_have_count(1)


def test_the_first_letter_over_a_choice_is_not_swallowed(form: Page) -> None:
    search(form, "lộ 1")
    option(form, "Lộ 1").click()
    form.get_by_label("Diễn giải").focus()
    is_taken = box(form).evaluate(
        """box => {
            box.click();
            return box.dispatchEvent(
                new KeyboardEvent("keydown", {key: "l", keyCode: 76, cancelable: true})
            );
        }"""
    )
    assert is_taken


def test_an_answer_that_a_further_letter_has_made_void_is_not_shown(form: Page) -> None:
    waiting = held(form, ROWS, lambda url: url.endswith("1"))
    search(form, "lộ 1")
    asked(form, waiting)
    box(form).press("Backspace")
    box(form).press("2")
    expect(option(form, "Lộ 2")).to_be_visible()
    waiting[0].continue_()
    form.wait_for_timeout(100)
    expect(form.get_by_role("option")).to_have_count(1)
    expect(option(form, "Lộ 2")).to_be_visible()


def test_a_row_of_the_text_before_is_taken_by_a_click_and_not_by_enter(form: Page) -> None:
    search(form, "lộ")
    expect(form.get_by_role("option")).to_have_count(3)
    waiting = held(form, ROWS, lambda url: url.endswith(("1", "2")))
    box(form).press_sequentially(" 2")
    asked(form, waiting)
    option(form, "Lộ 3").click()
    expect(chosen(form)).to_contain_text("Lộ 3")
    search(form, "lộ 1")
    box(form).press("Enter")
    asked(form, waiting, 2)
    for route in waiting:
        route.continue_()
    expect(chosen(form)).to_contain_text("Lộ 1")


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_enter_and_tab_take_what_is_still_under_way(form: Page, key: str) -> None:
    waiting = held(form, ROWS, lambda url: url.endswith("2"))
    search(form, "lộ 2")
    box(form).press(key)
    asked(form, waiting)
    waiting[0].continue_()
    expect(chosen(form)).to_contain_text("Lộ 2")
    expect(form.get_by_label("Mã ngân sách")).to_have_value(key_of("k2"))


def test_who_comes_back_is_offered_everything_again(form: Page) -> None:
    search(form, "lộ 1")
    expect(form.get_by_role("option")).to_have_count(1)
    form.get_by_label("Diễn giải").click()
    expect(box(form)).to_have_value("")
    box(form).click()
    expect(form.get_by_role("option")).to_have_count(4)
    option(form, "Lộ 3").click()
    box(form).click()
    expect(form.get_by_role("option")).to_have_count(3)


# --- when nothing comes --------------------------------------------------------------------


def test_that_nothing_was_found_is_said(form: Page) -> None:
    search(form, "không có ai")
    expect(option(form, "Không tìm thấy gì")).to_be_visible()
    box(form).press("Enter")
    expect(box(form)).to_have_value("không có ai")
    box(form).press("x")
    box(form).press("Tab")
    expect(form.locator("#toasts")).to_contain_text("Không tìm thấy gì: không có aix")


def test_that_an_answer_takes_long_is_said(form: Page) -> None:
    waiting = held(form, ROWS, lambda url: True)
    box(form).click()
    expect(option(form, "Đang tìm …")).to_be_visible()
    waiting[0].continue_()
    expect(form.get_by_role("option")).to_have_count(4)


def test_what_fails_once_is_asked_for_again_by_itself(form: Page) -> None:
    form.route("**/kit/pick?q=l*", lambda route: route.abort(), times=1)
    search(form, "lộ 2")
    expect(option(form, "Lộ 2")).to_be_visible()


@pytest.mark.parametrize("way", ["a click", "Enter", "a further letter"])
def test_what_fails_again_is_said_and_can_be_asked_for_again(form: Page, way: str) -> None:
    form.route("**/kit/pick?q=l*", lambda route: route.abort(), times=2)
    search(form, "lộ ")
    expect(option(form, UNREACHABLE)).to_be_visible()
    expect(box(form)).to_have_value("lộ ")
    if way == "a click":
        form.get_by_text("Thử lại").click()
        expect(form.get_by_role("option")).to_have_count(3)
    elif way == "Enter":
        box(form).press("Enter")
        expect(chosen(form)).to_contain_text("Lộ 1")
    else:
        box(form).press("2")
        expect(option(form, "Lộ 2")).to_be_visible()


def test_who_has_gone_on_is_told_in_the_corner(form: Page) -> None:
    form.route("**/kit/pick?q=l*", lambda route: route.abort(), times=2)
    search(form, "lộ 2")
    box(form).press("Tab")
    expect(form.locator("#toasts")).to_contain_text(UNREACHABLE)
    form.get_by_role("button", name="Thử lại").click()
    expect(chosen(form)).to_contain_text("Lộ 2")


def test_an_ended_session_asks_for_a_sign_in(form: Page) -> None:
    form.context.clear_cookies()
    box(form).click()
    expect(form.get_by_role("dialog")).to_contain_text("Phiên làm việc đã kết thúc")


# --- filling in ----------------------------------------------------------------------------


def test_the_later_of_two_choices_fills_in_though_its_answer_comes_first(form: Page) -> None:
    waiting = held(form, FILLED, lambda url: len(waiting) == 0)
    search(form, "lộ 1")
    option(form, "Lộ 1").click()
    asked(form, waiting)
    search(form, "lộ 2")
    option(form, "Lộ 2").click()
    expect(form.get_by_label("Mã ngân sách")).to_have_value(key_of("k2"))
    waiting[0].continue_()
    form.wait_for_timeout(100)
    expect(form.get_by_label("Mã ngân sách")).to_have_value(key_of("k2"))


def test_what_could_not_be_filled_in_is_said_and_asked_for_again(form: Page) -> None:
    form.route(FILLED, lambda route: route.abort(), times=2)
    search(form, "lộ 1")
    option(form, "Lộ 1").click()
    expect(form.locator("#toasts")).to_contain_text(UNREACHABLE)
    form.get_by_role("button", name="Thử lại").click()
    expect(form.get_by_label("Mã ngân sách")).to_have_value(key_of("k1"))
