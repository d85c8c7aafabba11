"""Errors as problem details (RFC 9457), in the language asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse
from ninja import Field, Schema

from capphep.platform.texts import refusal_text
from capphep.pure.errors import Label, Refusal, gettext_noop

MEDIA_TYPE: Final = "application/problem+json"


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
    errors: list[ProblemError] = []


def problem(
    status: int,
    refusals: Sequence[Refusal],
    headers: Mapping[str, str] | None = None,
    pointers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer to refusals, the first of which gives its code to the whole.

    ``pointers`` translates names of fields of the domain into JSON pointers; a field
    that is not named there is a member of the body's own.
    """
    errors = [_error(refusal, pointers or {}) for refusal in refusals]
    body = {
        "type": f"urn:capphep:problem:{errors[0]['code']}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": errors[0]["code"],
        "detail": " ".join(str(error["detail"]) for error in errors),
        "rule": errors[0]["rule"],
        "errors": errors,
    }
    content = json.dumps(body, ensure_ascii=False)
    return HttpResponse(content, content_type=MEDIA_TYPE, status=status, headers=headers)


def _error(refusal: Refusal, pointers: Mapping[str, str]) -> dict[str, str]:
    pointer = pointers.get(refusal.field, f"/{refusal.field}" if refusal.field else "")
    return {
        "code": refusal.code,
        "detail": refusal_text(refusal),
        "rule": refusal.rule,
        "pointer": pointer,
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
    """What pydantic found, as refusals: its own sentences, at the value that was sent."""
    return [
        Refusal(
            f"invalid_{error['type']}".replace(".", "_"),
            "%(message)s",
            field=_pointer(error["loc"]),
            params={"message": Label(str(error["msg"]))},
        )
        for error in errors
    ]


def _pointer(loc: Sequence[str | int]) -> str:
    """("body", "data", "lines", 0, "sku") → ``lines/0/sku``: the names below the parameter."""
    where, *names = loc
    names = names[1:] if where == "body" and len(names) > 1 else names
    return "/".join(str(name).replace("~", "~0").replace("/", "~1") for name in names)
