"""Quantities: how many of an item are ordered, how many of a resource are granted."""

from __future__ import annotations

from capphep.pure.cells import Raw, cell_text, shown, whole_number
from capphep.pure.errors import Invalid, gettext_noop

MAX_QUANTITY = 1_000_000


def parse_quantity(raw: Raw) -> int:
    """Return the whole number, 1 to MAX_QUANTITY, that a person typed or a cell holds.

    Accepts Vietnamese thousands grouping ("1.000", "1 000") and whole floats (3.0).

    Raises Invalid: quantity_required, quantity_not_whole, quantity_too_small,
    quantity_too_large.
    """
    text = cell_text(raw)
    if not text:
        raise Invalid(
            "quantity_required",
            gettext_noop("Enter a quantity."),
            field="quantity",
        )
    number = whole_number(text)
    if number is None:
        raise Invalid(
            "quantity_not_whole",
            gettext_noop("A quantity is a whole number; “%(value)s” is not one."),
            field="quantity",
            params={"value": shown(raw)},
        )
    return _within_range(number, raw)


def _within_range(number: int, raw: Raw) -> int:
    if number < 1:
        raise Invalid(
            "quantity_too_small",
            gettext_noop("A quantity is at least 1; “%(value)s” is less."),
            field="quantity",
            params={"value": shown(raw)},
        )
    if number > MAX_QUANTITY:
        raise Invalid(
            "quantity_too_large",
            gettext_noop("A quantity is at most %(max)s; “%(value)s” is more."),
            field="quantity",
            params={"value": shown(raw), "max": MAX_QUANTITY},
        )
    return number
