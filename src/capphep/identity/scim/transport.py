"""HTTP as far as it is trusted: one address, so many seconds and bytes for each answer.

Redirects are not followed, proxies and passwords of the environment not asked, packed answers
not unpacked.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Final

import httpcore2
import httpx2

from capphep.platform.timed_http import TimedBackend, TimeLimit

SECONDS: Final = 10.0
MOST_BYTES: Final = 256 * 1024


class TooMuch(httpx2.TransportError):
    """The answer is larger than anything that is expected."""


class Limit(TimeLimit):
    """Of bytes too."""

    def __init__(self, seconds: float, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        super().__init__(seconds)

    def renew(self) -> None:
        super().renew()
        self.bytes = self.most_bytes

    def take(self, data: bytes) -> bytes:
        self.bytes -= len(data)
        if self.bytes < 0:
            raise TooMuch("the answer is too large")
        return data


class Bounded(httpx2.BaseTransport):
    """``seconds`` and ``most_bytes`` (with headers) are for one request and its answer."""

    def __init__(self, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> None:
        self._limit = Limit(seconds, most_bytes)
        backend = TimedBackend(self._limit)
        # The system's own certificates: the vendor's are among them, where it has its own.
        context = ssl.create_default_context()
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=backend)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._limit.renew()
        try:
            answer = self._pool.handle_request(_as_sent(request))
            content = b"".join(_chunks(answer))
            answer.close()
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout("no answer in time") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise httpx2.NetworkError("no answer") from error
        headers = [
            (name, value)
            for name, value in answer.headers
            if name.lower() not in (b"content-encoding", b"transfer-encoding")
        ]
        return httpx2.Response(answer.status, headers=headers, content=content)

    def close(self) -> None:
        self._pool.close()


def _as_sent(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    target = httpcore2.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    return httpcore2.Request(
        request.method, target, headers=request.headers.raw, content=request.read()
    )


def _chunks(answer: httpcore2.Response) -> Iterable[bytes]:
    assert isinstance(answer.stream, Iterable)
    return answer.stream
