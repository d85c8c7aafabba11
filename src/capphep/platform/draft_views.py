"""What the script of a form asks for its draft (see `platform.drafts`)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from capphep.platform import drafts
from capphep.platform.signed_in import actor_of

_LONGEST_PATH = 200


@require_GET
def draft_offer(request: HttpRequest) -> HttpResponse:
    """What was typed last in the form ``?form=`` (its path); 204 where there is nothing.

    context: draft, is_from_today, take_url.
    """
    found = drafts.newest(actor_of(request), request.GET.get("form", "").replace("\x00", ""))
    if found is None:
        return HttpResponse(status=204)
    context = {
        "draft": found,
        "is_from_today": timezone.localdate(found.updated_at) == timezone.localdate(),
        "take_url": f"{found.path}?{urlencode({'draft': found.key})}",
    }
    return render(request, "platform/_draft_offer.html", context)


@require_http_methods(["POST", "DELETE"])
def draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """POST {form, seen, changed, gone} keeps what differs and answers {version}; DELETE forgets.

    409 where another page went on with it: the page begins another one.
    """
    owner = actor_of(request)
    if request.method == "DELETE":
        drafts.drop(owner=owner, key=key)
        return HttpResponse(status=204)
    sent = _sent(request)
    if sent is None:
        return HttpResponseBadRequest()
    return JsonResponse({"version": drafts.keep(owner=owner, key=key, **sent)})


def _sent(request: HttpRequest) -> dict[str, Any] | None:
    """What the script sent; None for anything else."""
    try:
        body = json.loads(request.body)
        # Half of a surrogate pair is no character: neither database keeps it.
        json.dumps(body, ensure_ascii=False).encode()
        path, seen = str(body["form"]), int(body["seen"])
        changed = {
            str(name): [str(each) for each in values] for name, values in body["changed"].items()
        }
        gone = [str(name) for name in body["gone"]]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    is_kept = len(path) <= _LONGEST_PATH and is_valid_path(path) and 0 <= seen < 2**31 - 1
    return {"path": path, "seen": seen, "changed": changed, "gone": gone} if is_kept else None
