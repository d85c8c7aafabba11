"""The people whom a file names, many customers at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from capphep.crm.actions.bulk_entries import CustomerEntry, Edit
from capphep.crm.actions.bulk_reading import BATCH, Units
from capphep.crm.models import Contact, Customer
from capphep.platform import rows
from capphep.pure.batching import batches
from capphep.pure.folding import fold


def enter_contacts(entries: Sequence[CustomerEntry], units: Units) -> list[Edit]:
    """Enter the people whom nobody knows yet; give those known the position that is said."""
    named = [entry for entry in entries if entry.contact_name]
    known = _contacts([units[entry.budget_code] for entry in named])
    added: list[Contact] = []
    moved: list[Contact] = []
    edits: list[Edit] = []
    for entry in named:
        customer = units[entry.budget_code]
        said = person(entry.contact_name, entry.contact_position)
        contact = known[customer.pk].get(fold(entry.contact_name))
        if contact is None:
            added.append(_contact(customer, entry))
            edits.append(Edit(customer, {}, {"contact": said}, "contact_added"))
        elif entry.contact_position not in ("", contact.position):
            before = person(contact.full_name, contact.position)
            contact.position = entry.contact_position
            moved.append(contact)
            after = person(contact.full_name, contact.position)
            edits.append(Edit(customer, {"contact": before}, {"contact": after}, "contact_edited"))
    rows.insert(added)
    Contact.objects.bulk_update(moved, ["position"], batch_size=BATCH)
    return edits


def _contacts(customers: Sequence[Customer]) -> dict[int, dict[str, Contact]]:
    """The people of each customer by folded name; of two with one name the earlier."""
    found: dict[int, dict[str, Contact]] = defaultdict(dict)
    for batch in batches(customers):
        for contact in Contact.objects.filter(customer__in=batch).order_by("pk"):
            found[contact.customer_id].setdefault(fold(contact.full_name), contact)
    return found


def _contact(customer: Customer, entry: CustomerEntry) -> Contact:
    return Contact(customer=customer, full_name=entry.contact_name, position=entry.contact_position)


def person(name: str, position: str) -> str:
    return " – ".join(part for part in (name, position) if part)
