"""What has changed since an open page last asked (docs/decisions/0013-live-by-asking.md)."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from django.http import HttpRequest, HttpResponse

from capphep.collaboration.queries.talk import talk_state
from capphep.collaboration.records import RecordType, state_of
from capphep.platform import notices
from capphep.platform.list_filters import is_key
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of

COUNTED: Final = 99


def pulse(request: HttpRequest) -> HttpResponse:
    """JSON: ``unread`` (at most 100), ``newest`` (id of the newest unread notice or 0), and with
    ``?on=order/7`` how that record (``state``) and what is said about it (``talk``) stand; both
    empty for what the actor may not know of. 304 where nothing is new. At most five statements.
    """
    actor = actor_of(request)
    body = json.dumps({**_notices(actor), **_record(actor, request.GET.get("on", ""))})
    tag = f'"{sha256(body.encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _notices(actor: User) -> dict[str, int]:
    ids = list(notices.unread_of(actor).values_list("pk", flat=True)[: COUNTED + 1])
    return {"unread": len(ids), "newest": ids[0] if ids else 0}


def _record(actor: User, record: str) -> dict[str, str]:
    record_type, _, key = record.partition("/")
    if record_type not in RecordType or not is_key(key):
        return {}
    state = state_of(actor, record_type, int(key))
    return {"state": state, "talk": talk_state(record_type, int(key)) if state else ""}
