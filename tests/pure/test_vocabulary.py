"""Short and full names of public bodies, old provinces, and Vietnamese order."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.collation import vietnamese_key
from capphep.pure.errors import Invalid
from capphep.pure.folding import fold, words_of
from capphep.pure.provinces import MERGED, PROVINCES, other_names, province
from capphep.pure.unit_keys import named_key
from capphep.pure.vocabulary import _FORMS, other_words

LETTERS = "aàảãáạăằâầbcdđeêghiklmnoôơpqrstuưvxy AĂÂĐÊÔƠƯ 0123456789 .-&/"
names = st.text(LETTERS, max_size=40)


def is_found(name: str, asked: str, province: str = "") -> bool:
    """As the word indexes decide it: every word, the last one a prefix."""
    key = words_of(named_key(budget_code="1234567", name=name, province=province))
    *whole, last = words_of(asked)
    return all(word in key for word in whole) and any(word.startswith(last) for word in key)


@given(names)
def test_words_are_folded_and_folding_first_changes_nothing(text: str) -> None:
    assert words_of(fold(text)) == words_of(text)
    assert "".join(words_of(text)).isascii()


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("UBND Xã Đông Hải", "ủy ban nhân dân xã đông hải"),
        ("Ủy ban nhân dân Xã Đông Hải", "ubnd x. đông hải"),
        ("Trường Tiểu học Lê Lợi", "TH Lê Lợi"),
        ("TH&THCS Lê Lợi", "trường tiểu học và trung học cơ sở lê lợi".replace(" và", "")),
        ("Trường THPT Chu Văn An", "trung học phổ thông chu văn an"),
        ("MN Hoa Sen", "trường mầm non hoa sen"),
        ("Trạm Y tế Phường 5", "TYT P5"),
        ("TYT P.5", "trạm y tế phường 5"),
        ("Phòng GD&ĐT Q.1", "giáo dục và đào tạo quận 1"),
        ("TT Y tế", "trung tâm y tế"),
        ("TT. Đông Anh", "thị trấn đông anh"),
        ("UBND TP.HCM", "thành phố hồ chí minh"),
    ],
)
def test_short_and_full_forms_find_each_other(name: str, asked: str) -> None:
    assert is_found(name, asked)


@given(names, st.sampled_from(_FORMS), names)
def test_either_form_finds_the_other_among_any_words(
    before: str, form: tuple[str, str, str], after: str
) -> None:
    short, long, _full = form
    assert is_found(f"{before} {short} {after}", long)
    assert is_found(f"{before} {long} {after}", short)


@given(names)
def test_other_words_are_none_of_its_own(text: str) -> None:
    assert not set(other_words(text)) & set(words_of(text))


def test_old_provinces_went_into_those_there_are() -> None:
    assert len(set(PROVINCES)) == 34
    assert set(MERGED) <= {name.removeprefix("Thành phố ") for name in PROVINCES}
    olds = [old for group in MERGED.values() for old in group]
    # 63 went into 34; Huế is the one that only changed its name.
    assert len(olds) == len(set(olds)) == 63 - 34 + 1
    for new, group in MERGED.items():
        assert other_names(f"Thành phố {new}") == group
        assert all(other_names(f"Tỉnh {old}") == (new,) for old in group)
    assert other_names("Hà Nội") == other_names("") == ()


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("TP. Huế", "Thành phố Huế"),
        ("TP Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
        ("tp.hcm", "Thành phố Hồ Chí Minh"),
        ("TPHCM", "Thành phố Hồ Chí Minh"),
        ("T.P. Đà Nẵng", "Thành phố Đà Nẵng"),
        ("Tỉnh Thanh Hoá", "Thanh Hóa"),
        ("tay ninh", "Tây Ninh"),
        ("Tỉnh Bình Dương", "Bình Dương"),
        ("Bà Rịa–Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        (" ", ""),
    ],
)
def test_a_province_is_stored_by_its_official_name_and_an_old_one_stays(
    written: str, stored: str
) -> None:
    assert province(written) == stored
    assert province(stored) == stored


@pytest.mark.parametrize(
    ("written", "near"),
    [("Thái Nguyễn 2", "Thái Nguyên"), ("Hà Nôi city", "Thành phố Hà Nội"), ("Atlantis", "")],
)
def test_what_is_no_province_is_refused_with_the_one_that_is_near(written: str, near: str) -> None:
    with pytest.raises(Invalid) as refused:
        province(written)
    assert (refused.value.code, refused.value.rule) == ("province_unknown", "R11")
    assert refused.value.params["near"] == near


@given(st.text(max_size=30))
def test_any_text_is_a_province_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert province(text) in {
            "",
            *PROVINCES,
            *(old for olds in MERGED.values() for old in olds),
        }


def test_a_customer_is_found_by_the_old_and_the_new_name_of_its_province() -> None:
    assert is_found("UBND Xã Đông Hải", "dong hai vinh phuc", province="Phú Thọ")
    assert is_found("UBND Xã Đông Hải", "đông hải phú thọ", province="Vĩnh Phúc")


def test_names_stand_in_vietnamese_order() -> None:
    ordered = [
        *("An Giang", "Ăn", "Ân Thi", "Ba", "Bà", "Bả", "Bã", "Bá", "Bạ", "Dĩ An", "Dương"),
        *("Đà Nẵng", "Đắk Lắk", "Đông", "Hoa Lư", "Hòa Bình", "Hóa", "Ông", "Số 2", "Số 10"),
        *("Ơn", "Ua", "Ưa"),
    ]
    ordered.sort(key=lambda name: "aăâbcdđeêghiklmnoôơpqrstuưvxy".index(name[0].lower()))
    assert sorted(set(ordered), key=vietnamese_key) == ordered


@given(names, names)
def test_the_sort_key_is_digits_and_a_beginning_comes_first(text: str, more: str) -> None:
    key = vietnamese_key(text)
    assert not key or (key.isascii() and key.isdecimal())
    assert vietnamese_key(text.upper()) == key
    assert vietnamese_key(f"{text} {more}") >= key
