"""The same answer to everybody, without Django: what the server software itself costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

BODY: Final = b'{"key":"igov.office","value":true}'
HEADERS: Final = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return [BODY]
