"""The derived columns by which customers, and what hangs on them, are found, sorted, compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from capphep.crm.duplicate_rules import duplicate_keys
from capphep.crm.models import Customer
from capphep.pure import unit_keys
from capphep.pure.unit_keys import FOUND_BY, NAMED_BY, named_key

__all__ = ["FOUND_BY", "KEYS", "NAMED_BY", "customer_keys", "key_of", "set_keys"]

KEYS: Final = ("search_key", "sort_key", "name_key", "place_key")


def customer_keys(values: Mapping[str, object]) -> dict[str, str]:
    """The derived columns of a customer whose columns `FOUND_BY` have these values."""
    place = (str(values[name]) for name in ("name", "province", "commune"))
    return unit_keys.customer_keys(values) | duplicate_keys(*place)


def key_of(customer: Customer) -> str:
    """What orders and opportunities of the customer are found by, beside their own."""
    return named_key(**{name: getattr(customer, name) for name in NAMED_BY})


def set_keys(customer: Customer) -> None:
    """Derive the customer's keys anew; the caller writes them."""
    for name, key in customer_keys({name: getattr(customer, name) for name in FOUND_BY}).items():
        setattr(customer, name, key)
