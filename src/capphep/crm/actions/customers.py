"""Writing customers (R11, R13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from capphep.crm.actions.code_lock import hold_codes
from capphep.crm.actions.contacts import described
from capphep.crm.actions.duplicates import check_alike, note_pairs
from capphep.crm.actions.found_by import refresh_found_by
from capphep.crm.actions.once import created_once
from capphep.crm.actions.records import record_created, write_changes
from capphep.crm.customer_rules import (
    ContactInput,
    CustomerInput,
    contact_values,
    customer_values,
)
from capphep.crm.duplicate_rules import NOTHING_SEEN, Confirmed
from capphep.crm.events import customer_event
from capphep.crm.keys import NAMED_BY, customer_keys
from capphep.crm.models import CodeKind, Contact, Customer, CustomerCode, Sector
from capphep.crm.queries.customers import (
    customer_for_update,
    is_descendant,
    lock_in_order,
    visible_customers,
)
from capphep.crm.rules import at_field
from capphep.platform import outbox, versions
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, Invalids, gettext_noop
from capphep.pure.problems import Problems


def create_customer(
    *,
    actor: Actor,
    typed: CustomerInput,
    contact: ContactInput | None = None,
    token: UUID | None = None,
    confirmed: Confirmed = NOTHING_SEEN,
) -> Customer:
    """Enter a customer, with a first person there; it belongs to the salesperson and their team.

    ``token`` is the form's own: sent twice, it enters one customer. Raises Forbidden;
    Invalids with every field that has to change (R11: budget_code_taken among them; those of
    the person are ``contact_name``, ``contact_phone``, …); `PossibleDuplicates` (D1) unless
    the person ``confirmed`` that those are other units.
    """
    require(actor, Permission.CUSTOMER_WRITE)
    return created_once(actor, token, Customer, lambda: _entered(actor, typed, contact, confirmed))


def _entered(
    actor: Actor, typed: CustomerInput, contact: ContactInput | None, confirmed: Confirmed
) -> Customer:
    problems = Problems()
    person = _checked_contact(contact, problems) if contact else None
    values = _checked(actor, typed, None, problems)
    alike = check_alike(values, None, confirmed)
    customer = Customer(owner_id=actor.pk, team_id=actor.team_id, updated_by_id=actor.pk, **values)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError:
        raise_taken(actor, customer.budget_code)
        raise
    if person is not None:
        first = Contact.objects.create(customer=customer, updated_by_id=actor.pk, **person)
        values["contact"] = described(first)
    note_pairs(actor, customer, alike, confirmed)
    record_created(actor, customer, values)
    outbox.enqueue([customer_event("customer.created", customer)])
    return customer


def edit_customer(
    *,
    actor: Actor,
    customer_id: int,
    seen_version: int,
    typed: CustomerInput,
    confirmed: Confirmed = NOTHING_SEEN,
) -> Customer:
    """Change a customer. What its orders and opportunities are found by follows its name.

    Raises NotFound, Forbidden; Stale; Invalids (R11: budget_code_fixed);
    `PossibleDuplicates` (D1) where it comes to look like another customer.
    """
    require(actor, Permission.CUSTOMER_WRITE)
    with transaction.atomic():
        if typed.parent_id is not None:
            lock_in_order(customer_id, typed.parent_id)
        customer = customer_for_update(actor, customer_id)
        if customer.version != seen_version:
            raise versions.Stale
        values = _checked(actor, typed, customer, Problems())
        alike = check_alike(values, customer, confirmed)
        note_pairs(actor, customer, alike, confirmed)
        changed = _write(actor, customer, values)
        if changed & set(NAMED_BY):
            refresh_found_by([customer])
    return customer


def deactivate_customer(*, actor: Actor, customer_id: int) -> Customer:
    """RULE R13: *Ngừng theo dõi* instead of deleting. Raises NotFound, Forbidden."""
    return _set_active(actor, customer_id, is_active=False)


def reactivate_customer(*, actor: Actor, customer_id: int) -> Customer:
    """RULE R13: follow the customer again. Raises NotFound, Forbidden."""
    return _set_active(actor, customer_id, is_active=True)


def _set_active(actor: Actor, customer_id: int, *, is_active: bool) -> Customer:
    require(actor, Permission.CUSTOMER_WRITE)
    with transaction.atomic():
        customer = customer_for_update(actor, customer_id)
        verb = "reactivated" if is_active else "deactivated"
        _write(actor, customer, {"is_active": is_active}, verb)
    return customer


def _write(
    actor: Actor, customer: Customer, values: dict[str, Any], verb: str = "edited"
) -> set[str]:
    changed = write_changes(actor, customer, customer.version, values, verb)
    if changed:
        outbox.enqueue([customer_event("customer.changed", customer)])
    return changed


def _checked(
    actor: Actor, typed: CustomerInput, before: Customer | None, problems: Problems
) -> dict[str, Any]:
    """The columns of a valid customer; ``before`` is what stands there already.

    Raises Invalids with what was noted before and what is found here.
    """
    values: dict[str, Any] = customer_values(
        typed,
        problems,
        level_before=before.level if before else None,
        province_before=before.province if before else "",
    )
    with problems.noted():
        values["sector"] = sector_of(typed.sector_id)
    with problems.noted():
        values["parent"] = _parent(actor, typed.parent_id, before)
    with problems.noted():
        _check_budget_code(actor, str(values.get("budget_code", "")), before)
    problems.raise_any()
    return values | customer_keys(values)


def _checked_contact(typed: ContactInput, problems: Problems) -> dict[str, object]:
    """The first person's columns; on the customer's form their fields have names of their own."""
    own = Problems()
    values = contact_values(typed, own)
    for refusal in own.refusals:
        name = "name" if refusal.field == "full_name" else refusal.field
        problems.add(at_field(refusal, f"contact_{name}"))
    return values


def _check_budget_code(actor: Actor, code: str, before: Customer | None) -> None:
    """RULE R11: a code is unique for life, and changes by an action of its own, which knows all
    that copies it. Raises budget_code_fixed, budget_code_taken."""
    if not code or (before is not None and before.budget_code == code):
        return
    if before is not None:
        message = gettext_noop(
            "A budget code is changed by “Change budget code…”, with its reason."
        )
        raise Invalid("budget_code_fixed", message, rule="R11", field="budget_code")
    hold_codes(code)
    raise_taken(actor, code)


def raise_taken(actor: Actor, code: str) -> None:
    """Raises Invalids budget_code_taken when a customer has the code; names it to who may know."""
    former = CustomerCode.objects.filter(kind=CodeKind.BUDGET_CODE, key=code)
    for had in former.select_related("customer"):
        raise Invalids([_former(code, had.customer, actor)])
    if not Customer.objects.filter(budget_code=code).exists():
        return
    known = visible_customers(actor).filter(budget_code=code).first()
    message = gettext_noop("The budget code %(code)s belongs to a customer of another team.")
    if known is not None:
        message = gettext_noop("The budget code %(code)s belongs to the customer “%(name)s”.")
    params = {"code": code, "name": known.name if known else ""}
    taken = Invalid("budget_code_taken", message, rule="R11", field="budget_code", params=params)
    raise Invalids([taken])


def _former(code: str, customer: Customer, actor: Actor) -> Invalid:
    """RULE R11: a former code is never anybody else's."""
    message = gettext_noop("%(code)s is a former code of a customer of another team.")
    if visible_customers(actor).filter(pk=customer.pk).exists():
        message = gettext_noop("%(code)s is a former code of “%(name)s”.")
    params = {"code": code, "name": customer.name}
    return Invalid("budget_code_taken", message, rule="R11", field="budget_code", params=params)


def sector_of(sector_id: int | None) -> Sector | None:
    if sector_id is None:
        return None
    found = Sector.objects.filter(pk=sector_id).first()
    if found is None:
        raise Invalid("sector_unknown", gettext_noop("There is no such sector."), field="sector")
    return found


def _parent(actor: Actor, parent_id: int | None, before: Customer | None) -> Customer | None:
    """A unit that the actor may know of, or the one that stands there already."""
    if parent_id is None:
        return None
    if before is not None and before.parent_id == parent_id:
        return before.parent
    found = visible_customers(actor).filter(pk=parent_id).first()
    if found is None:
        message = gettext_noop("There is no such customer.")
        raise Invalid("parent_unknown", message, field="parent")
    if before is not None and is_descendant(before, found):
        message = gettext_noop("A unit cannot be governed by itself or by one below it.")
        raise Invalid("parent_below", message, field="parent")
    return found
