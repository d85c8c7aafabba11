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
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import httpcore2

from capphep.integration.endpoint_rules import is_allowed
from capphep.integration.models import SendError
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
    began = time.monotonic()
    status, error, text, retry_after = None, None, "", ""
    try:
        status, text, retry_after = _posted(url, headers, body, allowed_hosts, began + SECONDS)
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
    deadline: float,
) -> tuple[int, str, str]:
    backend = _CheckedBackend(allowed_hosts, deadline)
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


class _CheckedBackend(httpcore2.NetworkBackend):
    """Connects to what a name leads to, once that is known to be outside."""

    def __init__(self, allowed_hosts: Collection[str], deadline: float) -> None:
        self._allowed = allowed_hosts
        self._deadline = deadline
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        address = _checked(host, port, self._allowed)
        left = _left(self._deadline, httpcore2.ConnectTimeout)
        stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore2.NetworkStream):
    """Ends at one moment, however many small steps are taken until then."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(self._deadline, httpcore2.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, too_late: type[Exception]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise too_late
    return left


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
