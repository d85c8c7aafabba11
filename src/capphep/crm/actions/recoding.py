"""A unit gets another budget code: what the CRM knows follows, what was decided stays (R11, D3)."""

from __future__ import annotations

import datetime

from capphep.crm.actions.code_lock import hold_codes
from capphep.crm.actions.customers import raise_taken
from capphep.crm.actions.found_by import refresh_found_by
from capphep.crm.keys import FOUND_BY, customer_keys
from capphep.crm.models import CodeKind, Customer, CustomerCode, Order
from capphep.crm.states import LicenceStatus
from capphep.platform import audit, versions
from capphep.platform.roles import Actor
from capphep.pure.errors import Invalid, gettext_noop


def give_code(
    actor: Actor, customer: Customer, code: str, day: datetime.date, reason: str, *, is_kept: bool
) -> audit.Change:
    """RULE D3: ``code`` is the unit's from the local day on; the one before is a former one of it.

    It is free: no customer has it, no other unit had it; the unit itself may have had it. Orders
    that are not approved follow. ``is_kept`` is False for a code that was only mistyped. The caller
    holds the customer's lock and decides whether the actor may. Raises Invalid
    ``budget_code_same``, Invalids ``budget_code_taken``.
    """
    before = customer.budget_code
    if code == before:
        message = gettext_noop("The unit has this budget code already.")
        raise Invalid("budget_code_same", message, rule="R11", field="budget_code")
    hold_codes(before, code)
    own = CustomerCode.objects.filter(customer=customer, kind=CodeKind.BUDGET_CODE)
    # A code that is used again is no former one any more; the audit trail tells both changes.
    own.filter(value=code).delete()
    raise_taken(actor, code)
    if is_kept:
        own.create(
            customer=customer,
            kind=CodeKind.BUDGET_CODE,
            value=before,
            key=before,
            last_day=day - datetime.timedelta(days=1),
            reason=reason,
            created_by_id=actor.pk,
        )
    found_by = {name: getattr(customer, name) for name in FOUND_BY} | {"budget_code": code}
    values = {"budget_code": code, **customer_keys(found_by)}
    versions.write(customer, customer.version, values, actor)
    orders = Order.objects.filter(customer=customer)
    orders.exclude(licence_status=LicenceStatus.APPROVED).update(budget_code=code)
    refresh_found_by([customer])
    said = {"budget_code": code, "effective_on": day, "reason": reason}
    return audit.Change(customer, "code_changed", {"budget_code": before}, said)
