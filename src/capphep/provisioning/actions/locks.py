"""Taking hold of a request before changing it."""

from __future__ import annotations

from capphep.platform.roles import Actor, Permission, require
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.queries import request_of
from capphep.provisioning.states import REQUEST_STATUS
from capphep.pure.errors import Forbidden, gettext_noop


def lock_request(request_id: int) -> LicenceRequest:
    """The request with its order, customer and product, locked until the commit."""
    rows = LicenceRequest.objects.select_for_update(of=("self",))
    return rows.select_related("order", "customer", "product").get(pk=request_id)


def lock_own(actor: Actor, request_id: int, verb: str) -> LicenceRequest:
    """The actor's own request, locked, in a state that allows the verb.

    Raises Forbidden ``not_permitted`` or ``not_own_request``, NotFound for what the
    actor may not see, and Conflict ``wrong_state``.
    """
    require(actor, Permission.REQUEST_WRITE)
    request_of(actor, request_id)
    request = lock_request(request_id)
    if request.created_by_id != actor.pk:
        raise Forbidden(
            "not_own_request", gettext_noop("Only the salesperson of this request may change it.")
        )
    REQUEST_STATUS.after(verb, request.status)
    return request
