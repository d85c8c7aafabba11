"""What makes an order a valid one: plain values in, refusals out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from capphep.crm.states import FROZEN, LicenceStatus
from capphep.pure.cells import Raw, cell_text, shown
from capphep.pure.errors import Conflict, Invalid, Refusal, gettext_noop
from capphep.pure.folding import fold
from capphep.pure.money import MAX_LINES
from capphep.pure.problems import Problems
from capphep.pure.problems import at_field as at_field
from capphep.pure.quantities import parse_quantity

FIRST_ORDER_DAY = datetime.date(2000, 1, 1)
_FURTHEST_ORDER_DAY = datetime.timedelta(days=366)
_PERCENT = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class LineInput:
    """One row of goods as it was typed. ``discount_percent`` counts under DiscountKind.LINE."""

    item_id: int
    quantity: Raw
    discount_percent: Raw | Decimal = 0


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """The numbers that a row of goods says."""

    quantity: int
    discount_percent: Decimal


def line_field(position: int, column: str) -> str:
    """The name of an input of the goods grid; rows count from 1: ``lines-3-quantity``."""
    return f"lines-{position}-{column}"


def check_line_count(count: int) -> None:
    """RULE R10: an order has 1 to MAX_LINES lines. Raises lines_required, too_many_lines."""
    if count < 1:
        raise Invalid("lines_required", gettext_noop("Choose at least one item."), field="lines")
    if count > MAX_LINES:
        raise Invalid(
            "too_many_lines",
            gettext_noop("An order has at most %(max)s lines; this one has %(count)s."),
            rule="R10",
            field="lines",
            params={"max": MAX_LINES, "count": count},
        )


def line_numbers(position: int, line: LineInput, *, with_discount: bool) -> LineNumbers:
    """RULE R10: read one row's quantity and, where it counts, its own discount.

    Raises Invalids that name the row's inputs, with the codes of `parse_quantity` and
    `parse_percent`.
    """
    problems, quantity, percent = Problems(), 0, Decimal(0)
    with problems.noted(field=line_field(position, "quantity")):
        quantity = parse_quantity(line.quantity)
    if with_discount:
        with problems.noted():
            percent = parse_percent(
                line.discount_percent, field=line_field(position, "discount_percent")
            )
    problems.raise_any()
    return LineNumbers(quantity, percent)


def parse_percent(raw: Raw | Decimal, *, field: str = "discount_percent") -> Decimal:
    """RULE R10: a discount of 0 to 100 percent with at most two decimals; nothing typed is 0.

    Both "12,5" and "12.5" are twelve and a half: a percent has no thousands to group.

    Raises Invalid: discount_percent_form, discount_percent_out_of_range,
    discount_percent_decimals.
    """
    text = str(raw) if isinstance(raw, Decimal) else cell_text(raw)
    text = text.removesuffix("%").strip().replace(",", ".")
    if not _PERCENT.fullmatch(text or "0"):
        message = gettext_noop("A discount in percent is a number, as 12,5; “%(value)s” is not.")
        raise _percent_refused("discount_percent_form", message, raw, field)
    value = Decimal(text or "0")
    if not 0 <= value <= 100:
        message = gettext_noop("A discount is between 0 and 100 percent; %(value)s is outside.")
        raise _percent_refused("discount_percent_out_of_range", message, raw, field)
    if value != value.quantize(Decimal("0.01")):
        message = gettext_noop(
            "A discount in percent has at most two decimals; %(value)s has more."
        )
        raise _percent_refused("discount_percent_decimals", message, raw, field)
    return value.quantize(Decimal("0.01"))


def repeated_items(item_ids: Sequence[int]) -> list[Refusal]:
    """An item stands in one row only: a refusal ``item_twice`` for each later row."""
    first: dict[int, int] = {}
    refusals: list[Refusal] = []
    for position, item_id in enumerate(item_ids, 1):
        if item_id in first:
            refusals.append(
                Invalid(
                    "item_twice",
                    gettext_noop("This item already stands in row %(row)s; change its quantity."),
                    field=line_field(position, "item"),
                    params={"row": first[item_id]},
                )
            )
        first.setdefault(item_id, position)
    return refusals


def one_product(products: Mapping[int, str]) -> list[Refusal]:
    """An order is for one product: a refusal ``one_product`` for each row of another one.

    ``products`` maps the row to the name of its product, in the order of the rows.
    """
    first = next(iter(products.values()), "")
    return [
        Invalid(
            "one_product",
            gettext_noop("An order is for one product: this is %(product)s, the first %(first)s."),
            field=line_field(position, "item"),
            params={"product": product, "first": first},
        )
        for position, product in products.items()
        if product != first
    ]


def check_order_day(day: datetime.date, today: datetime.date) -> None:
    """An order is dated from 2000 to a year ahead. Raises Invalid order_day_out_of_range."""
    if not FIRST_ORDER_DAY <= day <= today + _FURTHEST_ORDER_DAY:
        raise Invalid(
            "order_day_out_of_range",
            gettext_noop("The order date %(day)s cannot be right."),
            field="ordered_on",
            params={"day": f"{day:%d/%m/%Y}"},
        )


@dataclass(frozen=True, slots=True)
class Ownership:
    """RULE R8: what a customer has of one product, seen from a day.

    ``until`` is the last day of what is in force on the day, ``begins_on`` the first day
    of what begins later, ``ended_on`` the last day of what is over; None for nothing.
    """

    until: datetime.date | None = None
    begins_on: datetime.date | None = None
    ended_on: datetime.date | None = None


def ownership(
    spans: Iterable[tuple[datetime.date, datetime.date]], day: datetime.date
) -> Ownership:
    """RULE R8: what spans of days, first and last included, mean on the day."""
    found = list(spans)
    return Ownership(
        until=max((last for first, last in found if first <= day <= last), default=None),
        begins_on=min((first for first, _ in found if first > day), default=None),
        ended_on=max((last for _, last in found if last < day), default=None),
    )


def check_not_frozen(licence_status: str) -> None:
    """RULE R12: what was sent stays as it was sent. Raises Conflict order_frozen."""
    if licence_status in FROZEN:
        raise Conflict(
            "order_frozen",
            gettext_noop(
                "The licence request of this order waits or is approved: customer, goods and "
                "discount are locked. “Recall the request” unlocks the order while it waits."
            ),
            rule="R12",
        )


def check_may_rest(licence_status: str, *, was_approved: bool) -> None:
    """RULE R12, R13: whether an order may be one that nobody follows any more.

    Raises Conflict ``order_under_way`` while its request waits or is to be mended,
    ``order_granted`` where something was ever granted under it.
    """
    if was_approved or licence_status in (LicenceStatus.APPROVED, LicenceStatus.REVOKED):
        message = gettext_noop("Licences were granted under this order: it stays as it is.")
        raise Conflict("order_granted", message, rule="R13")
    if licence_status == LicenceStatus.PENDING:
        message = gettext_noop("The licence request of this order waits: recall it first.")
        raise Conflict("order_under_way", message, rule="R12")
    if licence_status == LicenceStatus.RETURNED:
        message = gettext_noop(
            "The licence request of this order was returned for changes: discard it first."
        )
        raise Conflict("order_under_way", message, rule="R12")


def check_followed(*, is_active: bool) -> None:
    """RULE R13: nothing goes on with an order that is given up. Raises Conflict order_inactive."""
    if not is_active:
        message = gettext_noop("This order is no longer followed: follow it again first.")
        raise Conflict("order_inactive", message, rule="R13")


def is_frozen(licence_status: str) -> bool:
    """RULE R12: whether customer, goods and discount of the order are locked."""
    return licence_status in FROZEN


def order_search_key(order_no: str, contract_no: str, customer_key: str) -> str:
    """What one search box finds an order by, without accents; ``customer_key`` is `named_key`."""
    return f"{fold(f'{order_no} {contract_no}')} {customer_key}"


def _percent_refused(code: str, message: str, raw: Raw | Decimal, field: str) -> Invalid:
    value = str(raw) if isinstance(raw, Decimal) else shown(raw)
    return Invalid(code, message, rule="R10", field=field, params={"value": value})
