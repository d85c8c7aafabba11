"""Orders that were entered by mistake and never used: removed, and told of."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models.deletion import ProtectedError

from capphep.crm.events import order_event
from capphep.crm.models import Order
from capphep.crm.queries.orders import require_own
from capphep.crm.queries.worked_on import orders_worked_on
from capphep.crm.states import LicenceStatus
from capphep.platform import audit, outbox
from capphep.platform.outbox import Event
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Conflict, gettext_noop


@transaction.atomic
def remove_unused_orders(*, actor: Actor, order_ids: Collection[int]) -> int:
    """RULE R13: remove orders for which nothing was ever requested; returns how many.

    Only what an import entered may go like this: the audit trail keeps what it was, and their
    numbers are not given again. Those that are gone are passed over. Raises Forbidden;
    Conflict ``in_use`` where somebody has worked on one, or something refers to it.
    """
    require(actor, Permission.SALE_WRITE)
    rows = Order.objects.select_for_update(of=("self",)).filter(pk__in=order_ids)
    found = list(rows.select_related("product").order_by("pk"))
    for order in found:
        require_own(actor, order)
        if order.licence_status != LicenceStatus.NOT_REQUESTED:
            raise _in_use()
    if orders_worked_on([order.pk for order in found]).exists():
        raise _in_use()
    audit.record(
        actor,
        [
            audit.Change(
                each,
                "import_undone",
                before={"budget_code": each.budget_code, "total": each.total},
            )
            for each in found
        ],
    )
    outbox.enqueue(_removed(each) for each in found)
    try:
        Order.objects.filter(pk__in=[each.pk for each in found]).delete()
    except ProtectedError as error:
        raise _in_use() from error
    return len(found)


def _removed(order: Order) -> Event:
    """With the key by which what is derived knows the order: its row is gone."""
    event = order_event("order.removed", order)
    return Event(
        event.type,
        event.subject,
        {**event.payload, "id": order.pk},
        customer=event.customer,
        product=event.product,
    )


def _in_use() -> Conflict:
    message = gettext_noop("Something was made with one of these orders meanwhile.")
    return Conflict("in_use", message, rule="R13")
