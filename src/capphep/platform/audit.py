"""The audit trail: written by an explicit call in each action (R13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils import timezone

from capphep.platform import audit_chain, origin
from capphep.platform.audit_hash import settled
from capphep.platform.models import AuditEntry
from capphep.platform.roles import Actor
from capphep.pure.errors import Forbidden, gettext_noop

LOOKING: Final = gettext_noop(
    "You are only looking: while you see as somebody else nothing changes."
)
Values = Mapping[str, object]
# What only serves to find, sort and compare, and follows from the rest.
_DERIVED: Final = frozenset({"search_key", "sort_key", "name_key", "place_key"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one record; ``before`` and ``after`` hold what differs."""

    subject: Model
    verb: str
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)


def record(actor: Actor, changes: Iterable[Change]) -> None:
    """Append one entry for each change, in the caller's transaction.

    Raises Forbidden ``preview`` for an actor who is only being looked at.
    """
    if getattr(actor, "is_previewed", False):
        raise Forbidden("preview", LOOKING)
    at = timezone.now()
    audit_chain.append([_entry(actor, change, at) for change in changes])


def told(values: Values) -> dict[str, object]:
    """The values that people wrote, records by their names: the trail is read years later."""
    return {
        name: str(value) if isinstance(value, Model) else value
        for name, value in values.items()
        if name not in _DERIVED
    }


def differences(before: Values, after: Values) -> tuple[dict[str, object], dict[str, object]]:
    """The parts of two states of a record that differ, as ``(before, after)``."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def entries_of(subject: Model) -> QuerySet[AuditEntry]:
    """The record's history, newest first."""
    return AuditEntry.objects.filter(
        subject_type=subject._meta.model_name, subject_id=subject.pk
    ).order_by("-id")


def latest_at(model: type[Model]) -> Subquery:
    """The moment of the newest entry about each row of the model: an expression for `annotate`."""
    entries = AuditEntry.objects.filter(
        subject_type=model._meta.model_name, subject_id=OuterRef("pk")
    )
    return Subquery(entries.order_by("-id").values("at")[:1])


def _entry(actor: Actor, change: Change, at: datetime) -> AuditEntry:
    return AuditEntry(
        at=at,
        actor_id=actor.pk,
        actor_name=actor.full_name,
        origin=origin.current(),
        verb=change.verb,
        subject_type=change.subject._meta.model_name or "",
        subject_id=change.subject.pk,
        subject_no=str(change.subject)[:150],
        before=settled(change.before),
        after=settled(change.after),
    )
