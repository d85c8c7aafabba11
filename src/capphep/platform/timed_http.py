"""Connections to the outside that end in time, however slowly the other side speaks.

Timeouts of HTTP clients begin anew with every byte; these do not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from httpcore2 import NetworkBackend, NetworkStream, ReadTimeout, SyncBackend


class TimeLimit:
    """What is left for what is being asked; it begins when it is made."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.renew()

    def renew(self) -> None:
        self.until = time.monotonic() + self.seconds

    def time_left(self) -> float:
        """Raises httpcore2.ReadTimeout."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise ReadTimeout
        return left

    def take(self, data: bytes) -> bytes:
        """What was read, where so much may be read."""
        return data


class TimedBackend(NetworkBackend):
    """``address_of`` (host, port) says what to connect to instead of the host."""

    def __init__(
        self, limit: TimeLimit, address_of: Callable[[str, int], str] | None = None
    ) -> None:
        self._limit, self._address_of = limit, address_of
        self._plain = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        address = self._address_of(host, port) if self._address_of else host
        left = self._limit.time_left()
        stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
        return _TimedStream(stream, self._limit)


class _TimedStream(NetworkStream):
    def __init__(self, stream: NetworkStream, limit: TimeLimit) -> None:
        self._stream, self._limit = stream, limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._limit.take(self._stream.read(max_bytes, self._limit.time_left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._limit.time_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        left = self._limit.time_left()
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(stream, self._limit)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
