"""What a product remembers of its licences from one start to the next."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from capphep_licence.claims import LAST_MOMENT


class StateStore(Protocol):
    """A few hundred bytes that the product keeps where its users do not clear them away."""

    def load(self) -> bytes | None:
        """What was saved last; None where nothing was."""

    def save(self, content: bytes) -> None:
        """Keep this; raises OSError where it cannot."""


class FileState:
    """A file, replaced as a whole."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def load(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def save(self, content: bytes) -> None:
        handle, draft = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            os.replace(draft, self._path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(draft)
            raise


class MemoryState:
    """Forgets with the process: for tests, and for products that keep nothing."""

    def __init__(self) -> None:
        self._content: bytes | None = None

    def load(self) -> bytes | None:
        return self._content

    def save(self, content: bytes) -> None:
        self._content = content


@dataclass(frozen=True, slots=True)
class Seen:
    """The highest version, the newest file and the latest time (seconds, UTC) seen so far."""

    version: int = 0
    issued_at: int = 0
    time: int = 0


class Memory:
    """What was seen of one customer's licence for one product."""

    def __init__(self, store: StateStore, name: str) -> None:
        self._store = store
        self._name = name

    def seen(self) -> Seen:
        """Nothing, where what is kept was lost or cannot be read: it was never proof."""
        try:
            found = Seen(**{key: int(value) for key, value in self._all()[self._name].items()})
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, OSError):
            return Seen()
        is_possible = max(found.issued_at, found.time) <= LAST_MOMENT
        return found if is_possible else Seen()

    def note(self, found: Seen) -> None:
        """Keep it; what another process saw meanwhile is not lost. Raises OSError."""
        known = self.seen()
        if known.issued_at >= found.issued_at:
            found = replace(found, issued_at=known.issued_at, time=max(known.time, found.time))
        found = replace(found, version=max(known.version, found.version))
        if found != known:
            kept = {**self._all(), self._name: asdict(found)}
            self._store.save(json.dumps(kept, sort_keys=True).encode())

    def _all(self) -> dict[str, Any]:
        content = self._store.load()
        try:
            found = json.loads(content or b"{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
