"""RULE R10: whole đồng, half up per line, one kind of discount per order."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.pure.errors import Invalid
from capphep.pure.money import (
    MAX_AMOUNT,
    MAX_LINES,
    MAX_UNIT_PRICE,
    Discount,
    DiscountKind,
    LineAmounts,
    OrderAmounts,
    PricedLine,
    TaxRate,
    format_dong,
    format_number,
    order_amounts,
    parse_dong,
)
from capphep.pure.quantities import MAX_QUANTITY

NO_DISCOUNT = Discount(DiscountKind.NONE)

percents = st.decimals(0, 100, places=2)
priced_lines = st.builds(
    PricedLine,
    quantity=st.integers(1, MAX_QUANTITY),
    unit_price=st.integers(0, MAX_UNIT_PRICE),
    tax_rate=st.sampled_from(TaxRate),
    discount_percent=percents,
)
orders = st.lists(priced_lines, max_size=12)


def line(
    unit_price: int, *, quantity: int = 1, tax: TaxRate = TaxRate.EXEMPT, percent: str = "0"
) -> PricedLine:
    return PricedLine(quantity, unit_price, tax, Decimal(percent))


def amount_off(amount: int) -> Discount:
    return Discount(DiscountKind.AMOUNT, amount=amount)


def percent_off(percent: str) -> Discount:
    return Discount(DiscountKind.PERCENT, percent=Decimal(percent))


def refusal_of(lines: list[PricedLine], discount: Discount) -> Invalid:
    with pytest.raises(Invalid) as caught:
        order_amounts(lines, discount)
    return caught.value


def assert_consistent(amounts: OrderAmounts) -> None:
    for part in ("gross", "discount", "net", "tax", "total"):
        assert getattr(amounts, part) == sum(getattr(one, part) for one in amounts.lines)
    every: list[LineAmounts | OrderAmounts] = [*amounts.lines, amounts]
    for one in every:
        assert one.net == one.gross - one.discount
        assert one.total == one.net + one.tax
        assert 0 <= one.discount <= one.gross


def test_an_exempt_line_costs_quantity_times_price() -> None:
    amounts = order_amounts([line(1_200_000, quantity=3)], NO_DISCOUNT)
    only = LineAmounts(gross=3_600_000, discount=0, net=3_600_000, tax=0, total=3_600_000)
    assert amounts == OrderAmounts((only,), 3_600_000, 0, 3_600_000, 0, 3_600_000)


def test_exempt_and_zero_percent_pay_no_tax_and_are_not_the_same() -> None:
    assert TaxRate.EXEMPT.percent == TaxRate.ZERO.percent == 0
    assert TaxRate("KCT") is not TaxRate("0")


@pytest.mark.parametrize(
    ("rate", "percent"), [(TaxRate.FIVE, 5), (TaxRate.EIGHT, 8), (TaxRate.TEN, 10)]
)
def test_a_rate_names_its_percent(rate: TaxRate, percent: int) -> None:
    assert rate.percent == percent


@pytest.mark.parametrize(
    ("net", "tax_rate", "tax"),
    [
        (5, TaxRate.TEN, 1),
        (4, TaxRate.TEN, 0),
        (15, TaxRate.TEN, 2),
        (25, TaxRate.TEN, 3),
        (10, TaxRate.FIVE, 1),
        (9, TaxRate.FIVE, 0),
        (6, TaxRate.EIGHT, 0),
        (7, TaxRate.EIGHT, 1),
    ],
)
def test_the_tax_of_a_line_is_rounded_half_up(net: int, tax_rate: TaxRate, tax: int) -> None:
    assert order_amounts([line(net, tax=tax_rate)], NO_DISCOUNT).tax == tax


def test_tax_is_rounded_per_line_and_not_on_the_sum() -> None:
    amounts = order_amounts([line(5, tax=TaxRate.TEN)] * 3, NO_DISCOUNT)
    assert amounts.tax == 3


def test_tax_is_on_the_net() -> None:
    amounts = order_amounts([line(1_000_000, tax=TaxRate.TEN)], percent_off("10"))
    assert (amounts.net, amounts.tax, amounts.total) == (900_000, 90_000, 990_000)


@pytest.mark.parametrize(
    ("gross", "percent", "discount"),
    [(5, "50", 3), (1, "50", 1), (1, "49.99", 0), (1_000, "12.35", 124), (1_000, "12.34", 123)],
)
def test_a_discount_in_percent_is_rounded_half_up(gross: int, percent: str, discount: int) -> None:
    assert order_amounts([line(gross)], percent_off(percent)).discount == discount


def test_a_line_discount_is_each_lines_own() -> None:
    lines = [line(1_000, percent="10"), line(1_000, percent="25.5"), line(1_000)]
    amounts = order_amounts(lines, Discount(DiscountKind.LINE))
    assert [one.discount for one in amounts.lines] == [100, 255, 0]


@pytest.mark.parametrize("discount", [NO_DISCOUNT, percent_off("10"), amount_off(100)])
def test_a_lines_own_percent_is_ignored_under_every_other_kind(discount: Discount) -> None:
    with_percent = order_amounts([line(1_000, percent="99.999")], discount)
    assert with_percent == order_amounts([line(1_000)], discount)


@pytest.mark.parametrize("kind", [DiscountKind.NONE, DiscountKind.LINE])
def test_the_orders_own_discount_is_ignored_under_every_other_kind(kind: DiscountKind) -> None:
    discount = Discount(kind, percent=Decimal(900), amount=10**15)
    assert order_amounts([line(1_000)], discount).discount == 0


def test_an_amount_off_is_spread_by_largest_remainder_the_earlier_line_first() -> None:
    amounts = order_amounts([line(100)] * 3, amount_off(100))
    assert [one.discount for one in amounts.lines] == [34, 33, 33]


def test_an_amount_off_follows_the_gross_of_the_lines() -> None:
    amounts = order_amounts([line(1), line(2), line(0), line(97)], amount_off(50))
    assert [one.discount for one in amounts.lines] == [1, 1, 0, 48]


def test_an_amount_off_may_be_the_whole_amount() -> None:
    amounts = order_amounts([line(700, tax=TaxRate.TEN), line(300)], amount_off(1_000))
    assert (amounts.net, amounts.total) == (0, 0)


def test_an_amount_off_more_than_the_goods_is_refused() -> None:
    refusal = refusal_of([line(1_500_000)], amount_off(1_500_001))
    assert (refusal.code, refusal.rule) == ("discount_exceeds_amount", "R10")
    assert refusal.field == "discount_amount"
    assert "1.500.001 đ" in str(refusal)


def test_a_negative_amount_off_is_refused() -> None:
    refusal = refusal_of([line(1_000)], amount_off(-1))
    assert (refusal.code, refusal.field) == ("discount_amount_negative", "discount_amount")


def test_an_order_without_lines_amounts_to_nothing() -> None:
    for discount in (NO_DISCOUNT, percent_off("10"), amount_off(0)):
        assert order_amounts([], discount) == OrderAmounts((), 0, 0, 0, 0, 0)


def test_an_amount_off_an_order_of_free_lines_is_refused_unless_zero() -> None:
    assert order_amounts([line(0)], amount_off(0)).total == 0
    assert refusal_of([line(0)], amount_off(1)).code == "discount_exceeds_amount"


@pytest.mark.parametrize("percent", ["-0.01", "100.01", "1000", "NaN", "sNaN", "Infinity"])
def test_a_percent_outside_0_to_100_is_refused(percent: str) -> None:
    refusal = refusal_of([line(1_000)], percent_off(percent))
    assert refusal.code == "discount_percent_out_of_range"
    assert refusal.field == "discount_percent"
    assert percent in str(refusal)


@pytest.mark.parametrize("percent", ["10.005", "0.001", "99.9999", "1E-100000"])
def test_a_percent_of_more_than_two_decimals_is_refused(percent: str) -> None:
    lines = [line(1_000, percent=percent)]
    refusal = refusal_of(lines, Discount(DiscountKind.LINE))
    assert (refusal.code, refusal.field) == ("discount_percent_decimals", "discount_percent")


@pytest.mark.parametrize("percent", ["10.5000", "1E+1", "0", "100", "-0"])
def test_zeros_after_the_second_decimal_are_no_more_decimals(percent: str) -> None:
    amounts = order_amounts([line(1_000)], percent_off(percent))
    assert amounts.discount == int(Decimal(percent) * 10)


@pytest.mark.parametrize("quantity", [0, -1, MAX_QUANTITY + 1])
def test_a_quantity_out_of_range_is_refused(quantity: int) -> None:
    assert refusal_of([line(1_000, quantity=quantity)], NO_DISCOUNT).field == "quantity"


@pytest.mark.parametrize("unit_price", [-1, MAX_UNIT_PRICE + 1])
def test_a_unit_price_out_of_range_is_refused(unit_price: int) -> None:
    refusal = refusal_of([line(unit_price)], NO_DISCOUNT)
    assert (refusal.code, refusal.field) == ("unit_price_out_of_range", "unit_price")


def test_an_order_has_at_most_the_maximum_of_lines() -> None:
    assert order_amounts([line(1)] * MAX_LINES, NO_DISCOUNT).gross == MAX_LINES
    assert refusal_of([line(1)] * (MAX_LINES + 1), NO_DISCOUNT).code == "too_many_lines"


def test_the_largest_order_fits_a_64_bit_column() -> None:
    largest = line(MAX_UNIT_PRICE, quantity=MAX_QUANTITY, tax=TaxRate.TEN)
    amounts = order_amounts([largest] * MAX_LINES, NO_DISCOUNT)
    assert amounts.gross == MAX_AMOUNT
    assert amounts.total < 2**63


@given(orders, percents)
def test_percent_discounts_and_tax_are_exact_arithmetic_rounded_once(
    lines: list[PricedLine], percent: Decimal
) -> None:
    amounts = order_amounts(lines, Discount(DiscountKind.PERCENT, percent=percent))
    assert_consistent(amounts)
    for before, after in zip(lines, amounts.lines, strict=True):
        assert after.gross == before.quantity * before.unit_price
        assert after.discount == half_up(Fraction(percent) / 100 * after.gross)
        assert after.tax == half_up(Fraction(before.tax_rate.percent, 100) * after.net)


@given(orders)
def test_one_percent_on_every_line_is_the_same_as_that_percent_of_the_order(
    lines: list[PricedLine],
) -> None:
    same = [
        PricedLine(one.quantity, one.unit_price, one.tax_rate, Decimal("7.25")) for one in lines
    ]
    by_line = order_amounts(same, Discount(DiscountKind.LINE))
    assert by_line == order_amounts(lines, percent_off("7.25"))


@given(orders)
def test_line_discounts_are_consistent(lines: list[PricedLine]) -> None:
    assert_consistent(order_amounts(lines, Discount(DiscountKind.LINE)))


@given(orders, st.data())
def test_an_amount_off_is_spread_exactly_and_each_part_is_within_one_dong(
    lines: list[PricedLine], data: st.DataObject
) -> None:
    gross = order_amounts(lines, NO_DISCOUNT).gross
    amount = data.draw(st.integers(0, gross))
    amounts = order_amounts(lines, amount_off(amount))
    assert_consistent(amounts)
    assert amounts.discount == amount
    for one in amounts.lines:
        assert gross == 0 or abs(one.discount - Fraction(amount * one.gross, gross)) < 1


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1_000, "1.000"), (1_234_567, "1.234.567"), (-1_234, "-1.234")],
)
def test_numbers_are_grouped_by_points(number: int, text: str) -> None:
    assert format_number(number) == text
    assert format_dong(number) == f"{text} đ"


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("1.234.567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("1\u00a0234\u00a0567 đ", 1_234_567),
        ("1.234.567đ", 1_234_567),
        ("1.234.567 ₫", 1_234_567),
        ("1.234.567 VND", 1_234_567),
        ("1.234.567 VNĐ", 1_234_567),
        ("1.234.567 đồng", 1_234_567),
        ("1234567", 1_234_567),
        (1_234_567, 1_234_567),
        (1_234_567.0, 1_234_567),
        ("0", 0),
        (0.0, 0),
        (MAX_AMOUNT, MAX_AMOUNT),
    ],
)
def test_an_amount_is_read_in_every_usual_writing(raw: str | int | float, amount: int) -> None:
    assert parse_dong(raw) == amount


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "amount_required"),
        (" \u00a0", "amount_required"),
        ("1,5", "amount_not_whole"),
        ("1.5", "amount_not_whole"),
        ("1.234.567,00", "amount_not_whole"),
        ("1,234,567", "amount_not_whole"),
        ("1.23.456", "amount_not_whole"),
        ("0.500", "amount_not_whole"),
        ("đ", "amount_not_whole"),
        ("một triệu", "amount_not_whole"),
        ("1 USD", "amount_not_whole"),
        (1.5, "amount_not_whole"),
        (1.125, "amount_not_whole"),
        (True, "amount_not_whole"),
        (float("nan"), "amount_not_whole"),
        ("-1", "amount_negative"),
        (-5, "amount_negative"),
        (MAX_AMOUNT + 1, "amount_too_large"),
        (1e300, "amount_too_large"),
    ],
)
def test_what_is_no_amount_of_whole_dong_is_refused(raw: str | int | float, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_dong(raw, field="unit_price")
    assert (caught.value.code, caught.value.rule) == (code, "R10")
    assert caught.value.field == "unit_price"
    assert str(caught.value)


@given(st.integers(0, MAX_AMOUNT))
def test_a_written_amount_is_read_back(amount: int) -> None:
    assert parse_dong(format_dong(amount)) == amount
    assert parse_dong(format_number(amount)) == amount


@given(st.text(st.characters()) | st.integers() | st.floats())
def test_any_input_is_an_amount_or_a_refusal(raw: str | int | float) -> None:
    try:
        assert 0 <= parse_dong(raw) <= MAX_AMOUNT
    except Invalid as refusal:
        assert str(refusal)


def half_up(value: Fraction) -> int:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
