"""Until when the figures reach."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from capphep.platform.models import OutboxEvent
from capphep.reporting.keeping import is_filling
from capphep.reporting.models import Progress


@dataclass(frozen=True, slots=True)
class Freshness:
    """``until`` is the moment up to which everything counts; None before the first look.

    ``is_filling``: records from before are still being counted. ``usage_at`` is when usage was
    summed up.
    """

    until: datetime.datetime | None
    is_filling: bool
    usage_at: datetime.datetime | None


def freshness() -> Freshness:
    """Two or three statements, whatever there is."""
    progress = Progress.objects.filter(id=1).first()
    if progress is None:
        return Freshness(None, True, None)
    unplaced = OutboxEvent.objects.filter(position=None).order_by("id")
    behind = OutboxEvent.objects.filter(position__gt=progress.position).order_by("position")
    moments = behind.values_list("at", flat=True)[:1] or unplaced.values_list("at", flat=True)[:1]
    until = next(iter(moments), None) or timezone.now()
    return Freshness(until, is_filling(progress), progress.usage_at)
