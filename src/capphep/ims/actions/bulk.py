"""Approving several requests, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from capphep.ims.actions.decisions import Approval, approve
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalids, Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request: its approval, or every reason why it was refused."""

    request_id: int
    approval: Approval | None = None
    refusals: Sequence[Refusal] = ()


def approve_each(*, actor: Actor, seen: Mapping[int, str]) -> list[Outcome]:
    """Approve each request whose review the officer saw: ``seen`` is its fingerprint by id.

    One that is refused leaves the others as they are. Running it again grants nothing twice
    (R4): what was approved is refused as ``wrong_state``. Raises Forbidden ``not_permitted``.
    """
    require(actor, Permission.REQUEST_DECIDE)
    return [_outcome(actor, request_id, fingerprint) for request_id, fingerprint in seen.items()]


def _outcome(actor: Actor, request_id: int, seen: str) -> Outcome:
    try:
        return Outcome(request_id, approve(actor=actor, request_id=request_id, seen=seen))
    except Refusal as refusal:
        return Outcome(request_id, refusals=[refusal])
    except Invalids as found:
        return Outcome(request_id, refusals=found.refusals)
