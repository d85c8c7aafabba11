"""Edits by two people: the later one is told, nothing is overwritten in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils import timezone

from capphep.platform import rows
from capphep.platform.audit import Values, differences, told
from capphep.platform.roles import Actor
from capphep.pure.errors import Conflict, gettext_noop


class Stale(Conflict):
    """The record was changed by somebody else since the form was opened (409)."""

    def __init__(self) -> None:
        super().__init__(
            "stale", gettext_noop("Somebody else changed this record while you were editing it.")
        )


def write(
    record: Model, seen_version: int, values: Mapping[str, Any], actor: Actor
) -> tuple[Values, Values]:
    """Write ``values`` where the record still has the version that the person saw.

    Returns what differs, ``(before, after)``, for the audit trail. Raises `Stale`.
    The row stays locked until the surrounding transaction ends.
    """
    before = {name: getattr(record, name) for name in values}
    stamp = {"version": seen_version + 1, "updated_at": timezone.now(), "updated_by_id": actor.pk}
    seen = {"pk": record.pk, "version": seen_version}
    if not rows.update(type(record), seen, {**values, **stamp}):
        raise Stale
    for name, value in values.items():
        setattr(record, name, value)
    record.version = seen_version + 1  # type: ignore[attr-defined]
    return differences(told(before), told(values))
