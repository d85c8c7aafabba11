"""A unit's data, changed by an approved request: name, codes, ways to reach it, sector, level."""

from __future__ import annotations

from dataclasses import dataclass, replace

from capphep.crm.actions.customers import sector_of
from capphep.crm.actions.found_by import refresh_found_by
from capphep.crm.actions.records import changes_of
from capphep.crm.customer_rules import check_chapter_level, unit_values
from capphep.crm.events import customer_event
from capphep.crm.keys import FOUND_BY, NAMED_BY, customer_keys
from capphep.crm.models import Customer
from capphep.platform import audit, outbox
from capphep.platform.roles import Actor
from capphep.pure.problems import Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """What may change of a customer; its budget code never does (R11)."""

    name: str
    address: str
    tax_code: str
    chapter_code: str
    phone: str
    email: str
    sector_id: int | None
    level: int


def check_information(customer: Customer, information: Information) -> dict[str, object]:
    """RULE R11: the columns that the information makes. Raises Invalids with every field."""
    problems = Problems()
    values = unit_values(
        name=information.name,
        address=information.address,
        tax_code=information.tax_code,
        chapter_code=information.chapter_code,
        phone=information.phone,
        email=information.email,
        level=information.level,
        level_before=customer.level,
        problems=problems,
    )
    with problems.noted():
        check_chapter_level(str(values["chapter_code"]), information.level)
    with problems.noted():
        values["sector"] = sector_of(information.sector_id)
    problems.raise_any()
    return values


def change_information(
    *, actor: Actor, customer: Customer, information: Information, request_no: str
) -> list[audit.Change]:
    """Write the information to the customer's record, within the caller's transaction.

    The caller's own action decides whether the actor may; ``request_no`` names the request
    that asked for it. Whatever finds the customer by name or code follows. Returns what to
    audit. Raises Invalids.
    """
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    values = check_information(locked, information)
    keys = customer_keys({name: values.get(name, getattr(locked, name)) for name in FOUND_BY})
    changed, changes = changes_of(actor, locked, locked.version, values | keys, "info_changed")
    if changed:
        outbox.enqueue([customer_event("customer.changed", locked)])
    if changed & set(NAMED_BY):
        refresh_found_by([locked])
    named = {"request_no": request_no}
    return [replace(change, after={**change.after, **named}) for change in changes]
