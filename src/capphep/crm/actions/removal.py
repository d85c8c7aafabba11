"""Customers that were entered by mistake and never used: removed, and told of."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.db.models.deletion import ProtectedError

from capphep.crm.actions.bulk import require_entry
from capphep.crm.events import customer_event
from capphep.crm.models import Contact, Customer, DuplicatePair
from capphep.crm.queries.customers import require_own
from capphep.crm.queries.worked_on import worked_on
from capphep.platform import audit, outbox
from capphep.platform.roles import Actor, Permission, may
from capphep.pure.errors import Conflict, gettext_noop


@transaction.atomic
def remove_unused(*, actor: Actor, customer_ids: Collection[int]) -> int:
    """RULE R13: remove customers that nothing refers to, with their people; returns how many.

    Only what an import entered may go like this: the audit trail keeps what it was. Those that
    are gone are passed over. Raises Forbidden; Conflict ``in_use`` where somebody has worked on
    one, or something refers to it.
    """
    require_entry(actor)
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=customer_ids)
    found = list(rows.select_related("parent", "sector").order_by("pk"))
    if not may(actor, Permission.BULK_ENTER):
        for customer in found:
            require_own(actor, customer)
    keys = [each.pk for each in found]
    if worked_on(keys).exists():
        raise _in_use()
    audit.record(
        actor,
        [audit.Change(each, "import_undone", before={"name": each.name}) for each in found],
    )
    outbox.enqueue(customer_event("customer.removed", each) for each in found)
    Contact.objects.filter(customer__in=keys).delete()
    DuplicatePair.objects.filter(Q(first__in=keys) | Q(second__in=keys)).delete()
    # Those of one batch may govern each other, which would protect them.
    Customer.objects.filter(pk__in=keys).update(parent=None)
    try:
        Customer.objects.filter(pk__in=keys).delete()
    except ProtectedError as error:
        raise _in_use() from error
    return len(found)


def _in_use() -> Conflict:
    message = gettext_noop("Something was made with one of these customers meanwhile.")
    return Conflict("in_use", message, rule="R13")
