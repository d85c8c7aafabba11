"""The status of a request, moved together with its order's, its round and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capphep.crm.actions.orders import move_licence_status
from capphep.crm.models import Order
from capphep.crm.states import LICENCE_STATUS
from capphep.platform import audit
from capphep.platform.moves import move
from capphep.platform.roles import Actor
from capphep.provisioning.actions.rounds import (
    OUTCOMES,
    Answer,
    close_round,
    open_round,
    parts_of,
)
from capphep.provisioning.contents import Content
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import REQUEST_STATUS

_SAID = ("reject_reason",)


def move_request(
    actor: Actor,
    request: LicenceRequest,
    verb: str,
    *,
    content: Content | None = None,
    answer: Answer | None = None,
    **changes: Any,
) -> list[audit.Change]:
    """Move the request, its order and its round with it, inside the caller's transaction.

    Sending opens a round with ``content`` (read where it is not given); what ends the
    waiting closes it with ``answer``. Returns the entries for the audit trail. Raises
    Conflict ``wrong_state`` or ``changed_meanwhile``.
    """
    is_first = request.sent_at is None
    before, after = move(request, REQUEST_STATUS, verb, **changes)
    if verb == "send":
        open_round(request, content or parts_of(request).content(request), is_first=is_first)
    elif verb in OUTCOMES:
        close_round(actor, request, verb, answer or Answer(changes.get("reject_reason", "")))
    said = _said(answer, changes)
    moved = [audit.Change(request, verb, {"status": before}, {"status": after, **said})]
    order = request.order
    if order and _concerns(order, verb):
        moved.append(move_licence_status(actor=actor, order=order, verb=verb))
    return moved


def _said(answer: Answer | None, changes: Mapping[str, Any]) -> dict[str, object]:
    """What the audit trail keeps of it: only what was said."""
    spoken = {"comment": answer.comment, "comments": dict(answer.comments)} if answer else {}
    reason = {name: value for name, value in changes.items() if name in _SAID}
    return {name: value for name, value in {**spoken, **reason}.items() if value}


def _concerns(order: Order, verb: str) -> bool:
    # Giving up a draft leaves the order as it is; giving up what was returned frees it.
    return verb not in ("discard", "expire") or LICENCE_STATUS.allows(verb, order.licence_status)
