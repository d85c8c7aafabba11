"""Text is stored in one form and found without accents."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.folding import clean, fold

VIETNAMESE = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
vietnamese_text = st.text(VIETNAMESE + VIETNAMESE.upper() + " ")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  UBND   Xã Thới Hưng ", "UBND Xã Thới Hưng"),
        ("UBND\u00a0Xã\tThới\r\nHưng", "UBND Xã Thới Hưng"),
        ("UBND\u2003Xã", "UBND Xã"),
        ("\ufeffUBND X\u200bã\u200d", "UBND Xã"),
        ("UBND\x00 X\x07ã", "UBND Xã"),
        ("UBND Xã\ud800", "UBND Xã"),
        (" \u00a0\u200b ", ""),
        ("", ""),
    ],
)
def test_cleaning_collapses_white_space_and_drops_what_nobody_sees(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_cleaning_composes_decomposed_text() -> None:
    assert clean(unicodedata.normalize("NFD", "Đặng Thị Thuở")) == "Đặng Thị Thuở"


def test_cleaning_composes_over_an_invisible_character() -> None:
    assert clean("e\u200b\u0301") == "é"


@given(st.text(st.characters()))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters()))
def test_clean_text_can_always_be_stored(text: str) -> None:
    stored = clean(text)
    stored.encode("utf-8")
    assert "\x00" not in stored
    assert "  " not in stored
    assert stored == stored.strip()
    assert unicodedata.is_normalized("NFC", stored)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("UBND Xã Thới Hưng", "ubnd xa thoi hung"),
        ("Đặng Đình Đỗ", "dang dinh do"),
        ("đường", "duong"),
        ("  Trường   TH&THCS\u00a0Gia Lộc ", "truong th&thcs gia loc"),
        ("Phòng Văn hóa - Xã hội", "phong van hoa - xa hoi"),
        ("Ðồng Tháp", "dong thap"),
        ("", ""),
    ],
)
def test_the_search_key_has_no_accents_and_no_stroke(text: str, key: str) -> None:
    assert fold(text) == key


def test_the_old_and_the_new_place_of_a_tone_mark_have_one_key() -> None:
    assert fold("Hòa Bình") == fold("Hoà Bình")


@given(vietnamese_text)
def test_composed_and_decomposed_text_have_one_key(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert fold(decomposed) == fold(text)


@given(vietnamese_text)
def test_upper_and_lower_case_have_one_key(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower())


@given(vietnamese_text)
def test_the_key_of_vietnamese_text_is_ascii(text: str) -> None:
    assert fold(text).isascii()


@given(st.text(st.characters()))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters()))
def test_cleaning_first_does_not_change_the_key(text: str) -> None:
    assert fold(clean(text)) == fold(text)
