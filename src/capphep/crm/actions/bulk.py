"""Many customers at once, as a file brings them: entered, or brought up to what it says.

The number of statements grows with batches of rows, never with single rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from capphep.crm.actions.bulk_edits import edit_many
from capphep.crm.actions.bulk_entries import CustomerEntry
from capphep.crm.actions.bulk_people import enter_contacts, person
from capphep.crm.actions.bulk_reading import BATCH, Units, by_code, locked
from capphep.crm.events import customer_event
from capphep.crm.keys import set_keys
from capphep.crm.models import Customer
from capphep.crm.queries.customers import require_own
from capphep.platform import audit, outbox, rows
from capphep.platform.roles import Actor, Permission, Role, may, require


@dataclass(frozen=True, slots=True)
class Entered:
    created: int
    updated: int
    unchanged: int
    made: Sequence[int]


def enter_customers(*, actor: Actor, entries: Sequence[CustomerEntry]) -> Entered:
    """Enter new customers; bring those there are up to what the entries say of them.

    Each code comes once; each ``parent_code`` is that of a customer or of another entry, and
    no circle of them comes about. What an entry does not say stays as it is. An edit counts
    the version up, so that whoever has the customer's form open is told.

    New ones of a salesperson are in their charge, those of anybody else in the common pool.
    Raises Forbidden, also for a colleague's customer.
    """
    require_entry(actor)
    with transaction.atomic():
        known = locked({entry.budget_code for entry in entries})
        if not may(actor, Permission.BULK_ENTER):
            for customer in known.values():
                require_own(actor, customer)
        new = [entry for entry in entries if entry.budget_code not in known]
        old = [entry for entry in entries if entry.budget_code in known]
        above = {entry.parent_code for entry in entries} - known.keys() - {""}
        units = known | by_code(above)
        created = _create(actor, new, units)
        units |= created
        _set_parents([entry for entry in new if entry.parent_code in created], units)
        enter_contacts(new, units)
        edits = [*edit_many(actor, old, units), *enter_contacts(old, units)]
        edited = {edit.customer.budget_code: edit.customer for edit in edits}
        audit.record(actor, [*_imported(new, units), *(edit.change() for edit in edits)])
        outbox.enqueue(
            customer_event("customer.created", customer) for customer in created.values()
        )
        outbox.enqueue(customer_event("customer.changed", customer) for customer in edited.values())
    made = [customer.pk for customer in created.values()]
    return Entered(len(created), len(edited), len(old) - len(edited), made)


def require_entry(actor: Actor) -> None:
    """Raises Forbidden for who may enter customers neither one by one nor in bulk."""
    if not may(actor, Permission.BULK_ENTER):
        require(actor, Permission.CUSTOMER_WRITE)


def _create(actor: Actor, entries: Sequence[CustomerEntry], units: Units) -> dict[str, Customer]:
    """New customers by code, as yet without those governing units that are new too."""
    sells = actor.role == Role.SALES
    made = [
        Customer(
            budget_code=entry.budget_code,
            owner_id=actor.pk if sells else None,
            team_id=actor.team_id if sells else None,
            updated_by_id=actor.pk,
            parent=units.get(entry.parent_code),
            **{**entry.if_new, **entry.values},
        )
        for entry in entries
    ]
    for customer in made:
        set_keys(customer)
    rows.insert(made)
    return {customer.budget_code: customer for customer in made}


def _set_parents(entries: Sequence[CustomerEntry], units: Units) -> None:
    for entry in entries:
        units[entry.budget_code].parent = units[entry.parent_code]
    customers = [units[entry.budget_code] for entry in entries]
    Customer.objects.bulk_update(customers, ["parent"], batch_size=BATCH)


def _imported(entries: Sequence[CustomerEntry], units: Units) -> Iterator[audit.Change]:
    for entry in entries:
        facts = {
            "budget_code": entry.budget_code,
            **entry.if_new,
            **entry.values,
            "parent": units.get(entry.parent_code),
            "contact": person(entry.contact_name, entry.contact_position),
        }
        said = {name: value for name, value in facts.items() if value not in ("", None)}
        yield audit.Change(units[entry.budget_code], "imported", after=audit.told(said))
