"""The user's guide inside capphep: every screen has its page, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from django.utils.translation import trans_real

from capphep.platform.navigation import GROUPS
from capphep.shell import help_pages, help_texts
from tools.guide.checking import LANGUAGES, problems

# What nobody looks at: addresses for programs, and what pickers ask.
NOT_SCREENS = re.compile(r"healthz|entitlements:jwks|\w+:\w+_picker")


def names(patterns: Any, before: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            if not str(each.pattern).startswith("api/"):
                space = f"{each.namespace}:" if each.namespace else ""
                yield from names(each.url_patterns, before + space)
        elif isinstance(each, URLPattern) and each.name:
            yield before + each.name


@pytest.mark.once
def test_every_screen_has_a_page_that_describes_it() -> None:
    found = {name: help_pages.page_for(name) for name in names(get_resolver().url_patterns)}
    assert len(found) > 100
    lost = [name for name, slug in found.items() if slug == help_pages.INDEX]
    assert [name for name in lost if not NOT_SCREENS.fullmatch(name)] == []


@pytest.mark.once
def test_the_longest_beginning_decides() -> None:
    assert help_pages.page_for("crm:order_list") == "order"
    assert help_pages.page_for("crm:order_goods_pasted") == "order-paste"
    assert help_pages.page_for("ims:return") == "return-reject"
    assert help_pages.page_for("ims:queue") == "approve"
    assert help_pages.page_for("nothing:like_it") == help_pages.INDEX


@pytest.mark.once
def test_the_guide_is_whole() -> None:
    assert problems() == []
    for language in LANGUAGES:
        files = {path.stem for path in (help_pages.FOLDER / language).glob("*.md")}
        assert files == {help_pages.INDEX, *help_pages.PAGES}


BOLD = re.compile(r"\*\*(.+?)\*\*")


def said_on_screens(language: str) -> set[str]:
    """Every text of the screens, as `bare` writes it."""
    catalogue = trans_real.translation(language)._catalog  # type: ignore[attr-defined]
    return {bare(str(text)) for _key, text in catalogue.items()}


def bare(text: str) -> str:
    """Dots for what a name is filled with, and none where they only follow it."""
    return re.sub(r"%\(\w+\)s", "…", text).strip().rstrip("…").rstrip()


@pytest.mark.once
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_guide_says_in_bold_stands_on_the_screens(language: str) -> None:
    said = said_on_screens(language) | {"(+)"}
    with translation.override(language):
        places = {
            str(group.label): {str(entry.label) for entry in group.entries} for group in GROUPS
        }
    unknown = []
    for file in (help_pages.FOLDER / language).glob("*.md"):
        for name in BOLD.findall(file.read_text("utf-8")):
            parts = [name] if name in said else [bare(part) for part in name.split(" → ")]
            lost = [part for part in parts if part not in said]
            lost += [part for part in parts[1:] if part not in places.get(parts[0], {part})]
            unknown += [f"{file.stem}: {part}" for part in lost]
    assert unknown == []


def test_f1_leads_to_the_page_in_the_language_of_the_reader(sales_client: Client) -> None:
    screen = sales_client.get("/crm/orders/")
    assert 'href="/help/on/crm:order_list"' in screen.content.decode()
    page = sales_client.get("/help/on/crm:order_list", follow=True)
    assert page.request["PATH_INFO"] == "/help/order"
    assert "<h1 id" in page.content.decode() and "Lập đơn hàng" in page.content.decode()
    sales_client.cookies["django_language"] = "en"
    assert "Enter an order" in sales_client.get("/help/order").content.decode()
    assert sales_client.get("/help/nothing").status_code == 404


def test_who_cannot_sign_in_reads_how_to(client: Client, db: None) -> None:
    assert "data-help" in client.get("/login").content.decode()
    assert client.get("/help/sign-in").status_code == 200


def test_pictures_come_from_the_guide_alone(client: Client, db: None) -> None:
    known = next(help_pages.PICTURES.rglob("*.webp"))
    address = reverse("shell:help_picture", args=[known.relative_to(help_pages.PICTURES)])
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert b"".join(answer) == known.read_bytes()
    for outside in ("../index.md", "vi/../../en/index.md", "nothing.webp"):
        assert client.get(f"/help/pictures/{outside}").status_code == 404


def test_the_help_is_searched_without_accents_titles_first(sales_client: Client) -> None:
    page = sales_client.get("/help/", {"q": "gop khach hang"})
    assert "Khách hàng trùng, gộp, mã cũ" in page.content.decode()
    found = help_texts.mentions("phê duyệt", "vi", 9)
    assert found[0].page.slug == "approve"
    assert help_texts.mentions("phê xyzzy", "vi", 9) == []
    assert "Không có trang" in sales_client.get("/help/", {"q": "xyzzy"}).content.decode()


def test_the_search_box_leads_to_pages_of_the_help_last(sales_client: Client) -> None:
    answer = sales_client.get("/search/suggestions", {"q": "gop khach hang"}).json()
    assert answer["groups"] == []
    assert answer["help"][0] | {"url": "/help/duplicates"} == answer["help"][0]
    assert sales_client.get("/search/suggestions", {"q": "DH-2026"}).json()["help"] == []
    page = sales_client.get("/search", {"q": "gop khach hang"}).content.decode()
    assert 'href="/help/duplicates"' in page and "Không có kết quả" not in page


@pytest.mark.once
def test_words_of_the_help_are_found_by_their_beginnings() -> None:
    assert [each.page.slug for each in help_texts.mentions("nhan ban", "vi", 1)] == ["order"]
    by_beginning = {each.page.slug for each in help_texts.mentions("biên bản bàn gia", "vi", 9)}
    assert "printing" in by_beginning
    assert help_texts.mentions("iên", "vi", 9) == []
