"""HTTP as far as it is trusted: one address, so many seconds and bytes for each answer.

Timeouts of HTTP clients begin anew with every byte; these end. Redirects are not followed,
proxies and passwords of the environment not asked, packed answers not unpacked.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any, Final

import httpcore2
import httpx2
from httpcore2 import NetworkBackend, NetworkStream

SECONDS: Final = 10.0
MOST_BYTES: Final = 256 * 1024


class TooMuch(httpx2.TransportError):
    """The answer is larger than anything that is expected."""


class Allowance:
    """What is left for the answer that is being read."""

    def __init__(self, seconds: float, most_bytes: int) -> None:
        self.seconds, self.most_bytes = seconds, most_bytes
        self.renew()

    def renew(self) -> None:
        self.until, self.bytes = time.monotonic() + self.seconds, self.most_bytes

    def time_left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left

    def take(self, data: bytes) -> bytes:
        self.bytes -= len(data)
        if self.bytes < 0:
            raise TooMuch("the answer is too large")
        return data


class Bounded(httpx2.BaseTransport):
    """``seconds`` and ``most_bytes`` (with headers) are for one request and its answer."""

    def __init__(self, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> None:
        self._allowance = Allowance(seconds, most_bytes)
        backend = _Backend(self._allowance)
        # The system's own certificates: the vendor's are among them, where it has its own.
        context = ssl.create_default_context()
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=backend)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._allowance.renew()
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


class _Backend(NetworkBackend):
    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        left = self._allowance.time_left()
        stream = self._plain.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._allowance)


class _Stream(NetworkStream):
    def __init__(self, stream: NetworkStream, allowance: Allowance) -> None:
        self._stream, self._allowance = stream, allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._allowance.take(self._stream.read(max_bytes, self._allowance.time_left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._allowance.time_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        left = self._allowance.time_left()
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
