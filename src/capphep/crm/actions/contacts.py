"""Writing the people at a customer; the customer's audit trail tells it (R11, R13)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from capphep.crm.actions.once import created_once
from capphep.crm.customer_rules import ContactInput, contact_values
from capphep.crm.models import Contact, Customer
from capphep.crm.queries.customers import contact_not_found, customer_for_update
from capphep.platform import audit, versions
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.problems import Problems


def add_contact(
    *, actor: Actor, customer_id: int, typed: ContactInput, token: UUID | None = None
) -> Contact:
    """Enter a person at a customer; the form's ``token`` makes it once.

    Raises NotFound, Forbidden; Invalids.
    """
    require(actor, Permission.CUSTOMER_WRITE)
    return created_once(actor, token, Contact, lambda: _added(actor, customer_id, typed))


def _added(actor: Actor, customer_id: int, typed: ContactInput) -> Contact:
    customer = customer_for_update(actor, customer_id)
    values = _checked(typed)
    contact = Contact.objects.create(customer=customer, updated_by_id=actor.pk, **values)
    after = {"contact": described(contact)}
    audit.record(actor, [audit.Change(customer, "contact_added", after=after)])
    return contact


def edit_contact(
    *, actor: Actor, customer_id: int, contact_id: int, seen_version: int, typed: ContactInput
) -> Contact:
    """Change a person's data, or note who no longer works there (R13: inactive, not deleted).

    Raises NotFound, Forbidden; Stale; Invalids.
    """
    require(actor, Permission.CUSTOMER_WRITE)
    with transaction.atomic():
        customer, contact = _locked(actor, customer_id, contact_id)
        if contact.version != seen_version:
            raise versions.Stale
        _write(actor, customer, contact, _checked(typed))
    return contact


def described(contact: Contact) -> str:
    """One line that says all of it, for the customer's audit trail."""
    parts = (contact.full_name, contact.position, contact.phone, contact.email)
    return " · ".join(part for part in parts if part)


def _checked(typed: ContactInput) -> dict[str, object]:
    problems = Problems()
    values = contact_values(typed, problems)
    problems.raise_any()
    return values


def _locked(actor: Actor, customer_id: int, contact_id: int) -> tuple[Customer, Contact]:
    """The customer's row is the lock: its people change one at a time."""
    customer = customer_for_update(actor, customer_id)
    contact = Contact.objects.filter(pk=contact_id, customer=customer).first()
    if contact is None:
        raise contact_not_found()
    return customer, contact


def _write(actor: Actor, customer: Customer, contact: Contact, values: dict[str, object]) -> None:
    """Write what differs; the trail of the customer shows the person before and after."""
    changed = {name: value for name, value in values.items() if getattr(contact, name) != value}
    if not changed:
        return
    verb = "contact_edited"
    if "is_active" in changed:
        verb = "contact_added" if changed["is_active"] else "contact_deactivated"
    before = {"contact": described(contact)}
    versions.write(contact, contact.version, changed, actor)
    after = {"contact": described(contact)}
    audit.record(actor, [audit.Change(customer, verb, before if before != after else {}, after)])
