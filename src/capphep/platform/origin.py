"""From where the current work is asked for: an address, or the name of a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_origin: ContextVar[str] = ContextVar("origin", default="")


def current() -> str:
    return _origin.get()


@contextmanager
def working_from(origin: str) -> Iterator[None]:
    token = _origin.set(origin[:64])
    try:
        yield
    finally:
        _origin.reset(token)
