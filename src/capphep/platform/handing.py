"""What one person had goes into another's hands: many records of a table, each audited (R13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from django.db.models import F, Model, QuerySet
from django.utils import timezone

from capphep.platform import audit
from capphep.platform.models import User
from capphep.platform.roles import Actor

M = TypeVar("M", bound=Model)
_BATCH: Final = 1000


def hand_over(
    actor: Actor,
    rows: QuerySet[M],
    column: str,
    successor: User,
    *,
    moves_team: bool = False,
    versioned: bool = True,
) -> Iterator[list[M]]:
    """Write ``successor`` into ``column`` of all ``rows``, some at a time; yields what was moved.

    ``rows`` are those whose column says another person: moved, they are none of them any more.
    ``moves_team``: the successor's team has them too. ``versioned``: who edits one meanwhile is
    told. Inside the transaction of the caller, who decides whether the actor may.
    """
    values: dict[str, object] = {column: successor}
    if moves_team:
        values["team"] = successor.team_id
    if versioned:
        values |= {
            "version": F("version") + 1,
            "updated_at": timezone.now(),
            "updated_by": actor.pk,
        }
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    while records := list(locked[:_BATCH]):
        before = [getattr(record, column).full_name for record in records]
        moved = type(records[0])._default_manager.filter(pk__in=[one.pk for one in records])
        moved.update(**values)
        after = {column: successor.full_name}
        audit.record(
            actor,
            [
                audit.Change(record, "handed_over", {column: name}, after)
                for record, name in zip(records, before, strict=True)
            ],
        )
        yield records
