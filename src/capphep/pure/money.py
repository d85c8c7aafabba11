"""Money in whole đồng: discounts, tax and totals of an order, and how amounts are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from capphep.pure.cells import Raw, cell_text, shown, whole_number
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.quantities import MAX_QUANTITY, parse_quantity

MAX_UNIT_PRICE = 1_000_000_000
MAX_LINES = 500
MAX_AMOUNT = MAX_UNIT_PRICE * MAX_QUANTITY * MAX_LINES

_HUNDREDTH = Decimal("0.01")
_CURRENCY = re.compile(r" ?(?:đồng|vnđ|vnd|đ|d|₫)$", re.IGNORECASE)


class TaxRate(StrEnum):
    """The VAT rate of an item. EXEMPT (KCT) is outside VAT and is not the same as ZERO."""

    EXEMPT = "KCT"
    ZERO = "0"
    FIVE = "5"
    EIGHT = "8"
    TEN = "10"

    @property
    def percent(self) -> int:
        """The rate in whole percent; 0 where no tax applies."""
        return 0 if self is TaxRate.EXEMPT else int(self.value)


class DiscountKind(StrEnum):
    """The one kind of discount that an order has."""

    NONE = "none"
    LINE = "line"
    PERCENT = "percent"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line before calculation. ``unit_price`` is in whole đồng, before discount and tax.

    ``discount_percent`` counts only under DiscountKind.LINE.
    """

    quantity: int
    unit_price: int
    tax_rate: TaxRate
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Discount:
    """The discount of a whole order.

    ``percent`` counts only under DiscountKind.PERCENT, ``amount`` (whole đồng) only
    under DiscountKind.AMOUNT.
    """

    kind: DiscountKind
    percent: Decimal = Decimal(0)
    amount: int = 0


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The amounts of one line in whole đồng: net = gross - discount, total = net + tax."""

    gross: int
    discount: int
    net: int
    tax: int
    total: int


@dataclass(frozen=True, slots=True)
class OrderAmounts:
    """The amounts of an order in whole đồng: each is exactly the sum over its lines."""

    lines: tuple[LineAmounts, ...]
    gross: int
    discount: int
    net: int
    tax: int
    total: int


def order_amounts(lines: Sequence[PricedLine], discount: Discount) -> OrderAmounts:
    """RULE R10: whole đồng, each line's discount and tax rounded half up, one kind of discount.

    LINE takes each line's own percent, PERCENT the same percent off every line. AMOUNT is
    spread over the lines in proportion to their gross by largest remainder (of equal
    remainders the earlier line first), so that the parts add up to it exactly. The tax of
    a line is on its net.

    Raises Invalid: too_many_lines, unit_price_out_of_range, the codes of `parse_quantity`,
    discount_percent_out_of_range, discount_percent_decimals, discount_amount_negative,
    discount_exceeds_amount.
    """
    _check_lines(lines)
    grosses = [line.quantity * line.unit_price for line in lines]
    discounts = _discounts(lines, grosses, discount)
    amounts = tuple(
        _line_amounts(gross, off, line.tax_rate)
        for line, gross, off in zip(lines, grosses, discounts, strict=True)
    )
    return OrderAmounts(
        lines=amounts,
        gross=sum(line.gross for line in amounts),
        discount=sum(line.discount for line in amounts),
        net=sum(line.net for line in amounts),
        tax=sum(line.tax for line in amounts),
        total=sum(line.total for line in amounts),
    )


def format_number(n: int) -> str:
    """Return the whole number the Vietnamese way: 1234567 is "1.234.567"."""
    return f"{n:,}".replace(",", ".")


def format_dong(n: int) -> str:
    """Return the amount the Vietnamese way, with its unit: 1234567 is "1.234.567 đ"."""
    return f"{format_number(n)} đ"


def parse_dong(raw: Raw, *, field: str = "amount") -> int:
    """RULE R10: return the whole đồng, 0 to MAX_AMOUNT, that a person typed or a cell holds.

    Accepts Vietnamese grouping ("1.234.567", "1 234 567"), the units đ, đồng, ₫ and VND
    after the number, and whole floats. ``field`` is the input that a refusal names.

    Raises Invalid: amount_required, amount_not_whole, amount_negative, amount_too_large.
    """
    text = cell_text(raw)
    if not text:
        raise Invalid("amount_required", gettext_noop("Enter an amount."), rule="R10", field=field)
    amount = whole_number(_CURRENCY.sub("", text))
    if amount is None:
        message = gettext_noop("An amount is in whole đồng, as 1.500.000; “%(value)s” is not.")
        raise _amount_refused("amount_not_whole", message, raw, field)
    if amount < 0:
        message = gettext_noop("An amount is not negative; “%(value)s” is.")
        raise _amount_refused("amount_negative", message, raw, field)
    if amount > MAX_AMOUNT:
        message = gettext_noop("The amount “%(value)s” is too large.")
        raise _amount_refused("amount_too_large", message, raw, field)
    return amount


def _amount_refused(code: str, message: str, raw: Raw, field: str) -> Invalid:
    return Invalid(code, message, rule="R10", field=field, params={"value": shown(raw)})


def _check_lines(lines: Sequence[PricedLine]) -> None:
    if len(lines) > MAX_LINES:
        raise Invalid(
            "too_many_lines",
            gettext_noop("An order has at most %(max)s lines; this one has %(value)s."),
            rule="R10",
            field="lines",
            params={"value": len(lines), "max": MAX_LINES},
        )
    for line in lines:
        parse_quantity(line.quantity)
        _check_unit_price(line.unit_price)


def _check_unit_price(unit_price: int) -> None:
    if not 0 <= unit_price <= MAX_UNIT_PRICE:
        raise Invalid(
            "unit_price_out_of_range",
            gettext_noop("A unit price is 0 to %(max)s đồng; %(value)s is outside."),
            rule="R10",
            field="unit_price",
            params={"value": unit_price, "max": MAX_UNIT_PRICE},
        )


def _discounts(
    lines: Sequence[PricedLine], grosses: Sequence[int], discount: Discount
) -> list[int]:
    match discount.kind:
        case DiscountKind.NONE:
            return [0] * len(grosses)
        case DiscountKind.LINE:
            percents = [line.discount_percent for line in lines]
        case DiscountKind.PERCENT:
            percents = [discount.percent] * len(grosses)
        case DiscountKind.AMOUNT:
            return _spread(discount.amount, grosses)
    return [
        _half_up(gross * _hundredths(percent), 100_00)
        for gross, percent in zip(grosses, percents, strict=True)
    ]


def _hundredths(percent: Decimal) -> int:
    """Return the percent in hundredths of a percent, 0 to 10 000."""
    if not (percent.is_finite() and 0 <= percent <= 100):
        raise Invalid(
            "discount_percent_out_of_range",
            gettext_noop("A discount is between 0 and 100 percent; %(value)s is outside."),
            rule="R10",
            field="discount_percent",
            params={"value": percent},
        )
    rounded = percent.quantize(_HUNDREDTH)
    if rounded != percent:
        raise Invalid(
            "discount_percent_decimals",
            gettext_noop("A discount in percent has at most two decimals; %(value)s has more."),
            rule="R10",
            field="discount_percent",
            params={"value": percent},
        )
    return int(rounded * 100)


def _spread(amount: int, grosses: Sequence[int]) -> list[int]:
    """Return the parts of the amount in proportion to the grosses, by largest remainder."""
    whole = sum(grosses)
    check_discount_amount(amount, whole)
    if amount == 0:
        return [0] * len(grosses)
    parts, remainders = zip(*(divmod(amount * gross, whole) for gross in grosses), strict=True)
    by_remainder = sorted(range(len(grosses)), key=lambda index: -remainders[index])
    rounded_up = set(by_remainder[: amount - sum(parts)])
    return [part + (index in rounded_up) for index, part in enumerate(parts)]


def check_discount_amount(amount: int, gross: int) -> None:
    """RULE R10: an amount off the order is 0 to the gross of its lines, both in whole đồng.

    Raises Invalid: discount_amount_negative, discount_exceeds_amount.
    """
    if amount < 0:
        raise Invalid(
            "discount_amount_negative",
            gettext_noop("A discount is not negative; %(value)s is."),
            rule="R10",
            field="discount_amount",
            params={"value": format_dong(amount)},
        )
    if amount > gross:
        raise Invalid(
            "discount_exceeds_amount",
            gettext_noop("The discount of %(value)s exceeds the amount of the goods, %(gross)s."),
            rule="R10",
            field="discount_amount",
            params={"value": format_dong(amount), "gross": format_dong(gross)},
        )


def _line_amounts(gross: int, discount: int, tax_rate: TaxRate) -> LineAmounts:
    net = gross - discount
    tax = _half_up(net * tax_rate.percent, 100)
    return LineAmounts(gross=gross, discount=discount, net=net, tax=tax, total=net + tax)


def _half_up(numerator: int, denominator: int) -> int:
    """Return the quotient of two non-negative numbers, rounded half up, in exact integers."""
    return (2 * numerator + denominator) // (2 * denominator)
