"""What waits for a later try comes at once when the endpoint answers again."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from capphep.integration.models import Attempt, Delivery
from capphep.integration.retry_rules import BUSY


def wake_deliveries(endpoint_id: int) -> None:
    """Make due what failed because nobody was there; what was refused keeps its time.

    What a worker holds at the moment has no attempt of its number yet, and is left to it.
    """
    ended = Attempt.objects.filter(
        Q(status=None) | Q(status__in=BUSY),
        delivery=OuterRef("pk"),
        number=OuterRef("attempts"),
    )
    now = timezone.now()
    waiting = Delivery.objects.filter(Exists(ended), endpoint=endpoint_id, next_at__gt=now)
    waiting.update(next_at=now)
