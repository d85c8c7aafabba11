"""Work outside of transactions: a row is claimed for a while, worked on, and released.

For what talks to the world, such as deliveries and accounts. Any number of workers may look; a
row that is claimed belongs to one of them until its lease runs out. Whoever dies meanwhile has
lost the row to the next one then: the work is done at least once, not exactly once.

    class Delivery(Leased): …

    while row := leases.claim(Delivery.objects.order_by("next_at"), seconds=60):
        answer = send(row)                                   # no transaction
        with transaction.atomic():
            leases.release(row, next_at=leases.later(MOMENTS, row.attempts))   # or None: no more
            moves.move(row, …)                               # what came of it
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from capphep.platform import rows
from capphep.pure import backoff


class Leased(models.Model):
    """A row of such work. What is to be done first is the order of the queryset.

    A model has a partial index over ``next_at`` where it is not null: `due_index`.
    """

    # Begun, not ended: those that died count. It tells the claim that holds the row from others.
    attempts = models.PositiveIntegerField(default=0)
    # When it may be claimed: its time, or the end of the running lease. NULL: nothing to do.
    next_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


L = TypeVar("L", bound=Leased)


class LeaseLost(Exception):
    """The lease ran out and another worker claimed the row: what it finds out counts."""


def due_index(name: str, *before: str) -> models.Index:
    """The index that a claim reads: what is left to do, by time; ``before`` leads the columns."""
    left = models.Q(next_at__isnull=False)
    return models.Index(fields=[*before, "next_at"], name=name, condition=left)


def due(rows_: models.QuerySet[L]) -> models.QuerySet[L]:
    """Those whose time has come and that nobody holds."""
    return rows_.filter(next_at__lte=timezone.now())


def claim(candidates: models.QuerySet[L], *, seconds: int) -> L | None:
    """The first of the candidates that is due, from now on the caller's for so many seconds.

    Raises TransactionManagementError inside a transaction: a claim that is not committed
    guards nothing.
    """
    # Only where there is something: on SQLite a transaction holds up every writer.
    while due(candidates).exists():
        with transaction.atomic(durable=True):
            row = _first(candidates)
            if row is None:
                return None
            if _taken(row, seconds):
                return row
    return None


def release(row: Leased, *, next_at: datetime | None) -> None:
    """Give a claimed row back: due again at ``next_at``, or never with None.

    Raises LeaseLost where another worker claimed it meanwhile; inside the transaction that
    writes the outcome, nothing of it is then written.
    """
    if not rows.update(type(row), {"pk": row.pk, "attempts": row.attempts}, {"next_at": next_at}):
        raise LeaseLost(f"{row._meta.label} {row.pk}")
    row.next_at = next_at


def later(moments: Sequence[int], tries: int) -> datetime | None:
    """When to try again after the ``tries``-th failure, None where it is given up.

    ``moments`` as in `pure.backoff.wait`.
    """
    # Chance spreads load here and guards nothing.
    gap = backoff.wait(moments, tries, random.random())  # noqa: S311
    return timezone.now() + gap if gap is not None else None


def _first(candidates: models.QuerySet[L]) -> L | None:
    """On PostgreSQL the row is locked, and those that others lock are passed over."""
    found = due(candidates)
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True, of=("self",))
    return found.first()


def _taken(row: Leased, seconds: int) -> bool:
    """Whether nobody was faster; where rows are not locked, the attempts would show it."""
    seen = {"pk": row.pk, "attempts": row.attempts}
    until = timezone.now() + timedelta(seconds=seconds)
    claimed = {"attempts": row.attempts + 1, "next_at": until}
    if not rows.update(type(row), seen, claimed):
        return False
    row.attempts, row.next_at = row.attempts + 1, until
    return True
