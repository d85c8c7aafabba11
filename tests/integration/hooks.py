"""Endpoints, their receivers and events of webhook tests.

A test module takes the fixtures by importing them: `own_hosts`, `receiver`, `hook`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from capphep.integration.actions.endpoints import EndpointInput, create_endpoint
from capphep.integration.actions.handing import hand_over
from capphep.integration.courier import deliver_next
from capphep.integration.models import Delivery, Endpoint
from capphep.platform.outbox import Event, enqueue
from capphep.platform.roles import SYSTEM
from tests.integration.receivers import OK, Received, Receiver, Reply, receiving

HOSTS = ["127.0.0.1", "localhost"]


@pytest.fixture(autouse=True)
def own_hosts(settings: LazySettings) -> None:
    settings.WEBHOOK_HOSTS = HOSTS


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def hook(receiver: Receiver, transactional_db: None) -> Endpoint:
    return endpoint(receiver.url)


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


def failing_for(*bad: str, status: int = 500, **headers: str) -> Callable[[Received], Reply]:
    """A reply that fails for the events with these subjects."""

    def reply(request: Received) -> Reply:
        return (status, headers, b"") if request.subject in bad else OK

    return reply


def let_time_pass(by: datetime.timedelta) -> None:
    """What waits for a time waits so much less."""
    for delivery in Delivery.objects.filter(next_at__isnull=False):
        Delivery.objects.filter(pk=delivery.pk).update(next_at=delivery.next_at - by)
    for one in Endpoint.objects.all():
        rests = one.rests_until and one.rests_until - by
        since = one.failing_since and one.failing_since - by
        Endpoint.objects.filter(pk=one.pk).update(rests_until=rests, failing_since=since)


def statuses() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("status", flat=True))
