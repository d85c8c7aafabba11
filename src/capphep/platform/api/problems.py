"""Errors as problem details (RFC 9457), in the language asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from ninja import Field, Schema

from capphep.platform.api.sentences import sentence
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Refusal, gettext_noop

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 1000
"""More are not told: a small body of nonsense would be answered, and kept, with a large one."""


class ProblemError(Schema):
    """One thing that has to change."""

    code: str = Field(description="stable, for programs")
    detail: str = Field(description="for people, in the language asked for")
    rule: str = Field("", description="the number of the rule, where there is one")
    pointer: str = Field("", description="JSON pointer (RFC 6901) to the value in the request")


class Problem(Schema):
    """Why a request was not carried out (RFC 9457). Nothing was changed."""

    type: str = Field(description="`urn:capphep:problem:` and the code")
    title: str = Field(description="the status in words")
    status: int
    code: str = Field(description="stable, for programs; that of the first error")
    detail: str = Field(description="for people, in the language asked for")
    rule: str = ""
    errors: list[ProblemError] = Field([], description="the first thousand")


def problem(
    status: int,
    refusals: Sequence[Refusal],
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> HttpResponse:
    """The answer to refusals, the first of which gives its code to the whole.

    Their fields are ways into the body (`pointers.pointing`). ``more`` are members that a
    program needs to go on, such as what has changed meanwhile.
    """
    errors = [_error(refusal) for refusal in refusals[:MOST_ERRORS]]
    body = {
        "type": f"urn:capphep:problem:{errors[0]['code']}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": errors[0]["code"],
        "detail": " ".join(str(error["detail"]) for error in errors),
        "rule": errors[0]["rule"],
        "errors": errors,
        **more,
    }
    content = json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder)
    return HttpResponse(content, content_type=MEDIA_TYPE, status=status, headers=headers)


def _error(refusal: Refusal) -> dict[str, str]:
    return {
        "code": refusal.code,
        "detail": refusal_text(refusal),
        "rule": refusal.rule,
        "pointer": f"/{refusal.field}" if refusal.field else "",
    }


def simple(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **params: object
) -> HttpResponse:
    """A problem with one sentence, an English ``%``-template of the catalogues."""
    return problem(status, [Refusal(code, message, params=params)], headers)


def unavailable() -> HttpResponse:
    """503: try again soon."""
    message = gettext_noop("The database does not answer: try again soon.")
    return simple(503, "unavailable", message, {"Retry-After": "5"})


def from_validation(errors: Iterable[Mapping[str, Any]]) -> list[Refusal]:
    """What pydantic found, as refusals at the value that was sent."""
    return [_of_form(error) for error in islice(errors, MOST_ERRORS)]


def _of_form(error: Mapping[str, Any]) -> Refusal:
    code = f"invalid_{error['type']}".replace(".", "_")
    template, params = sentence(error)
    return Refusal(code, template, field=_pointer(error["loc"]), params=params)


def _pointer(loc: Sequence[str | int]) -> str:
    """("body", "data", "lines", 0, "sku") → ``lines/0/sku``: the names below the parameter."""
    where, *names = loc
    names = names[1:] if where == "body" and len(names) > 1 else names
    return "/".join(str(name).replace("~", "~0").replace("/", "~1") for name in names)
