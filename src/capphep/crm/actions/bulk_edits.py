"""Customers that are there, many at once: brought up to what a file says of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from capphep.crm.actions.bulk_entries import CustomerEntry, Edit
from capphep.crm.actions.bulk_reading import BATCH, Units
from capphep.crm.actions.found_by import refresh_found_by
from capphep.crm.keys import KEYS, NAMED_BY, set_keys
from capphep.crm.models import Customer
from capphep.platform.roles import Actor


def edit_many(actor: Actor, entries: Sequence[CustomerEntry], units: Units) -> list[Edit]:
    """Write what the entries say otherwise. The rows are locked since they were read."""
    compared = [_compared(entry, units) for entry in entries]
    edits = [edit for edit in compared if edit.after]
    for edit in edits:
        _apply(actor, edit)
    customers = [edit.customer for edit in edits]
    columns = {name for edit in edits for name in edit.after}
    columns |= {*KEYS, "version", "updated_at", "updated_by"}
    Customer.objects.bulk_update(customers, sorted(columns), batch_size=BATCH)
    refresh_found_by([edit.customer for edit in edits if edit.after.keys() & set(NAMED_BY)])
    return edits


def _compared(entry: CustomerEntry, units: Units) -> Edit:
    customer, said = units[entry.budget_code], dict(entry.values)
    if entry.parent_code:
        said["parent"] = units[entry.parent_code]
    after = {name: value for name, value in said.items() if getattr(customer, name) != value}
    return Edit(customer, {name: getattr(customer, name) for name in after}, after)


def _apply(actor: Actor, edit: Edit) -> None:
    customer = edit.customer
    for name, value in edit.after.items():
        setattr(customer, name, value)
    set_keys(customer)
    customer.version += 1
    customer.updated_at = timezone.now()
    customer.updated_by_id = actor.pk
