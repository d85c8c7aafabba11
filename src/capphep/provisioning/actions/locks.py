"""Taking hold of a request before changing it."""

from __future__ import annotations

from capphep.platform.roles import Actor, Permission, require
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import request_for_update, request_of
from capphep.provisioning.states import REQUEST_STATUS
from capphep.pure.errors import Forbidden, gettext_noop


def lock_request(actor: Actor, request_id: int) -> LicenceRequest:
    """The request with its order, customer, product and sector, locked until the commit.

    Raises NotFound for one that does not exist or that the actor may not see.
    """
    return request_for_update(actor, request_id)


def lock_own(actor: Actor, request_id: int, verb: str, *, alone: bool = False) -> LicenceRequest:
    """The actor's own request, locked, in a state that allows the verb.

    ``alone`` without the records that it refers to. Raises as `require_own` does, NotFound
    for what the actor may not see.
    """
    require(actor, Permission.REQUEST_WRITE)
    request = request_for_update(actor, request_id, alone=alone)
    require_own(actor, request)
    REQUEST_STATUS.after(verb, request.status)
    return request


def check_own(actor: Actor, request_id: int, verb: str, *, alone: bool = False) -> LicenceRequest:
    """As `lock_own`, without the lock: for work to do before the transaction begins."""
    require(actor, Permission.REQUEST_WRITE)
    request = request_of(actor, request_id, alone=alone)
    require_own(actor, request)
    REQUEST_STATUS.after(verb, request.status)
    return request


def require_own(actor: Actor, request: LicenceRequest) -> None:
    """Raise Forbidden ``not_permitted`` or ``not_own_request`` unless the actor wrote it."""
    require(actor, Permission.REQUEST_WRITE)
    if request.created_by_id != actor.pk:
        raise Forbidden(
            "not_own_request", gettext_noop("Only the salesperson of this request may change it.")
        )
