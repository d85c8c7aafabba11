"""The rules of an order by example, each with the input that it names."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from capphep.crm import rules
from capphep.crm.rules import LineInput
from capphep.crm.states import LicenceStatus
from capphep.pure.errors import Conflict, Invalid, Invalids

TODAY = datetime.date(2026, 11, 25)


def refusal_of(call: Callable[[], object]) -> Invalid:
    with pytest.raises(Invalid) as caught:
        call()
    return caught.value


def test_an_order_needs_a_line() -> None:
    refusal = refusal_of(lambda: rules.check_line_count(0))
    assert (refusal.code, refusal.field) == ("lines_required", "lines")


def test_an_order_has_at_most_500_lines() -> None:
    rules.check_line_count(500)
    refusal = refusal_of(lambda: rules.check_line_count(501))
    assert (refusal.code, refusal.rule, refusal.field) == ("too_many_lines", "R10", "lines")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "quantity_required"),
        ("0", "quantity_too_small"),
        ("-1", "quantity_too_small"),
        ("1,5", "quantity_not_whole"),
        ("1.5", "quantity_not_whole"),
        ("1000000000000", "quantity_too_large"),
        ("ba", "quantity_not_whole"),
    ],
)
def test_a_wrong_quantity_names_its_row_and_column(typed: str, code: str) -> None:
    with pytest.raises(Invalids) as caught:
        rules.line_numbers(3, LineInput(1, typed), with_discount=False)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.field) == (code, "lines-3-quantity")


def test_a_row_says_all_that_is_wrong_with_it() -> None:
    with pytest.raises(Invalids) as caught:
        rules.line_numbers(2, LineInput(1, "0", "101"), with_discount=True)
    assert [refusal.field for refusal in caught.value.refusals] == [
        "lines-2-quantity",
        "lines-2-discount_percent",
    ]


def test_a_rows_discount_counts_only_where_the_order_has_one_by_line() -> None:
    line = LineInput(1, "1.000", "nonsense")
    assert rules.line_numbers(1, line, with_discount=False) == rules.LineNumbers(1000, Decimal(0))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", "0"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("100", "100"),
        (" 5 % ", "5"),
        ("０,25", "0.25"),
    ],
)
def test_a_percent_is_read_as_people_write_it(typed: str, value: str) -> None:
    assert rules.parse_percent(typed) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("năm", "discount_percent_form"),
        ("1_0", "discount_percent_form"),
        ("nan", "discount_percent_form"),
        ("1e1", "discount_percent_form"),
        ("-1", "discount_percent_out_of_range"),
        ("100,01", "discount_percent_out_of_range"),
        ("0,001", "discount_percent_decimals"),
    ],
)
def test_a_wrong_percent_is_refused(typed: str, code: str) -> None:
    refusal = refusal_of(lambda: rules.parse_percent(typed))
    assert (refusal.code, refusal.rule, refusal.field) == (code, "R10", "discount_percent")


def test_an_item_stands_in_one_row_only() -> None:
    refusals = rules.repeated_items([7, 8, 7, 7])
    assert [refusal.field for refusal in refusals] == ["lines-3-item", "lines-4-item"]
    assert {refusal.params["row"] for refusal in refusals} == {1}


def test_an_order_is_for_one_product() -> None:
    refusals = rules.one_product({1: "iGOV", 2: "iHOS", 3: "iGOV"})
    assert [(refusal.code, refusal.field) for refusal in refusals] == [
        ("one_product", "lines-2-item")
    ]


@pytest.mark.parametrize("status", [LicenceStatus.PENDING, LicenceStatus.APPROVED])
def test_a_sent_order_is_frozen(status: str) -> None:
    with pytest.raises(Conflict) as caught:
        rules.check_not_frozen(status)
    assert (caught.value.code, caught.value.rule) == ("order_frozen", "R12")


@pytest.mark.parametrize(
    "status", [LicenceStatus.NOT_REQUESTED, LicenceStatus.REJECTED, LicenceStatus.REVOKED]
)
def test_other_orders_are_not(status: str) -> None:
    rules.check_not_frozen(status)


@pytest.mark.parametrize("day", [datetime.date(2000, 1, 1), TODAY, datetime.date(2027, 11, 26)])
def test_an_order_may_be_dated_from_2000_to_a_year_ahead(day: datetime.date) -> None:
    rules.check_order_day(day, TODAY)


@pytest.mark.parametrize("day", [datetime.date(1999, 12, 31), datetime.date(2027, 11, 27)])
def test_other_days_are_refused(day: datetime.date) -> None:
    refusal = refusal_of(lambda: rules.check_order_day(day, TODAY))
    assert (refusal.code, refusal.field) == ("order_day_out_of_range", "ordered_on")


def test_the_search_key_knows_no_accents() -> None:
    key = rules.order_search_key("DH-2026-000001", "HĐ 12", "1234567 ubnd xa dong hai")
    assert key == "dh-2026-000001 hd 12 1234567 ubnd xa dong hai"
