"""Reads of a request's rounds: what was sent each time, its files among it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capphep.platform.roles import Actor
from capphep.provisioning.models import Round
from capphep.provisioning.queries import request_of
from capphep.pure.errors import NotFound, gettext_noop


def visible_round(actor: Actor, request_id: int, number: int) -> Round:
    """One sending of a request that the actor may see. Raises NotFound."""
    request = request_of(actor, request_id)
    found = request.rounds.select_related("sent_by", "ended_by").filter(number=number).first()
    if not found:
        raise NotFound("round_not_found", gettext_noop("The request was not sent that often."))
    found.request = request
    return found


def sent_file(found: Round, sha256: str) -> Mapping[str, Any]:
    """What was kept of a file that was sent with this round (`frozen_evidence`).

    The file itself may have been taken off the request since. Raises NotFound.
    """
    for one in found.content["evidence"]:
        if one["sha256"] == sha256:
            sent: Mapping[str, Any] = one
            return sent
    raise NotFound("file_not_found", gettext_noop("There is no such file."))
