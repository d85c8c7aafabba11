"""Endpoints and events of webhook tests."""

from __future__ import annotations

from typing import Any

from capphep.integration.actions.endpoints import EndpointInput, create_endpoint
from capphep.integration.actions.handing import hand_over
from capphep.integration.courier import deliver_next
from capphep.integration.models import Endpoint
from capphep.platform.outbox import Event, enqueue
from capphep.platform.roles import SYSTEM


def endpoint(url: str, **more: Any) -> Endpoint:
    return create_endpoint(actor=SYSTEM, typed=EndpointInput(name="CRM", url=url, **more))[0]


def say(subject: str, customer: str = "", product: str = "", type_: str = "order.changed") -> None:
    enqueue([Event(type_, subject, {"số": subject}, customer=customer, product=product)])


def deliver(to: Endpoint) -> int:
    """Hand over what is new and send what is due, one after the other; returns how many."""
    hand_over()
    count = 0
    while deliver_next(to.pk):
        count += 1
    return count
