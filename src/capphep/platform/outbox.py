"""Events for the outside, in the transaction that makes them true (R5).

How they are read in the order of their commits: `platform.feed`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from capphep.platform import rows
from capphep.platform.models import OutboxEvent


@dataclass(frozen=True, slots=True)
class Event:
    """``type`` is one of `platform.event_types`, ``subject`` the number of the record.

    ``payload`` is the record after the change, of less than 20 kB, with no more about people
    than a listener needs. ``customer`` (budget code) and ``product`` (code) say whom it
    concerns: who may only read one customer's or one product's events reads it by them, and
    those of one customer are delivered in their order.
    """

    type: str
    subject: str
    payload: Mapping[str, object]
    customer: str = ""
    product: str = ""


def enqueue(events: Iterable[Event]) -> None:
    rows.insert(
        OutboxEvent(
            public_id=new_id(),
            type=event.type,
            subject=event.subject,
            customer=event.customer,
            product=event.product,
            payload=dict(event.payload),
        )
        for event in events
    )


def new_id() -> str:
    """Unlike a key of the database it stays unique when a backup is restored."""
    return f"evt_{uuid.uuid4().hex}"
