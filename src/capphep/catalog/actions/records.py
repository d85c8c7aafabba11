"""What the actions behind the screens of the catalogue have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model

from capphep.catalog.models import Edited
from capphep.platform import audit, versions
from capphep.platform.models import Installation
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalid, NotFound, gettext_noop
from capphep.pure.folding import fold
from capphep.pure.problems import Problems

M = TypeVar("M", bound=Edited)


def begin(actor: Actor) -> None:
    """Who may; and one writer of the catalogue at a time, so that each sees what the others made.

    Raises Forbidden.
    """
    require(actor, Permission.CATALOGUE_WRITE)
    list(Installation.objects.select_for_update())


def record_of(model: type[M], key: int | None) -> M:
    """Raises NotFound."""
    found = model._default_manager.filter(pk=key or 0).first()
    if not found:
        raise NotFound("not_found", gettext_noop("This record does not exist."))
    return found


def seen(record: Edited, version: int) -> None:
    """Raises Stale where the record is no longer what the person saw."""
    if record.version != version:
        raise versions.Stale


def note_created(actor: Actor, record: Model, values: Mapping[str, Any]) -> None:
    after = {name: value for name, value in audited(values).items() if value not in ("", None, {})}
    audit.record(actor, [audit.Change(record, "created", after=after)])


def write(
    actor: Actor,
    record: Edited,
    values: Mapping[str, Any],
    *,
    parts: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}),
    verb: str = "edited",
) -> bool:
    """Write and audit what differs; ``parts`` are what hangs on the record, before and after.

    Returns whether anything did. The caller has locked and seen the record.
    """
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    parts_before, parts_after = audit.differences(*parts)
    if not changed and not parts_after:
        return False
    before, after = versions.write(record, record.version, changed, actor)
    change = audit.Change(
        record, verb, audited(before) | parts_before, audited(after) | parts_after
    )
    audit.record(actor, [change])
    return True


def audited(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what follows from the rest, or is told in parts."""
    said = audit.told(values).items()
    return {name: value for name, value in said if name not in ("edition", "extra_schema")}


def check_free(problems: Problems, others: Mapping[str, str], text: str, field: str) -> None:
    """Note ``taken`` where one of the ``others`` (text to what bears it) has the same text."""
    holders = {fold(each): holder for each, holder in others.items()}
    if text and fold(text) in holders:
        message = gettext_noop("“%(value)s” belongs already to “%(name)s”.")
        params = {"value": text, "name": holders[fold(text)]}
        problems.add(Invalid("taken", message, field=field, params=params))
