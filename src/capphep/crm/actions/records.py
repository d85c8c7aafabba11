"""What the CRM's actions on customers, opportunities and projects have in common (R13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Model

from capphep.crm.keys import KEYS
from capphep.platform import audit, versions
from capphep.platform.roles import Actor

_DERIVED: Final = frozenset(KEYS)


def record_created(actor: Actor, record: Model, values: Mapping[str, Any]) -> None:
    """Audit a new record: other records by their names, what was left empty left out."""
    after = {
        name: str(value) if isinstance(value, Model) else value
        for name, value in values.items()
        if value not in ("", None) and name not in _DERIVED
    }
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
    change = audit.Change(record, verb, without_derived(before), without_derived(after))
    return set(changed), [change]


def without_derived(values: audit.Values) -> dict[str, object]:
    """The values that people wrote."""
    return {name: value for name, value in values.items() if name not in _DERIVED}
