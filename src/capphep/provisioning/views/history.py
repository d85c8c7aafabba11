"""The history of a request: what its audit trail says of files, modules and comments (R13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from capphep.catalog import schemas
from capphep.catalog.models import Module
from capphep.catalog.schema_rules import Schema
from capphep.platform.audit import entries_of
from capphep.platform.history import MOST_ENTRIES, HistoryEntry, readable
from capphep.platform.models import AuditEntry
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.provisioning.states import EvidenceKind
from capphep.provisioning.views.contents import label_of

Change: TypeAlias = tuple[str, str, str]
"""Label, before, after."""


def history_of(record: LicenceRequest) -> list[HistoryEntry]:
    """The newest entries of the request's audit trail, readable. At most two statements."""
    entries = list(entries_of(record)[:MOST_ENTRIES])
    modules = _modules_in(record, entries)
    return [_told(record, entry, modules) for entry in entries]


def _comments(entry: AuditEntry) -> list[Change]:
    """What the officer said of each field, taken out of the entry: a change for each."""
    comments: Mapping[str, str] = entry.after.pop("comments", {})
    return [(label_of(name), "", text) for name, text in comments.items()]


def _told(record: LicenceRequest, entry: AuditEntry, modules: Mapping[str, Module]) -> HistoryEntry:
    comments = _comments(entry)
    told = readable(record, entry)
    if comments:
        return replace(told, changes=[*told.changes, *comments])
    if entry.verb in ("evidence_added", "evidence_removed"):
        return replace(told, changes=[_file(entry)])
    if entry.verb == "evidence_described":
        return replace(told, changes=_decision(entry))
    if entry.verb == "extra_saved":
        found = [_extra(name, entry, modules) for name in entry.after]
        return replace(told, changes=[change for each in found for change in each])
    return told


def _modules_in(record: LicenceRequest, entries: Iterable[AuditEntry]) -> dict[str, Module]:
    if not any(entry.verb == "extra_saved" for entry in entries):
        return {}
    return {module.name: module for module in Module.objects.filter(product=record.product_id)}


def _file(entry: AuditEntry) -> Change:
    facts = entry.after or entry.before
    label = str(EvidenceKind(facts["kind"]).label)
    if entry.verb == "evidence_removed":
        return label, facts["name"], _("taken off")
    return label, "", facts["name"]


def _decision(entry: AuditEntry) -> list[Change]:
    """What changed of a decision, with the labels of its form, under the name of its file."""
    facts = {name: value for name, value in entry.after.items() if name not in ("kind", "name")}
    of_file = AuditEntry(at=entry.at, verb=entry.verb, before=entry.before, after=facts)
    name, changes = entry.after["name"], readable(Evidence(), of_file).changes
    return [(f"{name} – {label}", before, after) for label, before, after in changes]


def _extra(name: str, entry: AuditEntry, modules: Mapping[str, Module]) -> list[Change]:
    """The additional fields of the module that differ."""
    schema = modules[name].extra_schema if name in modules else {}
    before, after = (_values(schema, values.get(name)) for values in (entry.before, entry.after))
    return [
        (f"{name} – {label}", before.get(label, ""), after.get(label, ""))
        for label in dict.fromkeys([*before, *after])
        if before.get(label) != after.get(label)
    ]


def _values(schema: Schema, values: Mapping[str, object] | None) -> dict[str, str]:
    return dict(schemas.display_values(schema, values or {}, get_language() or ""))
