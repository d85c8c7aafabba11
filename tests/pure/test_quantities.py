"""A quantity is a whole number, however a person or a spreadsheet writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.errors import Invalid
from capphep.pure.quantities import MAX_QUANTITY, parse_quantity


def refusal_of(raw: str | int | float) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse_quantity(raw)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (1, 1),
        (3.0, 3),
        ("50", 50),
        (" 50 ", 50),
        ("0050", 50),
        ("1.000", 1_000),
        ("1 000", 1_000),
        ("1\u00a0000", 1_000),
        ("1.000.000", 1_000_000),
        ("５０", 50),
        (MAX_QUANTITY, MAX_QUANTITY),
    ],
)
def test_a_whole_number_is_read_in_every_usual_writing(
    raw: str | int | float, expected: int
) -> None:
    assert parse_quantity(raw) == expected


@pytest.mark.parametrize("raw", ["", "   ", "\u200b"])
def test_an_empty_quantity_is_asked_for(raw: str) -> None:
    assert refusal_of(raw).code == "quantity_required"


@pytest.mark.parametrize(
    "raw",
    [
        *("1,5", "1.5", "1.50", "1,000", "1.0000", "10.00", "1000.000", "0.500", "1.000 000"),
        *(".000", "1.", "1..000", "abc", "5 bộ", "1e3", "+5", "--1", "٣", "²"),
        *(1.5, 1.125, float("nan"), float("inf"), True, False),
    ],
)
def test_what_is_not_a_whole_number_is_refused(raw: str | float) -> None:
    assert refusal_of(raw).code == "quantity_not_whole"


@pytest.mark.parametrize("raw", [0, -1, "0", "-1", "−1", "-1.000", 0.0, -0.0, -3.0])
def test_less_than_one_is_refused(raw: str | int | float) -> None:
    assert refusal_of(raw).code == "quantity_too_small"


@pytest.mark.parametrize("raw", [MAX_QUANTITY + 1, "1.000.001", 10**12, 1e300, "9" * 300])
def test_more_than_the_maximum_is_refused(raw: str | int | float) -> None:
    assert refusal_of(raw).code == "quantity_too_large"


def test_a_text_of_any_length_is_refused_and_quoted_briefly() -> None:
    refusal = refusal_of("9" * 100_000)
    assert refusal.code == "quantity_not_whole"
    assert len(str(refusal)) < 100


@pytest.mark.parametrize(
    ("raw", "quoted"),
    [(1.125, "“1,125”"), (0.1, "“0,1”"), (-3.0, "“-3”"), ("1.50", "“1.50”"), (True, "“True”")],
)
def test_a_refused_number_is_quoted_with_a_decimal_comma(
    raw: str | int | float, quoted: str
) -> None:
    assert quoted in str(refusal_of(raw))


def test_a_refusal_names_the_field_and_quotes_the_value() -> None:
    refusal = refusal_of("1,5")
    assert refusal.field == "quantity"
    assert str(refusal) == "A quantity is a whole number; “1,5” is not one."


@given(st.integers(1, MAX_QUANTITY))
def test_every_quantity_is_read_back_from_each_of_its_writings(quantity: int) -> None:
    grouped = f"{quantity:,}"
    writings = (quantity, float(quantity), str(quantity))
    assert {parse_quantity(raw) for raw in writings} == {quantity}
    assert parse_quantity(grouped.replace(",", ".")) == quantity
    assert parse_quantity(grouped.replace(",", " ")) == quantity


@given(st.text(st.characters()) | st.integers() | st.floats())
def test_anything_else_is_refused_and_never_breaks(raw: str | int | float) -> None:
    try:
        assert 1 <= parse_quantity(raw) <= MAX_QUANTITY
    except Invalid as refusal:
        assert str(refusal)
