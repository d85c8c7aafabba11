"""Telling the worker that something of an account is to be delivered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils import timezone

from capphep.identity.models import AdminAccount


def wake(account_ids: Iterable[int], *, is_new_start: bool = False) -> None:
    """Make the accounts due, and hold them until the caller's transaction ends.

    Whoever moves a link does this first: the worker writes what came of its work under the same
    lock, looks at the links again, and so overlooks nothing. What a worker holds right now stays
    its own; it goes on with what is left by itself. What was given up begins anew;
    ``is_new_start`` forgets all failures and that an invitation was sent.
    Locked in the order of their keys, so that two callers do not block each other.
    """
    is_free = Q(next_at__isnull=True) | Q(attempts=F("ended"))
    now = Value(timezone.now())
    due = Case(When(is_free, then=now), default=F("next_at"))
    failures = Case(
        When(next_at__isnull=True, then=Value(0)),
        default=F("failures"),
        output_field=IntegerField(),
    )
    changes: dict[str, Any] = {"next_at": due, "failures": failures}
    if is_new_start:
        changes |= {"failures": 0, "invited_at": None}
    for account_id in sorted(set(account_ids)):
        AdminAccount.objects.filter(pk=account_id).update(**changes)
