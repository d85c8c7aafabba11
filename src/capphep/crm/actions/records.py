"""What the CRM's actions on customers, opportunities and projects have in common (R13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from capphep.platform import audit, versions
from capphep.platform.roles import Actor


def record_created(actor: Actor, record: Model, values: Mapping[str, Any]) -> None:
    """Audit a new record: other records by their names, what was left empty left out."""
    after = {name: value for name, value in audit.told(values).items() if value not in ("", None)}
    audit.record(actor, [audit.Change(record, "created", after=after)])


def write_changes(
    actor: Actor,
    record: Model,
    seen_version: int,
    values: Mapping[str, Any],
    verb: str = "edited",
) -> set[str]:
    """Write and audit what differs from the record; returns the names of those columns.

    Where nothing differs, nothing is written. Raises Stale.
    """
    changed, changes = changes_of(actor, record, seen_version, values, verb)
    audit.record(actor, changes)
    return changed


def changes_of(
    actor: Actor,
    record: Model,
    seen_version: int,
    values: Mapping[str, Any],
    verb: str = "edited",
) -> tuple[set[str], list[audit.Change]]:
    """As `write_changes`, for a caller who records the returned changes with others."""
    if record.version != seen_version:  # type: ignore[attr-defined]
        raise versions.Stale
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    if not changed:
        return set(), []
    before, after = versions.write(record, seen_version, changed, actor)
    return set(changed), [audit.Change(record, verb, before, after)]
