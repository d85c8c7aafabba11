"""An amount is spelled out so that it can be read back, and only in one way."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capphep.pure.words import amount_in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (1, "Một đồng"),
        (4, "Bốn đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (20, "Hai mươi đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (99, "Chín mươi chín đồng"),
        (100, "Một trăm đồng"),
        (101, "Một trăm lẻ một đồng"),
        (104, "Một trăm lẻ bốn đồng"),
        (105, "Một trăm lẻ năm đồng"),
        (110, "Một trăm mười đồng"),
        (115, "Một trăm mười lăm đồng"),
        (555, "Năm trăm năm mươi lăm đồng"),
        (1_000, "Một nghìn đồng"),
        (1_005, "Một nghìn không trăm lẻ năm đồng"),
        (1_015, "Một nghìn không trăm mười lăm đồng"),
        (1_050, "Một nghìn không trăm năm mươi đồng"),
        (15_000, "Mười lăm nghìn đồng"),
        (105_000, "Một trăm lẻ năm nghìn đồng"),
        (1_000_000, "Một triệu đồng"),
        (1_000_005, "Một triệu không trăm lẻ năm đồng"),
        (1_005_000, "Một triệu không trăm lẻ năm nghìn đồng"),
        (
            1_234_567,
            "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng",
        ),
        (21_000_000, "Hai mươi mốt triệu đồng"),
        (10**9, "Một tỷ đồng"),
        (10**9 + 5, "Một tỷ không trăm lẻ năm đồng"),
        (10**9 + 5_000_000, "Một tỷ không trăm lẻ năm triệu đồng"),
        (25 * 10**9, "Hai mươi lăm tỷ đồng"),
        (10**12, "Một nghìn tỷ đồng"),
        (10**12 + 10**9, "Một nghìn không trăm lẻ một tỷ đồng"),
        (10**15, "Một triệu tỷ đồng"),
        (10**18, "Một tỷ tỷ đồng"),
        (10**18 + 5 * 10**9, "Một tỷ không trăm lẻ năm tỷ đồng"),
        (10**18 + 1, "Một tỷ tỷ không trăm lẻ một đồng"),
    ],
)
def test_an_amount_reads_as_a_contract_writes_it(amount: int, words: str) -> None:
    assert amount_in_words(amount) == words


def test_a_negative_amount_has_no_words() -> None:
    with pytest.raises(ValueError, match="negative"):
        amount_in_words(-1)


@given(st.integers(0, 10**6) | st.integers(0, 10**10) | st.integers(0, 10**19))
@example(10**18)
@example(10**18 + 10**9)
@example(999_999_999_999_999_999)
def test_the_words_read_back_as_the_amount(amount: int) -> None:
    assert number_read_from(amount_in_words(amount)) == amount


@given(st.integers(0, 10**19))
def test_the_words_begin_with_a_capital_and_are_spaced_once(amount: int) -> None:
    words = amount_in_words(amount)
    assert words == words.capitalize()
    assert words == " ".join(words.split())
    assert words.endswith(" đồng")


# A reader that shares nothing with the writer: it works from left to right, as a person does.

UNITS = {
    word: value
    for value, words in enumerate(
        ("không", "một mốt", "hai", "ba", "bốn tư", "năm lăm", "sáu", "bảy", "tám", "chín")
    )
    for word in words.split()
}


def number_read_from(words: str) -> int:
    *number, unit = words.lower().split()
    assert unit == "đồng"
    total = below_billion = group = unit_seen = 0
    for word in number:
        if word in UNITS:
            group, unit_seen = group + UNITS[word], UNITS[word]
        elif word == "mười":
            group, unit_seen = group + 10, 0
        elif word == "mươi":
            group += unit_seen * 9
        elif word == "trăm":
            group *= 100
        elif word == "nghìn":
            below_billion, group = below_billion + group * 1_000, 0
        elif word == "triệu":
            below_billion, group = below_billion + group * 1_000_000, 0
        elif word == "tỷ":
            total, below_billion, group = (total + below_billion + group) * 10**9, 0, 0
        else:
            assert word == "lẻ", word
    return total + below_billion + group
