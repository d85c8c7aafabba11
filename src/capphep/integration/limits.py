"""How many requests each token may make, counted in this server process."""

from __future__ import annotations

import threading
import time
from typing import Final

from capphep.pure.rates import Allowance, take

_MOST_TOKENS: Final = 10_000


class Limiter:
    """Counts attempts by token. Each server process has its own and counts what it serves."""

    def __init__(self) -> None:
        self._due: dict[int, float] = {}
        self._lock = threading.Lock()

    def take(self, token_id: int, per_minute: int) -> Allowance:
        now = time.monotonic()
        with self._lock:
            allowance = take(self._due.get(token_id, 0.0), now, per_minute)
            if len(self._due) >= _MOST_TOKENS:
                self._due = {key: due for key, due in self._due.items() if due > now}
            self._due[token_id] = allowance.due
        return allowance

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._due.clear()


LIMITER: Final = Limiter()


def headers(allowance: Allowance, per_minute: int) -> dict[str, str]:
    """After draft-ietf-httpapi-ratelimit-headers; ``Retry-After`` in whole seconds."""
    told = {
        "RateLimit-Policy": f'"token";q={per_minute};w=60',
        "RateLimit": f'"token";r={allowance.remaining};t={allowance.wait}',
    }
    return told if allowance.is_allowed else told | {"Retry-After": str(allowance.wait)}
