"""What a person typed while the session ended: kept, and given back after signing in.

The posted fields wait in the new anonymous session, which Django carries over at
sign-in. They return only to the person who was signed in when they were typed.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import is_valid_path

from capphep.platform import drafts
from capphep.platform.models import User

_KEY = "kept_form"
_COOKIE = "last_user"
_LARGEST = 512 * 1024
# As long as a session, and the night after it.
_LASTS = settings.SESSION_COOKIE_AGE + 12 * 60 * 60


def remember_person(response: HttpResponse, user: User) -> None:
    """Note in a signed cookie who uses this browser."""
    response.set_signed_cookie(
        _COOKIE,
        str(user.pk),
        max_age=_LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def keep(request: HttpRequest) -> None:
    """Keep the posted fields of a request that arrived without a session."""
    person = request.get_signed_cookie(_COOKIE, default=None, max_age=_LASTS)
    fields = _worth_keeping(request.POST).urlencode()
    if person and len(fields) <= _LARGEST and is_valid_path(request.path):
        request.session[_KEY] = {"path": request.path, "person": person, "fields": fields}


def _worth_keeping(posted: QueryDict) -> QueryDict:
    """Everything but secrets: a session lies in the database as it is."""
    fields = posted.copy()
    for name in posted:
        if "password" in name or name == "csrfmiddlewaretoken":
            del fields[name]
    return fields


def take(request: HttpRequest) -> QueryDict | None:
    """The fields kept for this page and person; None where there are none.

    Those of a lost session are given once; those of a draft (`platform.drafts`) as often as its
    address asks for them.
    """
    return _of_lost_session(request) or drafts.asked_for(request)


def _of_lost_session(request: HttpRequest) -> QueryDict | None:
    kept = request.session.get(_KEY)
    if not kept or kept["path"] != request.path or kept["person"] != str(request.user.pk):
        return None
    del request.session[_KEY]
    return QueryDict(kept["fields"])
