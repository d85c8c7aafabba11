"""The kit in a real browser: keys, menus, dialogs, pickers, and what happens when things fail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from capphep.platform.models import Team, User
from tests import factories
from tests.browser.looks import assert_fits_and_is_accessible
from tests.browser.people import sign_in, sign_in_by_form
from tests.plumbing.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.platform.kit_site"),
    pytest.mark.once,
]


@pytest.fixture
def people() -> list[User]:
    """Twelve people; the one who signs in is the last."""
    north = Team.objects.create(name="Miền Bắc")
    User.objects.bulk_create(
        User(
            username=f"k{index:02}",
            full_name=f"UBND Phường Nghĩa Lộ {index}",
            role="sales" if index % 2 else "officer",
            team=north if index < 3 else None,
            version=index * 1_234_567,
        )
        for index in range(1, 12)
    )
    factories.user("sales", "sales", north)
    return list(User.objects.order_by("username"))


def open_at(page: Page, path: str) -> Page:
    """The page at ``path``, with the session of a person who has signed in."""
    sign_in(page, "sales")
    page.goto(path)
    return page


@pytest.fixture
def list_page(page: Page, people: list[User]) -> Page:
    return open_at(page, "/kit/list")


@pytest.fixture
def form_page(page: Page, people: list[User]) -> Page:
    return open_at(page, "/kit/form")


def row(page: Page, code: str) -> Locator:
    return page.get_by_role("row", name=re.compile(rf"^{code}\b"))


def has_focus(locator: Locator) -> bool:
    return bool(locator.evaluate("element => element === document.activeElement"))


def expect(locator: Locator):  # type: ignore[no-untyped-def]  # Playwright's own assertions
    from playwright.sync_api import expect as playwright_expect

    return playwright_expect(locator)


# --- lists ---------------------------------------------------------------------------------


def test_rows_are_walked_and_opened_by_keys(list_page: Page) -> None:
    for key in ("j", "j", "k", "j"):
        list_page.keyboard.press(key)
    assert has_focus(row(list_page, "k02"))
    list_page.keyboard.press("Enter")
    list_page.wait_for_url("**/kit/form/*")


def test_a_click_on_a_row_opens_it_and_ctrl_click_in_a_new_tab(list_page: Page) -> None:
    with list_page.context.expect_page() as opened:
        row(list_page, "k01").get_by_text("Đang dùng").click(modifiers=["Control"])
    opened.value.wait_for_url("**/kit/form/*")
    row(list_page, "k01").get_by_text("Đang dùng").click()
    list_page.wait_for_url("**/kit/form/*")


@pytest.mark.parametrize("way", ["right-click", "button", "ContextMenu", "Shift+F10"])
def test_four_ways_open_the_same_menu(list_page: Page, way: str) -> None:
    target = row(list_page, "k03")
    if way == "right-click":
        target.get_by_role("link").click(button="right")
    elif way == "button":
        target.get_by_role("button").click()
    else:
        target.focus()
        list_page.keyboard.press(way)
    menu = list_page.get_by_role("menu")
    expect(menu.get_by_role("menuitem")).to_have_count(4)
    assert has_focus(menu.get_by_role("menuitem", name="Phê duyệt"))
    list_page.keyboard.press("ArrowUp")
    assert has_focus(menu.get_by_role("menuitem", name="Nhân bản"))
    list_page.keyboard.press("x")
    assert has_focus(menu.get_by_role("menuitem", name="Xem chi tiết"))
    list_page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    assert has_focus(target.get_by_role("button"))


def test_what_arrives_hears_the_very_next_click(list_page: Page) -> None:
    """Until htmx has gone over it, a link is a plain one and a form sends itself."""
    list_page.evaluate(
        """document.addEventListener("htmx:afterSwap", () => queueMicrotask(() => {
            window.isReady = !document.querySelector("#dialog .htmx-added");
        }))"""
    )
    row(list_page, "k03").get_by_role("button").click()
    list_page.get_by_role("menuitem", name="Phê duyệt").click()
    expect(list_page.get_by_role("dialog")).to_be_visible()
    assert list_page.evaluate("window.isReady")


def test_confirming_from_the_menu_reloads_the_list_where_it_stands(list_page: Page) -> None:
    row(list_page, "k03").get_by_role("link").click(button="right")
    list_page.get_by_role("menuitem", name="Phê duyệt").click()
    dialog = list_page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    list_page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert has_focus(row(list_page, "k03").get_by_role("button"))
    list_page.keyboard.press("Enter")
    list_page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Có").click()
    expect(list_page.get_by_text("Đã phê duyệt")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(row(list_page, "k03")).to_contain_text("Đã đổi tên")


def test_a_refusal_opens_over_the_page_and_leaves_it_as_it_is(list_page: Page) -> None:
    row(list_page, "k02").get_by_role("button").click()
    list_page.get_by_role("menuitem", name="Ngừng theo dõi").click()
    expect(list_page.get_by_role("dialog")).to_contain_text("Bản ghi vừa thay đổi")
    list_page.get_by_role("button", name="Đóng").last.click()
    expect(list_page.get_by_role("dialog")).to_have_count(0)
    expect(row(list_page, "k02")).to_be_visible()


def test_the_address_follows_search_filters_and_order_and_back_restores_them(
    list_page: Page,
) -> None:
    list_page.keyboard.press("F3")
    list_page.keyboard.type("nghĩa", delay=20)
    list_page.wait_for_url(re.compile(r"/kit/list\?q=ngh%C4%A9a$"))
    list_page.get_by_label("Vai trò", exact=True).select_option(label="NVKD")
    chips = list_page.get_by_role("link", name="Bỏ lọc")
    expect(chips).to_have_count(2)
    list_page.get_by_label("Vai trò", exact=True).select_option(label="Cán bộ")
    expect(chips).to_have_count(3)
    list_page.get_by_role("link", name="Số tiền").click()
    expect(list_page.get_by_role("columnheader", name="Số tiền")).to_have_attribute(
        "aria-sort", "ascending"
    )
    list_page.get_by_role("link", name="Trang sau").click()
    list_page.wait_for_url(re.compile("after="))
    chips.last.click()
    expect(chips).to_have_count(2)
    assert "after=" not in list_page.url
    list_page.go_back()
    expect(chips).to_have_count(3)
    expect(list_page.get_by_label("Tìm kiếm", exact=True)).to_have_value("nghĩa")
    list_page.get_by_role("link", name="Xóa lọc").click()
    expect(chips).to_have_count(0)
    expect(list_page.get_by_label("Tìm kiếm", exact=True)).to_have_value("")


def test_a_list_works_without_scripts(open_page: OpenPage, people: list[User]) -> None:
    page = open_page(java_script_enabled=False)
    sign_in_by_form(page, "sales", "/login?next=/kit/list")
    page.get_by_label("Tìm kiếm").fill("lộ 7")
    page.get_by_label("Tìm kiếm").press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Xóa lọc").click()
    page.get_by_role("link", name="Trang sau").click()
    expect(row(page, "k06")).to_be_visible()


# --- forms ---------------------------------------------------------------------------------


def choose(page: Page, text: str) -> None:
    """Type and press Enter at once, as people do: before any row has arrived."""
    picker = page.get_by_label("Khách hàng", exact=True)
    picker.click()
    picker.press_sequentially(text)
    page.keyboard.press("Enter")


def test_a_choice_fills_the_form_and_never_what_was_typed(form_page: Page) -> None:
    choose(form_page, "lộ 4")
    first = User.objects.get(username="k04").pk
    expect(form_page.get_by_label("Mã ngân sách")).to_have_value(f"{first % 1000:03}")
    expect(form_page.get_by_label("Diễn giải")).to_have_value(f"Bán cho {first}")
    form_page.get_by_label("Diễn giải").fill("của tôi")
    choose(form_page, "lộ 5")
    second = User.objects.get(username="k05").pk
    expect(form_page.get_by_label("Mã ngân sách")).to_have_value(f"{second % 1000:03}")
    expect(form_page.get_by_label("Diễn giải")).to_have_value("của tôi")


def test_errors_keep_everything_and_take_the_focus(form_page: Page) -> None:
    choose(form_page, "lộ 4")
    expect(form_page.get_by_label("Mã ngân sách")).not_to_have_value("")
    form_page.get_by_label("Mã ngân sách").fill("1")
    form_page.get_by_label("Ngày").fill("3/2/2026")
    form_page.keyboard.press("Control+s")
    expect(form_page.get_by_role("alert")).to_contain_text("Mã ngân sách")
    form_page.wait_for_function("document.activeElement.name === 'code'")
    expect(form_page.get_by_label("Ngày")).to_have_value("3/2/2026")
    expect(form_page.locator(".ts-control")).to_contain_text("Lộ 4")
    expect(form_page.get_by_role("button", name="Lưu")).to_be_enabled()
    form_page.get_by_label("Mã ngân sách").fill("123")
    form_page.keyboard.press("Control+s")
    form_page.wait_for_url("**/kit/list")
    expect(form_page.get_by_text("Đã lưu đơn hàng")).to_be_visible()


def test_leaving_with_changes_asks_first(form_page: Page) -> None:
    leave = form_page.get_by_role("navigation").get_by_role("link", name="capphep")
    form_page.get_by_label("Diễn giải").fill("chưa lưu")
    expect(form_page.get_by_text("Chưa lưu", exact=True)).to_be_visible()
    leave.click()
    form_page.get_by_role("button", name="Ở lại").click()
    expect(form_page.get_by_role("dialog")).to_have_count(0)
    expect(form_page.get_by_label("Diễn giải")).to_have_value("chưa lưu")
    leave.click()
    form_page.get_by_role("button", name="Bỏ thay đổi").click()
    expect(form_page.get_by_role("heading", name="Danh mục")).to_be_visible()


@pytest.mark.parametrize(
    ("memo", "title"),
    [("conflict", "Bản ghi vừa thay đổi"), ("session", "Phiên làm việc đã kết thúc")],
)
def test_nothing_typed_is_lost_by_a_refusal(form_page: Page, memo: str, title: str) -> None:
    form_page.get_by_label("Diễn giải").fill(memo)
    form_page.get_by_role("button", name="Lưu").click()
    expect(form_page.get_by_role("dialog")).to_contain_text(title)
    form_page.keyboard.press("Escape")
    expect(form_page.get_by_role("dialog")).to_have_count(0)
    expect(form_page.get_by_label("Diễn giải")).to_have_value(memo)
    expect(form_page.get_by_role("button", name="Lưu")).to_be_enabled()


def test_nothing_typed_in_a_dialog_is_lost_by_a_refusal_or_by_escape(list_page: Page) -> None:
    list_page.evaluate("htmx.ajax('GET', '/kit/confirm/1?reason', {target: '#dialog'})")
    reason = list_page.get_by_label("Lý do")
    for typed, said in (("conflict", "đã sửa bản ghi này"), ("session", "Phiên làm việc")):
        reason.fill(typed)
        list_page.get_by_role("button", name="Có").click()
        expect(list_page.get_by_role("dialog").last).to_contain_text(said)
        list_page.keyboard.press("Escape")
        expect(list_page.get_by_role("dialog")).to_have_count(1)
        expect(reason).to_have_value(typed)
    list_page.keyboard.press("Escape")
    list_page.get_by_role("button", name="Ở lại").click()
    expect(reason).to_have_value("session")
    reason.fill("đủ hồ sơ")
    list_page.keyboard.press("Escape")
    list_page.get_by_role("button", name="Lưu").click()
    expect(list_page.get_by_role("dialog")).to_have_count(0)
    expect(list_page.locator("#toasts")).to_contain_text("Đã phê duyệt")


def test_a_sign_in_in_another_tab_leaves_the_open_form_usable(form_page: Page) -> None:
    """Signing in changes the CSRF token; the form that was open before still saves."""
    form_page.get_by_label("Mã ngân sách").fill("1")
    form_page.context.clear_cookies()
    form_page.get_by_role("button", name="Lưu").click()
    expect(form_page.get_by_role("dialog")).to_contain_text("Phiên làm việc đã kết thúc")
    with form_page.context.expect_page() as opened:
        form_page.get_by_role("link", name="Đăng nhập ở thẻ mới").click()
    sign_in_by_form(opened.value, "sales", "/login?next=/kit/list")
    opened.value.close()
    form_page.keyboard.press("Escape")
    form_page.get_by_role("button", name="Lưu").click()
    expect(form_page.get_by_role("alert")).to_contain_text("Mã ngân sách")


def test_an_unreachable_server_can_be_asked_again(form_page: Page) -> None:
    choose(form_page, "lộ 4")
    expect(form_page.get_by_label("Mã ngân sách")).not_to_have_value("")
    form_page.route("**/kit/form", lambda route: route.fulfill(status=204))
    form_page.keyboard.press("Control+s")
    expect(form_page.get_by_role("button", name="Lưu")).to_be_enabled()
    form_page.unroute("**/kit/form")
    form_page.keyboard.press("Control+s")
    form_page.wait_for_url("**/kit/list")


# --- everywhere ----------------------------------------------------------------------------


def test_letters_are_shortcuts_only_while_nobody_types(list_page: Page) -> None:
    box = list_page.get_by_label("Tìm kiếm")
    box.press_sequentially("j?k")
    expect(box).to_have_value("j?k")
    expect(list_page.get_by_role("dialog")).to_have_count(0)
    list_page.get_by_role("heading", name="Danh mục").click()
    list_page.keyboard.press("?")
    expect(list_page.get_by_role("dialog")).to_contain_text("Phím tắt")
    list_page.keyboard.press("Escape")
    list_page.keyboard.press("Alt+n")
    list_page.wait_for_url("**/kit/form")


def test_the_theme_is_kept(list_page: Page) -> None:
    list_page.get_by_role("button", name=re.compile("Người sales")).click()
    list_page.get_by_role("button", name="Tối").click()
    list_page.reload()
    expect(list_page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_pages_fit_and_are_accessible(page: Page, people: list[User]) -> None:
    looks = [("light", 2560, 1440), ("dark", 1440, 900), ("dark", 390, 844), ("light", 360, 800)]
    sign_in(page, "sales")
    for path in ("/kit/list?role=sales", "/kit/form", "/kit/confirm/1?reason", "/kit/list?q=zz"):
        page.goto(path)
        assert_fits_and_is_accessible(page, path, looks)
