"""Data that a licence request learned about a customer, written back to the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from capphep.crm.events import customer_event
from capphep.crm.keys import FOUND_BY, customer_keys
from capphep.crm.models import Contact, Customer
from capphep.crm.queries.customers import may_write
from capphep.platform import audit, rows, versions
from capphep.platform.outbox import Event
from capphep.platform.prepared import prepared
from capphep.platform.roles import Actor
from capphep.pure.folding import fold


@dataclass(frozen=True, slots=True)
class NewContact:
    full_name: str
    position: str
    phone: str
    email: str


def complete_customer(
    *, actor: Actor, customer: Customer, values: Mapping[str, str], contact: NewContact
) -> list[audit.Change]:
    """Fill what the customer record lacks; what it has already stays. Adds the contact if new.

    Runs in the caller's transaction and returns the changes for the audit trail; none
    where the actor may not change the customer.
    """
    if not may_write(actor, customer):
        return []
    changes = []
    missing = {
        name: value for name, value in values.items() if value and not getattr(customer, name)
    }
    if missing:
        said = {name: missing.get(name, getattr(customer, name)) for name in FOUND_BY}
        keys = customer_keys(said)
        before, after = versions.write(customer, customer.version, {**missing, **keys}, actor)
        changes.append(audit.Change(customer, "completed", before, after))
    if contact.full_name and not _knows(customer, contact.full_name):
        added = Contact(
            customer=customer,
            full_name=contact.full_name,
            position=contact.position,
            phone=contact.phone,
            email=contact.email,
        )
        rows.insert([added])
        changes.append(audit.Change(customer, "contact_added", after={"contact": str(added)}))
    return changes


def completed_events(customer: Customer, changes: Sequence[audit.Change]) -> list[Event]:
    """What to announce of it: that the record changed, not whom one reaches there."""
    if not any(change.verb == "completed" for change in changes):
        return []
    return [customer_event("customer.changed", customer)]


def _knows(customer: Customer, full_name: str) -> bool:
    return fold(full_name) in {fold(name) for name in _contacts(customer.pk)}


@prepared
def _contacts(customer_id: int) -> QuerySet[Contact, str]:
    return Contact.objects.filter(customer_id=customer_id).values_list("full_name", flat=True)
