"""Versions of records as entity tags (RFC 9110, 8.8.3 and 13.1.1)."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from capphep.pure.errors import Refusal, gettext_noop


class PreconditionRequired(Refusal):
    """A change must name the version it was made from (428, RFC 6585)."""

    status = 428


class PreconditionFailed(Refusal):
    """Somebody else changed the record since (412)."""

    status = 412


def tagged(response: HttpResponse, version: int) -> None:
    """Tell the record's version in the answer's ``ETag``."""
    response.headers["ETag"] = f'"{version}"'


def located(response: HttpResponse, path: str) -> None:
    """Tell where a new record is found, below the API's own address."""
    response.headers["Location"] = f"/api/v1{path}"


def seen_version(request: HttpRequest) -> int:
    """The version that the sender saw, from ``If-Match``.

    Raises PreconditionRequired ``if_match_missing``; PreconditionFailed ``stale`` for a tag
    that no version ever had.
    """
    sent = request.headers.get("If-Match", "").strip()
    if not sent:
        message = gettext_noop("A change needs the header If-Match with the ETag that you saw.")
        raise PreconditionRequired("if_match_missing", message)
    found = re.fullmatch(r'"([0-9]{1,9})"', sent)
    if found is None:
        raise stale()
    return int(found[1])


def stale() -> PreconditionFailed:
    message = gettext_noop("Somebody else changed this record: read it again, then change it.")
    return PreconditionFailed("stale", message)
