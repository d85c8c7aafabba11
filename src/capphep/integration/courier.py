"""Deliveries carried out: events handed over, requests sent by a pool of threads.

Any number of workers may do this at the same time: a delivery is claimed by a lease, and what
one claims the others leave alone. However many endpoints are dead, they never have more than
half of the threads, and each of them one only.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from capphep.integration import sending
from capphep.integration.actions import outcomes
from capphep.integration.actions.handing import hand_over
from capphep.integration.endpoint_secrets import signing_secrets
from capphep.integration.models import Delivery, Endpoint, SendError
from capphep.integration.signatures import signed_headers
from capphep.integration.webhook_queries import endpoints_with_work, ready
from capphep.platform import feed, leases
from capphep.platform.event_types import TEST
from capphep.platform.sealing import Unsealable

THREADS: Final = 32
PER_ENDPOINT: Final = 4
TURN: Final = 5.0
"""Seconds that a thread stays with an endpoint: a server that ends waits for no long queue."""
LEASE: Final = 120
"""Seconds: longer than resolving a name and the 15 seconds of a request take together."""

_log = logging.getLogger(__name__)


class Courier:
    """One for a process. ``look`` is the worker's job, ``finish`` waits for what it began."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="capphep-webhook")
        self._running: set[Future[None]] = set()
        self._at_work: Counter[int] = Counter()
        self._failing: set[int] = set()
        self._lock = threading.Lock()

    def look(self) -> int:
        """Hand over what is new, begin to send what is due; returns how much it began."""
        begun = hand_over()
        for endpoint in endpoints_with_work():
            begun += self._begin(endpoint)
        return begun

    def finish(self) -> None:
        """Wait for what was begun."""
        with self._lock:
            running = set(self._running)
        wait(running)

    def _begin(self, endpoint: Endpoint) -> int:
        """Give the endpoint one more thread, where one is left for it."""
        is_failing = endpoint.failures > 0
        with self._lock:
            if not self._has_room(endpoint.pk, is_failing):
                return 0
            self._at_work[endpoint.pk] += 1
            (self._failing.add if is_failing else self._failing.discard)(endpoint.pk)
            future = self._pool.submit(self._serve, endpoint.pk)
            self._running.add(future)
        future.add_done_callback(self._forget)
        return 1

    def _has_room(self, endpoint_id: int, is_failing: bool) -> bool:
        busy = sum(self._at_work.values())
        if not is_failing:
            return busy < THREADS and self._at_work[endpoint_id] < PER_ENDPOINT
        with_failing = sum(self._at_work[one] for one in self._failing)
        return not self._at_work[endpoint_id] and with_failing < THREADS // 2 and busy < THREADS

    def _serve(self, endpoint_id: int) -> None:
        end = time.monotonic() + TURN
        try:
            while deliver_next(endpoint_id) and time.monotonic() < end:
                pass
        except Exception:
            _log.exception("Webhook %s could not be served; it is tried again", endpoint_id)
        finally:
            connection.close()
            with self._lock:
                self._at_work[endpoint_id] -= 1

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._running.discard(future)


def deliver_next(endpoint_id: int) -> bool:
    """Send the first that is ready to the endpoint; False where nothing is."""
    delivery = leases.claim(ready(endpoint_id), seconds=LEASE)
    if delivery is None:
        return False
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    at = timezone.now()
    answer = _sent(delivery, endpoint)
    try:
        outcomes.record(delivery, answer, at, endpoint.url)
    except leases.LeaseLost:
        _log.warning("Delivery %s took longer than its lease", delivery.pk)
    return True


def _sent(delivery: Delivery, endpoint: Endpoint) -> sending.Answer:
    now = timezone.now()
    try:
        secrets = signing_secrets(endpoint, now)
    except Unsealable:
        return sending.Answer(error=SendError.SECRET_LOST)
    body = body_of(delivery, endpoint)
    signed = signed_headers(webhook_id(delivery), int(now.timestamp()), body, secrets)
    return sending.post(
        endpoint.url,
        headers={"Content-Type": endpoint.body_format, **signed},
        body=body,
        allowed_hosts=settings.WEBHOOK_HOSTS,
    )


def body_of(delivery: Delivery, endpoint: Endpoint) -> bytes:
    """What is sent: the event as the feed has it, or a test."""
    body = feed.body(delivery.event) if delivery.event else _test_body(delivery, endpoint)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def webhook_id(delivery: Delivery) -> str:
    """The same at every attempt, and for every endpoint: that of the event."""
    return delivery.event.public_id if delivery.event else f"evt_test_{delivery.pk}"


def _test_body(delivery: Delivery, endpoint: Endpoint) -> dict[str, object]:
    moment = feed.moment_text(delivery.created_at)
    return {
        "type": TEST,
        "timestamp": moment,
        "specversion": "1.0",
        "id": webhook_id(delivery),
        "source": settings.PUBLIC_URL,
        "subject": str(endpoint.pk),
        "time": moment,
        "datacontenttype": "application/json",
        "data": {"endpoint": endpoint.name},
    }
