"""Drafts that nobody touches: they end by themselves, and their orders are free again."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from django.db import transaction

from capphep.platform import audit, outbox
from capphep.platform.roles import SYSTEM, Actor
from capphep.provisioning import expiry_queries as expiry
from capphep.provisioning import options
from capphep.provisioning.actions.status import move_request
from capphep.provisioning.events import moved_events
from capphep.provisioning.models import LicenceRequest

_BATCH: Final = 200


def expire_drafts(*, day: datetime.date, actor: Actor = SYSTEM) -> list[LicenceRequest]:
    """End every draft and returned request that nobody changed for the days of the setting.

    It took effect on the day of the last change plus those days, however late this runs;
    trail and event say so (``effective_on``). Whoever is saving a draft at the moment keeps
    it. Returns those that ended; running again ends nothing more.
    """
    return [request for batch in _batches(day, actor) for request in batch]


def _batches(day: datetime.date, actor: Actor) -> Iterator[Sequence[LicenceRequest]]:
    while options.DRAFT_DAYS.value() and (ended := _expire_some(day, actor)):
        yield ended


@transaction.atomic
def _expire_some(day: datetime.date, actor: Actor) -> Sequence[LicenceRequest]:
    # A row that somebody holds is being changed: it is left to them.
    rows = expiry.untouched(day).select_for_update(of=("self",), skip_locked=True)
    locked = list(rows.order_by("id").values_list("pk", flat=True)[:_BATCH])
    if not locked:
        return []
    # Read again under the lock: a file may have been attached just before it.
    rows = expiry.untouched(day).filter(pk__in=locked)
    ended = list(rows.select_related("order", "customer", "product").order_by("id"))
    changes: list[audit.Change] = []
    events: list[outbox.Event] = []
    for request in ended:
        effective_on = expiry.day_of(request.changed_at).isoformat()
        moved = move_request(actor, request, "expire")
        changes += [
            replace(change, after={**change.after, "effective_on": effective_on})
            for change in moved
        ]
        events += moved_events("request.expired", request, moved, effective_on=effective_on)
    audit.record(actor, changes)
    outbox.enqueue(events)
    return ended
