"""Two records of one unit become one: what the CRM knows of the one moves to the other (D2)."""

from __future__ import annotations

import datetime

from capphep.crm.actions.duplicates import close_pairs
from capphep.crm.actions.found_by import refresh_found_by
from capphep.crm.models import CodeKind, Contact, Customer, CustomerCode, Opportunity, Order
from capphep.crm.queries.customers import is_descendant
from capphep.platform import audit, versions
from capphep.platform.roles import Actor
from capphep.pure.folding import fold


def move_customer(
    actor: Actor, gone: Customer, kept: Customer, day: datetime.date, reason: str
) -> list[audit.Change]:
    """RULE D2: people, opportunities, orders, units below and former codes of ``gone``.

    Both are locked by the caller, whose action decides whether the actor may. ``gone`` becomes
    inactive and leads to ``kept``, of which its codes are former ones. Returns what to audit.
    """
    _move_units_below(gone, kept)
    Contact.objects.filter(customer=gone).update(customer=kept)
    Opportunity.objects.filter(customer=gone).update(customer=kept)
    Order.objects.filter(customer=gone).update(customer=kept, budget_code=kept.budget_code)
    refresh_found_by([kept])
    CustomerCode.objects.filter(customer=gone).update(customer=kept)
    _keep_codes(actor, gone, kept, day, reason)
    close_pairs(gone, kept)
    before, after = versions.write(
        gone, gone.version, {"is_active": False, "merged_into": kept}, actor
    )
    told = {"customer": str(gone), "reason": reason}
    return [
        audit.Change(gone, "merged_into", before, {**after, "reason": reason}),
        audit.Change(kept, "merged", after=told),
    ]


def _move_units_below(gone: Customer, kept: Customer) -> None:
    """No unit is governed by one below it: where ``kept`` stands below, it comes up."""
    if is_descendant(gone, kept):
        Customer.objects.filter(pk=kept.pk).update(parent=gone.parent_id)
    Customer.objects.filter(parent=gone).exclude(pk=kept.pk).update(parent=kept)
    Customer.objects.filter(successor=gone).exclude(pk=kept.pk).update(successor=kept)
    Customer.objects.filter(pk=kept.pk, successor=gone).update(successor=None)
    Customer.objects.filter(merged_into=gone).update(merged_into=kept)


def _keep_codes(
    actor: Actor, gone: Customer, kept: Customer, day: datetime.date, reason: str
) -> None:
    said = [(CodeKind.BUDGET_CODE, gone.budget_code, gone.budget_code)]
    if gone.tax_code and gone.tax_code != kept.tax_code:
        said.append((CodeKind.TAX_CODE, gone.tax_code, gone.tax_code))
    if fold(gone.name) != fold(kept.name):
        said.append((CodeKind.NAME, gone.name, fold(gone.name)))
    CustomerCode.objects.bulk_create(
        CustomerCode(
            customer=kept,
            kind=kind,
            value=value,
            key=key,
            last_day=day,
            reason=reason,
            created_by_id=actor.pk,
        )
        for kind, value, key in said
    )
