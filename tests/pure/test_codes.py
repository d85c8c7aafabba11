"""RULE R11: codes are normalised where they can be and refused where they cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.codes import (
    budget_code,
    chapter_code,
    chapter_level,
    email,
    phone,
    tax_code,
    unusual_budget_code,
)
from capphep.pure.errors import Invalid

Raw = str | int | float


def refusal_of(parse: Callable[[Raw], str], raw: Raw) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse(raw)
    assert caught.value.rule == "R11"
    assert str(caught.value)
    return caught.value


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


# Budget code


@pytest.mark.parametrize(
    "raw",
    [
        *("1685439", " 1685439 ", "1.685.439", "168 5439", "168-5439", "168–5439"),
        *("1685439\u200b", "\ufeff1685439", "168\u00a05439", full_width("1685439")),
        *(1685439, 1685439.0),
    ],
)
def test_a_budget_code_is_normalised_to_seven_digits(raw: Raw) -> None:
    assert budget_code(raw) == "1685439"


def test_a_budget_code_keeps_its_leading_zeros() -> None:
    assert budget_code("0000001") == "0000001"


@pytest.mark.parametrize(
    "raw",
    [
        *("", "168543", "16854390", "168543A", "１６８５４３", "١٦٨٥٤٣٩", "1685439,0", "1685439.0"),
        *(168543, 12345.25, 1685439.5, -1685439, float("nan"), float("inf"), True),
    ],
)
def test_what_is_not_seven_digits_is_no_budget_code(raw: Raw) -> None:
    refusal = refusal_of(budget_code, raw)
    assert (refusal.code, refusal.field) == ("budget_code_digits", "budget_code")


def test_a_refused_budget_code_is_quoted_with_what_is_expected() -> None:
    refusal = refusal_of(budget_code, "168543")
    assert str(refusal) == "A budget code is 7 digits; “168543” is not."


@pytest.mark.parametrize(
    ("code", "unusual"),
    [
        *[("0000001", True), ("1685439", False), ("2420747", False), ("3915468", False)],
        *[("4000000", True), ("9999999", True)],
    ],
)
def test_a_budget_code_whose_first_digit_is_outside_1_to_3_is_unusual(
    code: str, unusual: bool
) -> None:
    assert unusual_budget_code(code) is unusual


# Tax code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("0101243150", "0101243150"),
        ("0101 243 150", "0101243150"),
        ("0101.243.150", "0101243150"),
        (full_width("0101243150"), "0101243150"),
        (101243150, "0101243150"),
        (101243150.0, "0101243150"),
        (9935604428, "9935604428"),
        ("0101243150-001", "0101243150-001"),
        ("0101243150001", "0101243150-001"),
        ("0101243150 – 001", "0101243150-001"),
    ],
)
def test_a_tax_code_is_normalised(raw: Raw, code: str) -> None:
    assert tax_code(raw) == code


@pytest.mark.parametrize(
    "raw", ["", "101243150", "01012431500", "010124315000", "0101243150-01", "MST", 1.5, True]
)
def test_a_tax_code_of_another_length_is_refused(raw: Raw) -> None:
    refusal = refusal_of(tax_code, raw)
    assert (refusal.code, refusal.field) == ("tax_code_digits", "tax_code")


@pytest.mark.parametrize("raw", ["0101243151", "0101243105", "0101243151-001", 101243151])
def test_a_tax_code_with_a_wrong_digit_is_refused(raw: Raw) -> None:
    refusal = refusal_of(tax_code, raw)
    assert (refusal.code, refusal.field) == ("tax_code_check", "tax_code")


def test_nine_digits_that_no_tenth_digit_fits_are_no_tax_code() -> None:
    # The weighted sum of nine zeros is 0, and 10 is no digit.
    for last in "0123456789":
        assert refusal_of(tax_code, "000000000" + last).code == "tax_code_check"


@given(st.integers(0, 999_999_999))
def test_at_most_one_tenth_digit_makes_a_tax_code(first_nine: int) -> None:
    candidates = [f"{first_nine:09}{last}" for last in range(10)]
    assert sum(is_accepted(tax_code, code) for code in candidates) <= 1


@given(st.integers(0, 8), st.integers(0, 9))
def test_one_mistyped_digit_is_always_noticed(place: int, digit: int) -> None:
    right = "0101243150"
    typed = right[:place] + str(digit) + right[place + 1 :]
    assert is_accepted(tax_code, typed) is (typed == right)


# Phone


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0989922416", "0989922416"),
        ("0989 922 416", "0989922416"),
        ("0989.922.416", "0989922416"),
        ("0989-922-416", "0989922416"),
        (full_width("0989922416"), "0989922416"),
        ("+84 989 922 416", "0989922416"),
        ("+84 (0) 989 922 416", "0989922416"),
        ("84989922416", "0989922416"),
        ("0084 989 922 416", "0989922416"),
        (full_width("+84989922416"), "0989922416"),
        ("0845678901", "0845678901"),
        ("+84 84 567 8901", "0845678901"),
        (989922416, "0989922416"),
        (989922416.0, "0989922416"),
        (845678901, "0845678901"),
        (84989922416, "0989922416"),
        ("(024) 3795 9595", "02437959595"),
        ("+84 24 3795 9595", "02437959595"),
        (2437959595, "02437959595"),
        ("0243795959", "0243795959"),
    ],
)
def test_a_phone_number_is_normalised_to_its_national_form(raw: Raw, number: str) -> None:
    assert phone(raw) == number


@pytest.mark.parametrize("prefix", ["03", "05", "07", "08", "09"])
def test_the_five_mobile_prefixes_are_accepted(prefix: str) -> None:
    assert phone(f"{prefix}12345678") == f"{prefix}12345678"


@pytest.mark.parametrize(
    "raw",
    [
        *("", "989922416", "098992241", "09899224160", "0123456789", "0412345678", "0612345678"),
        *("0012345678", "024379595", "024379595951", "+1 202 555 0100", "gọi sau", "19001234"),
        *("0989922416 / 0989922417", "٠٩٨٩٩٢٢٤١٦"),
        *(12345, -989922416, 98992241.5, float("nan"), True),
    ],
)
def test_what_is_no_vietnamese_phone_number_is_refused(raw: Raw) -> None:
    refusal = refusal_of(phone, raw)
    assert (refusal.code, refusal.field) == ("phone_digits", "phone")


# E-mail


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("ubndxa@example.vn", "ubndxa@example.vn"),
        (" ubndxa@Example.VN\u00a0", "ubndxa@example.vn"),
        ("\u200bubndxa@example.vn", "ubndxa@example.vn"),
        ("Van.Thu+1@tp.hcm.gov.vn", "Van.Thu+1@tp.hcm.gov.vn"),
        ("o'brien@example.co", "o'brien@example.co"),
        (full_width("a@b.vn"), "a@b.vn"),
        ("a" * 64 + "@example.vn", "a" * 64 + "@example.vn"),
    ],
)
def test_an_email_is_trimmed_and_its_domain_lowered(raw: str, address: str) -> None:
    assert email(raw) == address


@pytest.mark.parametrize(
    "raw",
    [
        *("", "@", "ubndxa", "ubndxa@", "@example.vn", "a@b", "a b@example.vn", "a@exa mple.vn"),
        *("a@@example.vn", "a@b@example.vn", ".a@example.vn", "a.@example.vn", "a..b@example.vn"),
        *("a@-example.vn", "a@example-.vn", "a@example..vn", "a@example.vn.", "a@exam_ple.vn"),
        *("An <a@example.vn>", "a@example.vn, b@example.vn", "thư@example.vn", "a@exämple.vn"),
        *("a" * 65 + "@example.vn", "a@" + "b" * 64 + ".vn", "a@" + "b.c" * 100 + ".vn"),
        *(5, True),
    ],
)
def test_what_can_be_no_email_is_refused(raw: Raw) -> None:
    refusal = refusal_of(email, raw)
    assert (refusal.code, refusal.field) == ("email_form", "email")


# Chapter


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("830", "830"),
        (" 830 ", "830"),
        (full_width("830"), "830"),
        (830, "830"),
        (830.0, "830"),
        ("018", "018"),
        (18, "018"),
        ("001", "001"),
        ("989", "989"),
    ],
)
def test_a_chapter_is_normalised_to_three_digits(raw: Raw, code: str) -> None:
    assert chapter_code(raw) == code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "chapter_code_digits"),
        ("83", "chapter_code_digits"),
        ("8300", "chapter_code_digits"),
        ("C83", "chapter_code_digits"),
        (83.5, "chapter_code_digits"),
        (-83, "chapter_code_digits"),
        ("000", "chapter_code_range"),
        (0, "chapter_code_range"),
        ("990", "chapter_code_range"),
        ("999", "chapter_code_range"),
    ],
)
def test_what_is_no_chapter_is_refused(raw: Raw, code: str) -> None:
    refusal = refusal_of(chapter_code, raw)
    assert (refusal.code, refusal.field) == (code, "chapter_code")


@pytest.mark.parametrize(
    ("chapter", "level"),
    [
        *[("001", 1), ("399", 1), ("400", 2), ("599", 2)],
        *[("600", 3), ("799", 3), ("800", 4), ("805", 4), ("830", 4), ("989", 4)],
    ],
)
def test_a_chapter_belongs_to_a_level(chapter: str, level: int) -> None:
    assert chapter_level(chapter) == level


def test_a_code_that_is_no_chapter_has_no_level() -> None:
    with pytest.raises(Invalid):
        chapter_level("000")


# All of them


@pytest.mark.parametrize("parse", [budget_code, tax_code, phone, email, chapter_code])
@given(raw=st.text(st.characters()) | st.integers() | st.floats())
def test_any_input_is_normalised_once_and_for_all_or_refused(
    parse: Callable[[Raw], str], raw: Raw
) -> None:
    try:
        code = parse(raw)
    except Invalid as refusal:
        assert str(refusal)
    else:
        assert parse(code) == code
        assert code.isascii()


@given(st.from_regex(r"[0-9]{7}", fullmatch=True), st.sampled_from([" ", ".", "-", "\u00a0"]))
def test_a_separator_anywhere_does_not_change_a_code(code: str, separator: str) -> None:
    for place in range(len(code) + 1):
        assert budget_code(code[:place] + separator + code[place:]) == code


def is_accepted(parse: Callable[[Raw], str], raw: Raw) -> bool:
    try:
        parse(raw)
    except Invalid:
        return False
    return True
