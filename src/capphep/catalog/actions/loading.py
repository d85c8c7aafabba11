"""What every kind of record is loaded with: compare, write, count, note for the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from capphep.catalog.models import Edited
from capphep.platform import audit

M = TypeVar("M", bound=models.Model)
Values = dict[str, Any]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, counted in records: an item with its contents and taxes is one.

    So is a product with what a trial of it grants.
    """

    created: int
    updated: int
    unchanged: int

    def __str__(self) -> str:
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"


@dataclass(slots=True)
class Loading:
    """What has been done so far."""

    changes: list[audit.Change] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    # The moment, as ISO text; a schema remembers since when a field is asked for.
    at: str = field(default_factory=lambda: timezone.now().isoformat())

    @property
    def loaded(self) -> Loaded:
        return Loaded(self.created, self.updated, self.unchanged)

    def note_created(self, record: models.Model, values: Values) -> None:
        self.created += 1
        self.changes.append(audit.Change(record, "created", after=audit.told(values)))

    def note_removed(self, record: models.Model, values: Values) -> None:
        self.updated += 1
        self.changes.append(audit.Change(record, "deactivated", before=audit.told(values)))

    def note_compared(self, record: models.Model, before: Values, after: Values) -> bool:
        """True where the record differs from what the plan says."""
        if before == after:
            self.unchanged += 1
            return False
        self.updated += 1
        old, new = audit.differences(audit.told(before), audit.told(after))
        if new:
            verb = "deactivated" if new == {"is_active": False} else "edited"
            self.changes.append(audit.Change(record, verb, before=old, after=new))
        return True


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to records and is written after them, by key: as planned, as stored."""

    planned: Mapping[Key, Values] = field(default_factory=dict)
    stored: Mapping[Key, Values] = field(default_factory=dict)


def sync(
    model: type[M],
    wanted: Mapping[Key, Values],
    key_of: Callable[[M], Key],
    loading: Loading,
    parts: Parts | None = None,
) -> dict[Key, M]:
    """Create or update the records; returns all that there are, by key. Three statements."""
    parents = [each.name for each in model._meta.fields if each.is_relation]
    records = model._default_manager.select_related(*parents) if parents else model._default_manager
    parts = parts or Parts()
    by_key = {key_of(record): record for record in records.all()}
    new = {key: model(**values) for key, values in wanted.items() if key not in by_key}
    changed = []
    for key, values in wanted.items():
        record = by_key.get(key)
        if record is None:
            continue
        before = values_of(record, values) | parts.stored.get(key, {})
        if loading.note_compared(record, before, values | parts.planned.get(key, {})):
            assign(record, values)
            changed.append(record)
    write(model, list(new.values()), changed, list(next(iter(wanted.values()), ())))
    for key, record in new.items():
        loading.note_created(record, wanted[key] | parts.planned.get(key, {}))
    return by_key | new


def write(model: type[M], new: Sequence[M], changed: Sequence[M], fields: Sequence[str]) -> None:
    model._default_manager.bulk_create(new)
    if changed:
        model._default_manager.bulk_update(changed, [*fields, *_stamped(changed)], batch_size=200)


def _stamped(records: Sequence[models.Model]) -> Sequence[str]:
    """Who has one of them open in a form is told; the names of the columns that say so."""
    edited = [record for record in records if isinstance(record, Edited)]
    for record in edited:
        record.version += 1
        record.updated_at, record.updated_by = timezone.now(), None
    return ("version", "updated_at", "updated_by") if edited else ()


def values_of(record: models.Model, values: Values) -> Values:
    return {name: getattr(record, name) for name in values}


def assign(record: models.Model, values: Values) -> None:
    for name, value in values.items():
        setattr(record, name, value)
