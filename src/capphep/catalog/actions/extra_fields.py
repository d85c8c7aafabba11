"""The additional fields of a module, changed on the screen (R13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from capphep.catalog import schema_history, schema_rules, schemas
from capphep.catalog.actions.records import begin, record_of, seen, write
from capphep.catalog.models import Module
from capphep.catalog.schema_rules import SchemaMistake
from capphep.platform.roles import Actor
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.problems import Problems


@dataclass(frozen=True, slots=True)
class FieldInput:
    """One field as it was typed: ``key`` names its row, ``spec`` is its property.

    ``spec`` is what `schemas` describes.
    """

    key: str
    name: str
    is_required: bool
    spec: Mapping[str, Any]


@transaction.atomic
def save_fields(
    *, actor: Actor, module_id: int, seen_version: int, fields: Sequence[FieldInput]
) -> Module:
    """Ask for these additional fields from now on, in this order.

    What people entered before stays readable, whatever is asked for now. Raises Forbidden,
    NotFound; Stale; Invalids at the rows' keys.
    """
    begin(actor)
    module = record_of(Module, module_id)
    seen(module, seen_version)
    check_fields(module.extra_schema, fields)
    schema = schema_history.evolved(
        module.extra_schema, schema_of(fields), timezone.now().isoformat()
    )
    before, after = _told(module.extra_schema), _told(schema)
    parts = ({"fields": before}, {"fields": after})
    write(actor, module, {"extra_schema": schema}, parts=parts)
    return module


def schema_of(fields: Sequence[FieldInput]) -> dict[str, Any]:
    """The schema that the rows describe, valid or not; without rows nothing is asked for."""
    if not fields:
        return {}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {each.name: dict(each.spec) for each in fields},
    }
    required = list(dict.fromkeys(each.name for each in fields if each.is_required))
    return schemas.numbered(schema | ({"required": required} if required else {}))


def check_fields(stored: Mapping[str, Any], fields: Sequence[FieldInput]) -> None:
    """Raises Invalids, each at the key of its row ("" for all of them).

    Codes: field_twice, kind_fixed, bad_field.
    """
    problems = Problems()
    keys: dict[str, str] = {}
    for each in fields:
        if each.name in keys:
            message = gettext_noop("Another field has this name.")
            problems.add(Invalid("field_twice", message, field=each.key))
        elif _changes_kind(stored, each):
            message = gettext_noop(
                "What people entered here has another kind: remove this field and add one."
            )
            problems.add(Invalid("kind_fixed", message, field=each.key))
        keys.setdefault(each.name, each.key)
    for mistake in schema_rules.mistakes(schema_of(fields)):
        problems.add(_refusal(mistake, keys))
    problems.raise_any()


def _changes_kind(stored: Mapping[str, Any], field: FieldInput) -> bool:
    """A kept value must be readable for good: a name keeps its kind, gone or not."""
    earlier = stored.get("properties", {}).get(field.name)
    earlier = earlier or stored.get(schema_history.RETIRED, {}).get(field.name)
    return bool(earlier) and schema_rules.kind_of(earlier) != schema_rules.kind_of(field.spec)


def _refusal(mistake: SchemaMistake, keys: Mapping[str, str]) -> Invalid:
    name = str(mistake.path[1]) if len(mistake.path) > 1 else ""
    return Invalid("bad_field", mistake.message, field=keys.get(name, ""), params=mistake.params)


def _told(schema: Mapping[str, Any]) -> str:
    """The fields in a few words, as the audit trail keeps them."""
    fields = schemas.fields_of(schema, "vi")
    return ", ".join(_in_words(each) for each in fields)


def _in_words(field: schemas.ExtraField) -> str:
    choices = f" ({', '.join(label for _, label in field.choices)})" if field.choices else ""
    return f"{field.label}{' *' if field.required else ''}{choices}"
