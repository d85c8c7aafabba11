"""The status of a request, moved together with its order's and with what is said about it."""

from __future__ import annotations

from typing import Any

from capphep.crm.actions.orders import move_licence_status
from capphep.crm.models import Order
from capphep.crm.states import LICENCE_STATUS
from capphep.platform import audit
from capphep.platform.moves import move
from capphep.platform.roles import Actor
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import REQUEST_STATUS

_SAID = ("reject_reason",)


def move_request(
    actor: Actor, request: LicenceRequest, verb: str, **changes: Any
) -> list[audit.Change]:
    """Move the request, and its order with it, inside the caller's transaction.

    Returns the entries for the audit trail. Raises Conflict ``wrong_state`` or
    ``changed_meanwhile``.
    """
    before, after = move(request, REQUEST_STATUS, verb, **changes)
    said = {name: value for name, value in changes.items() if name in _SAID}
    moved = [audit.Change(request, verb, {"status": before}, {"status": after, **said})]
    order = request.order
    if order and _concerns(order, verb):
        moved.append(move_licence_status(actor=actor, order=order, verb=verb))
    return moved


def _concerns(order: Order, verb: str) -> bool:
    # Giving up a draft leaves the order as it is; giving up what was returned frees it.
    return verb not in ("discard", "expire") or LICENCE_STATUS.allows(verb, order.licence_status)
