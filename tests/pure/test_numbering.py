"""How document numbers are written."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.numbering import is_pattern, number_in, series_of, written

DAY = datetime.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("pattern", "number", "series"),
    [
        ("DH-{year}-{n:6}", "DH-2026-000017", "DH-2026"),
        ("HN.{yy}.{n:4}", "HN.26.0017", "HN.26"),
        ("LIC{n:8}", "LIC00000017", "LIC"),
    ],
)
def test_a_number_is_written_and_read(pattern: str, number: str, series: str) -> None:
    assert is_pattern(pattern)
    assert (written(pattern, DAY, 17), series_of(pattern, DAY)) == (number, series)
    assert number_in(pattern, DAY, number) == 17


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "DH", "{n:6}", "dh-{n:6}", "DH/{year}/{n:6}", "DH-{n:2}", "DH-{n:6}-X"),
        *("DH-{day}{n:6}", "DH-{year}-{year}-{n:6}", "ABCDEFGHIJKL-{year}-{n:6}"),
        *("Đ-{n:6}", "DH-{n:6}{n:6}"),
    ],
)
def test_what_is_no_pattern_is_known(pattern: str) -> None:
    assert not is_pattern(pattern)


@given(st.integers(1, 9_999_999), st.integers(1, 9_999_999))
def test_two_numbers_of_a_series_differ(one: int, other: int) -> None:
    texts = {written("DH-{year}-{n:6}", DAY, number) for number in (one, other)}
    assert len(texts) == len({one, other})


@pytest.mark.parametrize("text", ["", "DH-2025-000001", "DH-2026-17", "DH-2026-00000x", "000001"])
def test_other_texts_are_no_numbers_of_it(text: str) -> None:
    assert number_in("DH-{year}-{n:6}", DAY, text) is None
