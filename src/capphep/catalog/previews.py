"""What loading a catalogue would do, for people to read before it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.catalog.actions.loading import Loading
from capphep.catalog.models import AddOnEligibility, Item, Module, Package, Product, Resource
from capphep.platform.audit import Change
from capphep.platform.audit_hash import settled
from capphep.platform.history import readable
from capphep.platform.kit import Text
from capphep.platform.models import AuditEntry

MOST_SHOWN: Final = 200
_KINDS: Final[dict[type[Any], Text]] = {
    Resource: gettext_lazy("Resource"),
    Product: gettext_lazy("Product"),
    Module: gettext_lazy("Module"),
    Package: gettext_lazy("Package"),
    Item: gettext_lazy("Item"),
    AddOnEligibility: gettext_lazy("Who may buy"),
}
# What stands in the record's own name, and what is told by a word of its own.
_UNSAID: Final = frozenset({"position", "extra_schema"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A record that would be written; ``changes`` as (label, before, after)."""

    kind: Text
    name: str
    changes: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """``fingerprint`` is the same as long as a load would do the same."""

    created: Sequence[Shown]
    changed: Sequence[Shown]
    retired: Sequence[Shown]
    unchanged: int
    fingerprint: str

    @property
    def does_something(self) -> bool:
        return bool(self.created or self.changed or self.retired)


def preview_of(loading: Loading) -> Preview:
    """In the reader's language."""
    changes = loading.changes
    retired = [each for each in changes if _ends(each)]
    created = [each for each in changes if each.verb == "created"]
    changed = [each for each in changes if each not in retired and each not in created]
    return Preview(
        created=[Shown(_kind(each), _name(each), ()) for each in created],
        changed=[Shown(_kind(each), _name(each), _differences(each)) for each in changed],
        retired=[Shown(_kind(each), _name(each), _besides(each)) for each in retired],
        unchanged=loading.unchanged,
        fingerprint=fingerprint_of(loading),
    )


def fingerprint_of(loading: Loading) -> str:
    """Over every change; not over the moment of the load, which a schema remembers."""
    said = [
        [type(each.subject).__name__, _name(each), each.verb, dict(each.before), dict(each.after)]
        for each in loading.changes
    ]
    text = json.dumps(settled({"changes": said}), sort_keys=True)
    return hashlib.sha256(text.replace(loading.at, "").encode()).hexdigest()


def _ends(change: Change) -> bool:
    is_off = change.verb == "edited" and change.after.get("is_active") is False
    return is_off or change.verb == "deactivated"


def _besides(change: Change) -> list[tuple[str, str, str]]:
    """What else becomes of a record that ends."""
    return _differences(change) if len(change.after) > 1 else []


def _kind(change: Change) -> Text:
    return _KINDS.get(type(change.subject), "")


def _name(change: Change) -> str:
    subject = change.subject
    if isinstance(subject, Item):
        return f"{subject.sku} – {subject.name}"
    if isinstance(subject, Module | Package):
        return f"{subject.product}: {subject}"
    return str(subject)


def _differences(change: Change) -> list[tuple[str, str, str]]:
    entry = AuditEntry(
        at=timezone.now(),
        verb=change.verb,
        before=_without(change.before),
        after=_without(change.after),
    )
    told = readable(change.subject, entry).changes
    if "position" in change.after:
        told.append((_("Order of the modules"), *_texts(change, "position")))
    if "extra_schema" in change.after:
        told.append((_("Additional fields"), *_fields(change)))
    return told


def _without(values: Any) -> dict[str, Any]:
    return settled({name: value for name, value in values.items() if name not in _UNSAID})


def _texts(change: Change, name: str) -> tuple[str, str]:
    return str(change.before.get(name, "")), str(change.after[name])


def _fields(change: Change) -> tuple[str, str]:
    """The codes of the fields that are asked for before and after."""
    schemas: list[Any] = [change.before.get("extra_schema"), change.after["extra_schema"]]
    before, after = (", ".join((each or {}).get("properties", {})) for each in schemas)
    return before, after if before != after else _("described differently")
