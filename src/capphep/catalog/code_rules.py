"""What codes, prices and terms of the catalogue may look like: read from what was typed.

Files (`imports`) and screens (`actions`) read them alike.
"""

from __future__ import annotations

import datetime
import re
from typing import Final

from capphep.pure.cells import shown, whole_number
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean
from capphep.pure.money import (
    Discount,
    DiscountKind,
    PricedLine,
    TaxRate,
    order_amounts,
    parse_dong,
)
from capphep.pure.months import MAX_MONTHS, term

LONGEST_CODE: Final = 40
LONGEST_SKU: Final = 60
LONGEST_NAME: Final = 100
LONGEST_TEXT: Final = 200
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
SKU: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ANY_DAY: Final = datetime.date(2026, 1, 1)


def code(text: str) -> str:
    """Raises Invalid: required, too_long, bad_code."""
    found = line(text, "code", LONGEST_CODE)
    if not CODE.fullmatch(found):
        message = gettext_noop("A code is lower-case letters, digits, - and _; “%(value)s” is not.")
        raise Invalid("bad_code", message, field="code", params={"value": shown(found)})
    return found


def sku(text: str) -> str:
    """Raises Invalid: required, too_long, bad_code."""
    found = line(text, "sku", LONGEST_SKU)
    if not SKU.fullmatch(found):
        message = gettext_noop("An item code is letters, digits, ., - and _; “%(value)s” is not.")
        raise Invalid("bad_code", message, field="sku", params={"value": shown(found)})
    return found


def line(text: str, field: str, longest: int, *, required: bool = True) -> str:
    """A text on one line, NFC and trimmed. Raises Invalid: required, too_long."""
    found = clean(text)
    if required and not found:
        raise Invalid("required", gettext_noop("Fill in this field."), field=field)
    if len(found) > longest:
        message = gettext_noop("At most %(max)s characters; these are %(value)s.")
        params = {"max": longest, "value": len(found)}
        raise Invalid("too_long", message, field=field, params=params)
    return found


def price(text: str) -> int:
    """RULE R10: whole đồng, 0 to MAX_UNIT_PRICE, as every order checks it."""
    found = parse_dong(text, field="price")
    order_amounts([PricedLine(1, found, TaxRate.EXEMPT)], Discount(DiscountKind.NONE))
    return found


def months(text: str) -> int:
    """RULE R9: whole months, 1 to MAX_MONTHS, as every term checks it."""
    found = whole_number(text)
    if found is None:
        message = gettext_noop("“%(key)s” is a whole number from %(min)s to %(max)s.")
        params = {"key": "months", "min": 1, "max": MAX_MONTHS}
        raise Invalid("months_out_of_range", message, rule="R9", params=params)
    term(_ANY_DAY, found)
    return found
