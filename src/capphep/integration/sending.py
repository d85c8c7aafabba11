"""One POST to an address of somebody else's choice, without being led anywhere else.

A name is resolved once, and the very address that was checked is connected to: what the name
leads to a moment later does not matter. Redirections are answers, not followed. Proxies of the
environment are not asked, nothing is unpacked, and the whole takes 15 seconds at most, however
slowly the other side speaks.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import httpcore2

from capphep.integration.endpoint_rules import is_allowed
from capphep.integration.models import SendError
from capphep.platform.timed_http import TimedBackend, TimeLimit
from capphep.pure.addresses import is_public

SECONDS: Final = 15.0
KEPT_BYTES: Final = 1000
_AGENT: Final = "capphep-webhooks"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or why there is none. ``text`` are the first bytes of the body."""

    status: int | None = None
    error: SendError | None = None
    text: str = ""
    retry_after: str = ""
    took_ms: int = 0


class _Forbidden(Exception):
    """The name leads into somebody's own network."""


class _UnknownHost(Exception):
    """The name leads nowhere."""


def post(
    url: str, *, headers: Mapping[str, str], body: bytes, allowed_hosts: Collection[str]
) -> Answer:
    """Send it once; never raises for what the other side, or the network, does."""
    began, limit = time.monotonic(), TimeLimit(SECONDS)
    status, error, text, retry_after = None, None, "", ""
    try:
        status, text, retry_after = _posted(url, headers, body, allowed_hosts, limit)
    except Exception as found:
        error = _reason(found)
        if error is None:
            raise
    took = round((time.monotonic() - began) * 1000)
    return Answer(status, error, text, retry_after, took)


def _posted(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    allowed_hosts: Collection[str],
    limit: TimeLimit,
) -> tuple[int, str, str]:
    """A name is looked up once, and what it leads to is known to be outside."""
    backend = TimedBackend(limit, partial(_checked, allowed_hosts=allowed_hosts))
    with (
        httpcore2.ConnectionPool(ssl_context=_trusted(), network_backend=backend) as pool,
        pool.stream("POST", url, headers=_complete(headers), content=body) as response,
    ):
        kept = b""
        for chunk in response.iter_stream():
            kept += chunk
            if len(kept) >= KEPT_BYTES:
                break
        said = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        return response.status, _readable(kept), said.get(b"retry-after", "")


def _complete(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    own = {"User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    return [*own.items(), ("Connection", "close"), *headers.items()]


def _readable(content: bytes) -> str:
    # PostgreSQL keeps no NUL in a text.
    return content[:KEPT_BYTES].decode(errors="replace").replace("\0", "�")


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Reading the certificates takes longer than sending does."""
    return httpcore2.default_ssl_context()


def _checked(host: str, port: int, allowed_hosts: Collection[str]) -> str:
    """The address to connect to. Raises _Forbidden where one that the name leads to is inside."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _UnknownHost from None
    addresses = [str(address[0]) for *_, address in found]
    if not addresses:
        raise _UnknownHost
    if not is_allowed(host, allowed_hosts) and not all(map(is_public, addresses)):
        raise _Forbidden
    return addresses[0]


def _reason(found: BaseException) -> SendError | None:
    """Why there is no answer; None for what is our own fault."""
    reasons: list[tuple[tuple[type[BaseException], ...], SendError]] = [
        ((_Forbidden,), SendError.FORBIDDEN),
        ((_UnknownHost,), SendError.UNKNOWN_HOST),
        ((httpcore2.TimeoutException,), SendError.TIMEOUT),
        ((ssl.SSLError,), SendError.TLS),
        ((httpcore2.ConnectError,), SendError.UNREACHABLE),
        ((httpcore2.NetworkError, httpcore2.ProtocolError), SendError.BROKEN),
    ]
    # The pool raises it anew, without its cause.
    if isinstance(found, httpcore2.ConnectError) and isinstance(found.__context__, ssl.SSLError):
        return SendError.TLS
    return next((error for kinds, error in reasons if isinstance(found, kinds)), None)
