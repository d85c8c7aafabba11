"""Many customers at once, as a file brings them: entered, or brought up to what it says.

The number of statements grows with batches of rows, never with single rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from capphep.crm import rules
from capphep.crm.events import customer_event
from capphep.crm.keys import KEYS, NAMED_BY, key_of, set_keys
from capphep.crm.models import Contact, Customer, Opportunity, Order
from capphep.crm.queries.customers import require_own
from capphep.crm.sales_rules import opportunity_search_key
from capphep.platform import audit, outbox, rows
from capphep.platform.roles import Actor, Permission, Role, may, require
from capphep.pure.folding import fold

BATCH: Final = 500
T = TypeVar("T")
Units = Mapping[str, Customer]
"""Customers by budget code."""


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
class Entered:
    created: int
    updated: int
    unchanged: int
    made: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Edit:
    """What becomes different about a customer: its columns, or a person (``verb``)."""

    customer: Customer
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    verb: str = "edited"

    def change(self) -> audit.Change:
        return audit.Change(self.customer, self.verb, _names(self.before), _names(self.after))


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
        known = _locked({entry.budget_code for entry in entries})
        if not may(actor, Permission.BULK_ENTER):
            for customer in known.values():
                require_own(actor, customer)
        new = [entry for entry in entries if entry.budget_code not in known]
        old = [entry for entry in entries if entry.budget_code in known]
        above = {entry.parent_code for entry in entries} - known.keys() - {""}
        units = known | _by_code(above)
        created = _create(actor, new, units)
        units |= created
        _set_parents([entry for entry in new if entry.parent_code in created], units)
        _enter_contacts(new, units)
        edits = [*_edit(actor, old, units), *_enter_contacts(old, units)]
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


def batches(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


# --- reading -----------------------------------------------------------------------------------


def _locked(codes: Collection[str]) -> dict[str, Customer]:
    """The customers with these codes, locked in the order of their keys (as edits do)."""
    ids: list[int] = []
    for batch in batches(sorted(codes)):
        ids += Customer.objects.filter(budget_code__in=batch).values_list("pk", flat=True)
    # Orders that are entered meanwhile refer to these rows and need not wait.
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("parent", "sector").order_by("pk")
    found = (row for batch in batches(sorted(ids)) for row in rows.filter(pk__in=batch))
    return {customer.budget_code: customer for customer in found}


def _by_code(codes: Collection[str]) -> dict[str, Customer]:
    return {
        customer.budget_code: customer
        for batch in batches(sorted(codes))
        for customer in Customer.objects.filter(budget_code__in=batch)
    }


# --- new customers -----------------------------------------------------------------------------


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
            "contact": _person(entry.contact_name, entry.contact_position),
        }
        said = {name: value for name, value in facts.items() if value not in ("", None)}
        yield audit.Change(units[entry.budget_code], "imported", after=_names(said))


# --- customers that are there ------------------------------------------------------------------


def _edit(actor: Actor, entries: Sequence[CustomerEntry], units: Units) -> list[_Edit]:
    """Write what the entries say otherwise. The rows are locked since they were read."""
    compared = [_compared(entry, units) for entry in entries]
    edits = [edit for edit in compared if edit.after]
    for edit in edits:
        _apply(actor, edit)
    customers = [edit.customer for edit in edits]
    columns = {name for edit in edits for name in edit.after}
    columns |= {*KEYS, "version", "updated_at", "updated_by"}
    Customer.objects.bulk_update(customers, sorted(columns), batch_size=BATCH)
    _refresh_found_by([edit.customer for edit in edits if edit.after.keys() & set(NAMED_BY)])
    return edits


def _compared(entry: CustomerEntry, units: Units) -> _Edit:
    customer, said = units[entry.budget_code], dict(entry.values)
    if entry.parent_code:
        said["parent"] = units[entry.parent_code]
    after = {name: value for name, value in said.items() if getattr(customer, name) != value}
    return _Edit(customer, {name: getattr(customer, name) for name in after}, after)


def _apply(actor: Actor, edit: _Edit) -> None:
    customer = edit.customer
    for name, value in edit.after.items():
        setattr(customer, name, value)
    set_keys(customer)
    customer.version += 1
    customer.updated_at = timezone.now()
    customer.updated_by_id = actor.pk


def _refresh_found_by(renamed: Sequence[Customer]) -> None:
    """Let opportunities and orders be found by the present names of their customers."""
    for batch in batches(renamed):
        opportunities = list(
            Opportunity.objects.filter(customer__in=batch).select_related("customer")
        )
        for one in opportunities:
            one.search_key = opportunity_search_key(one.name, key_of(one.customer))
        Opportunity.objects.bulk_update(opportunities, ["search_key"], batch_size=BATCH)
        orders = list(Order.objects.filter(customer__in=batch).select_related("customer"))
        for order in orders:
            order.search_key = rules.order_search_key(
                order.order_no, order.contract_no, key_of(order.customer)
            )
        Order.objects.bulk_update(orders, ["search_key"], batch_size=BATCH)


# --- people ------------------------------------------------------------------------------------


def _enter_contacts(entries: Sequence[CustomerEntry], units: Units) -> list[_Edit]:
    """Enter the people whom nobody knows yet; give those known the position that is said."""
    named = [entry for entry in entries if entry.contact_name]
    known = _contacts([units[entry.budget_code] for entry in named])
    added: list[Contact] = []
    moved: list[Contact] = []
    edits: list[_Edit] = []
    for entry in named:
        customer = units[entry.budget_code]
        said = _person(entry.contact_name, entry.contact_position)
        contact = known[customer.pk].get(fold(entry.contact_name))
        if contact is None:
            added.append(_contact(customer, entry))
            edits.append(_Edit(customer, {}, {"contact": said}, "contact_added"))
        elif entry.contact_position not in ("", contact.position):
            before = _person(contact.full_name, contact.position)
            contact.position = entry.contact_position
            moved.append(contact)
            after = _person(contact.full_name, contact.position)
            edits.append(_Edit(customer, {"contact": before}, {"contact": after}, "contact_edited"))
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


def _person(name: str, position: str) -> str:
    return " – ".join(part for part in (name, position) if part)


# --- what is told of it ------------------------------------------------------------------------


def _names(values: Mapping[str, Any]) -> dict[str, object]:
    """Records become their names: the audit trail is read by people, years later."""
    return {
        name: str(value) if isinstance(value, Model) else value for name, value in values.items()
    }
