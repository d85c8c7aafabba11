"""Schemas that change while values of earlier ones are kept.

A field that is no longer asked for, and choices that are no longer offered, stay in the
schema under ``x-retired``, so that what people entered then can still be read. ``x-added``
says since when a field is asked for, so that an older draft can name it as new.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from capphep.catalog.schema_rules import Schema

RETIRED: Final = "x-retired"
ADDED: Final = "x-added"


def evolved(before: Schema | None, after: Schema, at: str) -> dict[str, Any]:
    """``after`` with the memory of ``before``; ``at`` is the moment, as ISO text.

    ``before`` is None for a new module. Where nothing differs it is the same schema as before.
    """
    if before is None:
        return dict(after)
    old, new = before.get("properties", {}), after.get("properties", {})
    retired = dict(before.get(RETIRED, {}))
    for name, spec in old.items():
        if _loses(spec, new.get(name)):
            retired[name] = _merged(spec, retired.get(name))
    added = {name: since for name, since in before.get(ADDED, {}).items() if name in new}
    added |= {name: at for name in new if name not in old}
    kept = {RETIRED: retired, ADDED: added}
    memory = {key: value for key, value in kept.items() if value}
    if memory and not after:
        after = {"type": "object", "properties": {}}
    return {**after, **memory}


def asked(schema: Schema) -> dict[str, Any]:
    """What the schema asks for, in its order and without memory: as a file writes it."""
    properties = sorted(
        schema.get("properties", {}).items(), key=lambda pair: pair[1].get("x-position", 0)
    )
    if not properties:
        return {}
    bare = {
        name: {key: value for key, value in spec.items() if key != "x-position"}
        for name, spec in properties
    }
    required = schema.get("required", [])
    return {"type": "object", "properties": bare} | ({"required": required} if required else {})


def _loses(spec: Schema, now: Schema | None) -> bool:
    """True where a value of the field might no longer be readable."""
    return now is None or not set(spec.get("enum", ())) <= set(now.get("enum", ()))


def _merged(spec: Schema, earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    """The field as it was, with the choices that had been dropped before."""
    lost = [each for each in (earlier or {}).get("enum", ()) if each not in spec.get("enum", ())]
    if not earlier or not lost or "enum" not in spec:
        return dict(spec)
    vi, earlier_vi = spec.get("x-vi", {}), earlier.get("x-vi", {})
    labels = {**earlier_vi.get("labels", {}), **vi.get("labels", {})}
    return {
        **spec,
        "enum": [*spec["enum"], *lost],
        "x-labels": {**earlier.get("x-labels", {}), **spec.get("x-labels", {})},
        "x-vi": {**vi, "labels": labels},
    }
