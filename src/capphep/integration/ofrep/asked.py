"""What a request asks, and the answers that need no database."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

MAX_BODY: Final = 64 * 1024
_BUDGET_CODE: Final = re.compile(r"[0-9]{7}")
_KEY: Final = re.compile(r"([a-z0-9_-]{1,40})\.([a-z0-9_-]{1,40}(?:\.[a-z0-9_-]{1,40})?)")

STATUS: Final = {
    status: f"{status} {phrase}"
    for status, phrase in {
        200: "OK",
        304: "Not Modified",
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        413: "Content Too Large",
        429: "Too Many Requests",
        500: "Internal Server Error",
        503: "Service Unavailable",
    }.items()
}


class Reply(NamedTuple):
    """An answer; a body is JSON. ``headers`` are those beside its length and its type."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def etag(self) -> str:
        return next((value for name, value in self.headers if name == "ETag"), "")


class Refused(Exception):
    """An answer that says why there is none."""

    def __init__(self, status: int, code: str, details: str, **headers: str) -> None:
        super().__init__(details)
        self.status = status
        self.code = code
        self.details = details
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def reply(self, key: str | None) -> Reply:
        """``errorCode`` and ``errorDetails`` stand in each of them: published clients need both."""
        body = {"errorCode": self.code, "errorDetails": self.details}
        told = body if key is None else {"key": key, **body}
        return Reply(self.status, encoded(told), tuple(self.headers.items()))


# Made once: json.dumps would make it each time.
_encoder: Final = json.JSONEncoder(separators=(",", ":"))


def encoded(body: object) -> bytes:
    return _encoder.encode(body).encode()


def targeting_key(environ: Mapping[str, Any]) -> str:
    """The budget code that the body's context names. Raises Refused."""
    try:
        asked = json.loads(_body(environ))
    except (ValueError, RecursionError):
        raise Refused(400, "PARSE_ERROR", "The body is not JSON.") from None
    if not isinstance(asked, dict):
        raise Refused(400, "PARSE_ERROR", "The body is not a JSON object.")
    context = asked.get("context", {})
    if not isinstance(context, dict):
        raise Refused(400, "INVALID_CONTEXT", "The context is not a JSON object.")
    key = context.get("targetingKey")
    if key is None or key == "":
        details = "The context has no targetingKey: the budget code of the customer."
        raise Refused(400, "TARGETING_KEY_MISSING", details)
    if not isinstance(key, str) or not _BUDGET_CODE.fullmatch(key):
        details = "The targetingKey is no budget code: a text of seven digits."
        raise Refused(400, "INVALID_CONTEXT", details)
    return key


def _body(environ: Mapping[str, Any]) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not length and "HTTP_TRANSFER_ENCODING" in environ:
        # How much it is will be seen.
        length = MAX_BODY + 1
    elif length > MAX_BODY:
        raise too_large()
    try:
        body: bytes = environ["wsgi.input"].read(length) if length else b""
    except OSError:
        raise Refused(400, "PARSE_ERROR", "The body did not arrive.") from None
    if len(body) > MAX_BODY:
        raise too_large()
    return body


def too_large() -> Refused:
    return Refused(413, "PARSE_ERROR", f"The body is larger than {MAX_BODY} bytes.")


@functools.lru_cache(maxsize=1024)
def flag_of(key: str) -> tuple[str, str] | None:
    """Product and flag of ``igov.office.users``; None for what can be no flag."""
    found = _KEY.fullmatch(key)
    return (found[1], found[2]) if found else None


def unknown_flag() -> Refused:
    return Refused(404, "FLAG_NOT_FOUND", "There is no such flag for this token.")


def unknown_customer() -> Refused:
    details = "This token knows no customer with this targetingKey (budget code)."
    return Refused(400, "INVALID_CONTEXT", details)


def matches(if_none_match: str, etag: str) -> bool:
    """RFC 9110, 13.1.2: weak comparison with each tag of the list; ``*`` is any."""
    if not if_none_match or not etag:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]
