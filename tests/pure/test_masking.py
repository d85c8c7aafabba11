"""Phones and e-mails as those see them who need not know them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.masking import masked_email, masked_phone, masked_within


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("0912345612", "09** *** *12"),
        ("0912 345 612", "09** *** *12"),
        ("02253123456", "02** *** **56"),
        ("1234567", "12** *67"),
        ("113", "***"),
        ("", ""),
        (" ", ""),
    ],
)
def test_of_a_phone_the_ends_are_left(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [("nam@example.vn", "n***@…"), ("không", "k***@…"), ("", "")],
)
def test_of_an_email_the_first_letter_is_left(email: str, shown: str) -> None:
    assert masked_email(email) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "Nguyễn Văn Nam · Kế toán · 0912345612 · nam@example.vn",
            "Nguyễn Văn Nam · Kế toán · 09** *** *12 · n***@…",
        ),
        ("Nam · 02253123456", "Nam · 02** *** **56"),
        ("UBND Xã số 1, quyết định 1234567890123", "UBND Xã số 1, quyết định 1234567890123"),
    ],
)
def test_a_line_that_says_all_of_a_person_keeps_the_name(line: str, shown: str) -> None:
    assert masked_within(line) == shown


@given(st.from_regex(r"0[0-9]{9}", fullmatch=True))
def test_six_digits_of_a_phone_are_hidden(phone: str) -> None:
    assert masked_phone(phone).count("*") == 6
