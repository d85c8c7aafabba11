"""Codes and amounts are found in documents however they are written, and only they."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.mentions import (
    PAGE_END,
    Mention,
    amount_mentions,
    code_mentions,
    marked,
    pages_of,
    snippets,
)
from capphep.pure.money import format_number
from capphep.pure.words import amount_in_words

AMOUNTS = st.integers(min_value=1_000, max_value=10**13)


def said(text: str, amount: int) -> list[str]:
    return [text[each.start : each.end] for each in amount_mentions(text, amount)]


@pytest.mark.parametrize(
    "text",
    [
        "Số tiền 19.200.000 đồng",
        "19,200,000đ",
        "19 200 000 đồng",
        "19200000",
        "19. 200. 000 đ",
        "(19.200.000,00 đồng)",
        "1 19.200.000 19.200.001",
        "19\u00a0200\u00a0000",
        "Bằng chữ: Mười chín triệu hai trăm nghìn đồng",
        "MƯỜI CHÍN TRIỆU HAI TRĂM NGÀN ĐỒNG CHẴN",
        "muoi chin trieu\nhai tram nghin dong",
    ],
)
def test_an_amount_is_found_as_people_write_it(text: str) -> None:
    assert len(amount_mentions(text, 19_200_000)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "119.200.000",
        "1.19.200.000",
        "19.200.000.000",
        "19 200 000 000",
        "719 200 000",
        "3 19 200 000",
        "19.200.000,50",
        "19.200.0001",
        "19.200",
        "một trăm mười chín triệu hai trăm nghìn đồng",
        "mười chín triệu hai trăm nghìn năm trăm đồng",
        "mười chín triệu hai trăm nghìn cái",
        "",
    ],
)
def test_another_amount_is_not_it(text: str) -> None:
    assert amount_mentions(text, 19_200_000) == []


def test_figures_and_words_are_found_in_their_order() -> None:
    text = "24.500.000 đồng (Bằng chữ: Hai mươi bốn\ntriệu năm trăm nghìn đồng)"
    assert said(text, 24_500_000) == [
        "24.500.000",
        "Hai mươi bốn\ntriệu năm trăm nghìn đồng",
    ]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1_000_005, "một triệu không trăm linh năm đồng"),
        (24_000_000, "hai mươi tư triệu đồng"),
        (24_000_000, "hai mươi bốn triệu đồng"),
        (15_000_000, "mười năm triệu đồng"),
        (3_000_000_000, "ba tỉ đồng"),
    ],
)
def test_numbers_are_read_aloud_in_several_ways(amount: int, text: str) -> None:
    assert said(text, amount) == [text]


def test_amounts_below_a_thousand_are_not_looked_for() -> None:
    assert amount_mentions("trang 5", 5) == amount_mentions("0 đồng", 0) == []


@given(AMOUNTS)
def test_what_this_project_writes_it_finds(amount: int) -> None:
    assert amount_mentions(f"là {format_number(amount)} đ", amount)
    assert amount_mentions(f"({amount_in_words(amount)})", amount)


@given(AMOUNTS, AMOUNTS)
def test_the_words_of_one_amount_are_not_those_of_another(one: int, other: int) -> None:
    found = amount_mentions(f"{format_number(one)}; {amount_in_words(one)}", other)
    assert bool(found) == (one == other)


@pytest.mark.parametrize(
    "text",
    ["mã 1234567.", "1 234 567", "1.234.567", "|1|2|3|4|5|6|7|", "1 2 3 4 5 6 7", "QHNS:1234567"],
)
def test_a_code_is_found_in_one_piece_and_in_boxes(text: str) -> None:
    assert len(code_mentions(text, "1234567")) == 1


@pytest.mark.parametrize("text", ["12345678", "01234567", "123456", "1234576", ""])
def test_another_code_is_not_it(text: str) -> None:
    assert code_mentions(text, "1234567") == []


def test_no_code_is_found_nowhere() -> None:
    assert code_mentions("abc", "") == []


def test_a_snippet_shows_the_words_around_and_its_page() -> None:
    text = "trang một\f" + "a " * 60 + "mã 1234567 của xã" + " b" * 60 + "\ftrang ba"
    (snippet,) = snippets(text, code_mentions(text, "1234567"), around=10)
    assert snippet.page == 2
    assert [(part.text, part.is_hit) for part in snippet.parts] == [
        ("… ", False),
        ("a a a mã ", False),
        ("1234567", True),
        (" của xã b", False),
        (" …", False),
    ]


def test_mentions_close_together_share_a_snippet_but_not_across_pages() -> None:
    text = "24 và 25\f26"
    mentions = [Mention(0, 2), Mention(6, 8), Mention(9, 11)]
    assert [snippet.page for snippet in snippets(text, mentions)] == [1, 2]


def test_mentions_that_overlap_are_marked_once() -> None:
    parts = marked("abcdef", [Mention(1, 3), Mention(2, 4), Mention(5, 6)])
    assert [(part.text, part.is_hit) for part in parts] == [
        ("a", False),
        ("bcd", True),
        ("e", False),
        ("f", True),
    ]


@given(st.text(), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_marking_keeps_the_text(text: str, pairs: list[tuple[int, int]]) -> None:
    ends = [sorted(pair) for pair in pairs if max(pair) <= len(text)]
    parts = marked(text, [Mention(start, end) for start, end in ends])
    assert "".join(part.text for part in parts) == text


def test_the_pages_of_many_mentions_are_counted_in_one_walk() -> None:
    text = f"1234567 {PAGE_END} 1234567 1234567 {PAGE_END}{PAGE_END} 1234567"
    assert pages_of(text, code_mentions(text, "1234567")) == [1, 2, 4]
    assert pages_of(text, []) == []
