"""Events for the outside, in the transaction that makes them true (R5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from capphep.platform import rows
from capphep.platform.models import OutboxEvent


@dataclass(frozen=True, slots=True)
class Event:
    """``type`` as in ``request.approved``; ``subject`` is the number of the record."""

    type: str
    subject: str
    payload: Mapping[str, object]


def enqueue(events: Iterable[Event]) -> None:
    rows.insert(
        OutboxEvent(type=event.type, subject=event.subject, payload=dict(event.payload))
        for event in events
    )
