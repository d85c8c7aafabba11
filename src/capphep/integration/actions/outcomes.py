"""What came of an attempt: noted, tried again or given up, and what it says of the endpoint."""

from __future__ import annotations

import datetime
import random
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from capphep.integration import retry_rules as rules
from capphep.integration.actions.waking import wake_deliveries
from capphep.integration.models import Attempt, Delivery, Endpoint
from capphep.integration.sending import Answer
from capphep.integration.states import DELIVERY_STATUS, ENDPOINT_STATUS, EndpointStatus
from capphep.platform import audit, leases, notices
from capphep.platform.models import User
from capphep.platform.moves import move
from capphep.platform.roles import SYSTEM, Role
from capphep.pure.errors import gettext_noop

GONE: Final = "gone"
FAILING: Final = "failing"


@transaction.atomic
def record(delivery: Delivery, answer: Answer, at: datetime.datetime, url: str) -> Attempt:
    """Note one attempt, made at a moment to this address, and what follows from it.

    Raises LeaseLost where another worker has taken the delivery over: nothing is noted.
    """
    # The endpoint before its deliveries, as everywhere: nobody waits for each other.
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=delivery.endpoint_id)
    is_success = rules.is_success(answer.status)
    retry_at = None if is_success else _retry_at(delivery, answer)
    leases.release(delivery, next_at=retry_at)
    attempt = Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        at=at,
        url=url,
        took_ms=answer.took_ms,
        status=answer.status,
        error=answer.error or "",
        response=answer.text,
        retry_at=retry_at,
    )
    if is_success:
        move(delivery, DELIVERY_STATUS, "deliver", ended_at=timezone.now())
        _note_success(endpoint, at)
        return attempt
    if retry_at is None:
        move(delivery, DELIVERY_STATUS, "give_up", ended_at=timezone.now())
    _note_failure(endpoint, answer, at)
    return attempt


def _retry_at(delivery: Delivery, answer: Answer) -> datetime.datetime | None:
    """Not before it is asked for; never for a test, and never where nobody is any more."""
    if answer.status == rules.GONE:
        return None
    moments = rules.MOMENTS if delivery.event_id else rules.ONCE
    planned = leases.later(moments, delivery.attempts - delivery.tries_before)
    now = timezone.now()
    return max(planned, now + rules.asked_for(answer.retry_after, now)) if planned else None


def _note_success(endpoint: Endpoint, at: datetime.datetime) -> None:
    """Where it was busy until now, what waits for it comes at once."""
    was_busy = endpoint.failures > 0
    endpoint.failing_since, endpoint.failures, endpoint.rests_until = None, 0, None
    endpoint.delivered_at = at
    endpoint.save(update_fields=["failing_since", "failures", "rests_until", "delivered_at"])
    if was_busy:
        wake_deliveries(endpoint.pk)


def _note_failure(endpoint: Endpoint, answer: Answer, at: datetime.datetime) -> None:
    """Let a busy endpoint rest; switch off one that is gone or has failed for too long."""
    endpoint.failing_since = endpoint.failing_since or at
    endpoint.rests_until = _rests_until(endpoint, answer)
    endpoint.save(update_fields=["failing_since", "failures", "rests_until"])
    if endpoint.status != EndpointStatus.ACTIVE:
        return
    if answer.status == rules.GONE:
        _disable(endpoint, GONE)
    elif rules.is_given_up(endpoint.failing_since, timezone.now()):
        _disable(endpoint, FAILING)


def _rests_until(endpoint: Endpoint, answer: Answer) -> datetime.datetime | None:
    now = timezone.now()
    asked = rules.asked_for(answer.retry_after, now)
    if not rules.is_busy(answer.status) and not asked:
        return endpoint.rests_until
    endpoint.failures += 1
    # Chance spreads load here and guards nothing.
    rest = rules.rest(endpoint.failures, random.random())  # noqa: S311
    return now + max(rest, asked)


def _disable(endpoint: Endpoint, reason: str) -> None:
    """What is on its way waits until somebody resumes it."""
    since = endpoint.failing_since
    before, after = move(endpoint, ENDPOINT_STATUS, "disable")
    told = {"status": after, "reason": reason, "failing_since": since and since.isoformat()}
    audit.record(SYSTEM, [audit.Change(endpoint, "endpoint_disabled", {"status": before}, told)])
    message = _MESSAGES[reason]
    news = notices.News(
        kind="webhook_disabled",
        key=f"webhook_disabled:{endpoint.pk}:{timezone.now():%Y%m%d%H%M%S}",
        message=message,
        params={"name": endpoint.name},
        link=reverse("integration:endpoint", args=[endpoint.pk]),
    )
    administrators = User.objects.filter(role=Role.ADMIN, is_active=True)
    notices.tell((pk, news) for pk in administrators.values_list("pk", flat=True))


_MESSAGES: Final = {
    GONE: gettext_noop(
        "The webhook “%(name)s” is switched off: its address says that it is gone (410)."
    ),
    FAILING: gettext_noop(
        "The webhook “%(name)s” is switched off: nothing could be delivered for a day."
    ),
}
