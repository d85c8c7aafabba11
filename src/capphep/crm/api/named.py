"""Records that a body names by their codes."""

from __future__ import annotations

from capphep.crm.models import Customer, SalesProject
from capphep.crm.queries.customers import visible_customers
from capphep.crm.queries.former import unit_of_today
from capphep.platform.api import Principal
from capphep.pure.errors import Invalid, gettext_noop


def customer_id_of(principal: Principal, budget_code: str, before: Customer | None = None) -> int:
    """The customer that a sale is for, also by a former code (D3); what stands there may stay.

    Raises Invalid ``customer_unknown``.
    """
    if before is not None and before.budget_code == budget_code:
        return before.pk
    rows = principal.within(visible_customers(principal.actor), customer="pk")
    unmerged = rows.filter(budget_code=budget_code, merged_into=None)
    found = unmerged.first() or unit_of_today(rows, budget_code)
    if found is None:
        message = gettext_noop("There is no such customer.")
        raise Invalid("customer_unknown", message, field="customer")
    return found.pk


def project_id_of(code: str, before: SalesProject | None = None) -> int | None:
    """Raises Invalid ``project_unknown``."""
    if not code:
        return None
    if before is not None and before.code == code:
        return before.pk
    found = SalesProject.objects.filter(code=code).first()
    if found is None:
        message = gettext_noop("There is no such sales project, or it is no longer followed.")
        raise Invalid("project_unknown", message, field="project")
    return found.pk
