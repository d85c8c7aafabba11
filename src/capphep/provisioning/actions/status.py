"""The status of a request, moved together with what is said about the move."""

from __future__ import annotations

from typing import Any

from capphep.platform import audit
from capphep.platform.moves import move
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import REQUEST_STATUS


def move_request(request: LicenceRequest, verb: str, **changes: Any) -> audit.Change:
    """Move the request inside the caller's transaction; returns the entry for the audit trail.

    Raises Conflict ``wrong_state`` or ``changed_meanwhile``.
    """
    before, after = move(request, REQUEST_STATUS, verb, **changes)
    said = {name: value for name, value in changes.items() if name == "reject_reason"}
    return audit.Change(request, verb, {"status": before}, {"status": after, **said})
