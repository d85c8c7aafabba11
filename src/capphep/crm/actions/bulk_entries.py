"""What a file says of a customer, and what becomes different by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from capphep.crm.models import Customer
from capphep.platform import audit


@dataclass(frozen=True, slots=True)
class CustomerEntry:
    """A customer as a file gives it: only what it says, checked and normalised (R11).

    ``values`` are columns of `Customer`, ``if_new`` those that a new one needs beside them.
    """

    budget_code: str
    values: Mapping[str, Any]
    if_new: Mapping[str, Any] = field(default_factory=dict)
    parent_code: str = ""
    contact_name: str = ""
    contact_position: str = ""
    not_same_as: frozenset[str] = frozenset()
    """RULE D1: budget codes of customers that look like it and are other units."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes different about a customer: its columns, or a person (``verb``)."""

    customer: Customer
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    verb: str = "edited"

    def change(self) -> audit.Change:
        return audit.Change(
            self.customer, self.verb, audit.told(self.before), audit.told(self.after)
        )
