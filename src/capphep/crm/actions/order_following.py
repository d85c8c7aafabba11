"""Orders that were entered by mistake, or given up: out of the way, and taken up again (R13)."""

from __future__ import annotations

from django.db import transaction

from capphep.crm import rules
from capphep.crm.actions.records import write_changes
from capphep.crm.events import order_event
from capphep.crm.models import Order
from capphep.crm.queries.orders import order_for_update, require_own, was_approved
from capphep.platform import outbox
from capphep.platform.roles import Actor, Permission, require


def deactivate_order(*, actor: Actor, order_id: int, seen_version: int) -> bool:
    """RULE R13: *Ngừng theo dõi* instead of deleting. Returns whether it was followed until now.

    A draft of a request stays with it, and is not sent while it is so. Raises NotFound,
    Forbidden; Stale; Conflict ``order_under_way`` (R12), ``order_granted``.
    """
    return _set_active(actor, order_id, seen_version, is_active=False)


def reactivate_order(*, actor: Actor, order_id: int, seen_version: int) -> bool:
    """RULE R13: take the order up again, as it was. Returns whether it was given up until now.

    Raises NotFound, Forbidden, Stale.
    """
    return _set_active(actor, order_id, seen_version, is_active=True)


def _set_active(actor: Actor, order_id: int, seen_version: int, *, is_active: bool) -> bool:
    require(actor, Permission.SALE_WRITE)
    with transaction.atomic():
        order = order_for_update(actor, order_id)
        require_own(actor, order)
        if order.is_active == is_active:
            # Asked for twice: who asks has what they wanted.
            return False
        if not is_active:
            rules.check_may_rest(order.licence_status, was_approved=was_approved(order))
        _write(actor, order, seen_version, is_active=is_active)
    return True


def _write(actor: Actor, order: Order, seen_version: int, *, is_active: bool) -> None:
    verb = "reactivated" if is_active else "deactivated"
    write_changes(actor, order, seen_version, {"is_active": is_active}, verb)
    outbox.enqueue([order_event("order.changed", order)])
