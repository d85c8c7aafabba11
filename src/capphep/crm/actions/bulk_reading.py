"""Customers by their budget codes, many at a time: one statement for each batch of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from capphep.crm.models import Customer
from capphep.pure.batching import batches

BATCH: Final = 500
Units = Mapping[str, Customer]
"""Customers by budget code."""


def owners_of(codes: Iterable[str]) -> dict[str, Customer]:
    """The customers with these codes that are there, with nothing but who is in charge."""
    rows_ = Customer.objects.only("budget_code", "owner_id", "team_id")
    found: dict[str, Customer] = {}
    for batch in batches(codes):
        found |= {row.budget_code: row for row in rows_.filter(budget_code__in=batch)}
    return found


def governing_units(codes: Collection[str]) -> dict[str, str | None]:
    """The governing unit's code of each of the customers that exist, and of all above them.

    One statement a batch and level of the hierarchy.
    """
    found: dict[str, str | None] = {}
    wanted = set(codes)
    while wanted:
        level: dict[str, str | None] = {}
        for batch in batches(sorted(wanted)):
            rows = Customer.objects.filter(budget_code__in=batch)
            level.update(rows.values_list("budget_code", "parent__budget_code"))
        found |= level
        wanted = {parent for parent in level.values() if parent} - found.keys()
    return found


def locked(codes: Collection[str]) -> dict[str, Customer]:
    """The customers with these codes, locked in the order of their keys (as edits do)."""
    ids: list[int] = []
    for batch in batches(sorted(codes)):
        ids += Customer.objects.filter(budget_code__in=batch).values_list("pk", flat=True)
    # Orders that are entered meanwhile refer to these rows and need not wait.
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("parent", "sector").order_by("pk")
    found = (row for batch in batches(sorted(ids)) for row in rows.filter(pk__in=batch))
    return {customer.budget_code: customer for customer in found}


def by_code(codes: Collection[str]) -> dict[str, Customer]:
    return {
        customer.budget_code: customer
        for batch in batches(sorted(codes))
        for customer in Customer.objects.filter(budget_code__in=batch)
    }
