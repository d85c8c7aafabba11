"""What a module's extra-field schema may say; `schemas` describes the subset."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from capphep.pure.errors import gettext_noop

Kind: TypeAlias = Literal["text", "number", "date", "choice", "budget_code"]
Schema: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str | int, ...]

MAX_TEXT: Final = 500
MAX_NUMBER: Final = 1_000_000_000
MAX_FIELDS: Final = 20
EMAIL: Final = "email"

_KIND_OF_FORMAT: Final[Mapping[str, Kind]] = {
    "date": "date",
    "budget-code": "budget_code",
    EMAIL: "text",
}
_COMMON_KEYS: Final = frozenset({"type", "title", "description", "x-vi", "x-position"})
_OWN_KEYS: Final[Mapping[Kind, frozenset[str]]] = {
    "text": frozenset({"format", "maxLength"}),
    "number": frozenset({"minimum", "maximum"}),
    "date": frozenset({"format"}),
    "choice": frozenset({"enum", "x-labels"}),
    "budget_code": frozenset({"format"}),
}
_LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "maxLength": (1, MAX_TEXT),
    "minimum": (0, MAX_NUMBER),
    "maximum": (0, MAX_NUMBER),
    "x-position": (0, MAX_FIELDS),
}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class SchemaMistake:
    """What is wrong at the place that ``path`` leads to, from the schema's root."""

    path: Path
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def kind_of(spec: Schema) -> Kind | None:
    """The kind of field that a property describes; None where the subset has none such."""
    if spec.get("type") == "integer":
        return "number"
    if spec.get("type") != "string":
        return None
    if "enum" in spec:
        return "choice"
    return _KIND_OF_FORMAT.get(str(spec["format"])) if "format" in spec else "text"


def mistakes(schema: object) -> Iterator[SchemaMistake]:
    """Everything that is wrong with the schema."""
    if not isinstance(schema, Mapping):
        yield SchemaMistake((), gettext_noop("A schema is a mapping."))
        return
    if not schema:
        return
    yield from _unknown_keys((), schema, {"type", "properties", "required"})
    if schema.get("type") != "object":
        yield SchemaMistake(("type",), gettext_noop("The type of a schema is “object”."))
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping) or not 1 <= len(properties) <= MAX_FIELDS:
        message = gettext_noop("“properties” is a mapping of 1 to %(max)s fields.")
        yield SchemaMistake(("properties",), message, {"max": MAX_FIELDS})
        return
    for name, spec in properties.items():
        yield from _property(str(name), spec)
    yield from _required(schema.get("required", []), properties)


def _property(name: str, spec: object) -> Iterator[SchemaMistake]:
    path: Path = ("properties", name)
    if not _NAME.fullmatch(name):
        message = gettext_noop(
            "A field's name is lower-case letters, digits and _; “%(value)s” is not."
        )
        yield SchemaMistake(path, message, {"value": name})
    if not isinstance(spec, Mapping):
        yield SchemaMistake(path, gettext_noop("A field is a mapping."))
        return
    kind = kind_of(spec)
    if kind is None:
        yield SchemaMistake(path, _UNKNOWN_KIND)
        return
    yield from _unknown_keys(path, spec, _COMMON_KEYS | _OWN_KEYS[kind])
    yield from _texts(path, spec)
    if kind == "choice":
        yield from _choices(path, spec)
    yield from _bounds(path, spec)


def _texts(path: Path, spec: Schema) -> Iterator[SchemaMistake]:
    vietnamese = spec.get("x-vi")
    if not _is_text(spec.get("title")):
        yield SchemaMistake(path, gettext_noop("The field lacks its English “title”."))
    if not isinstance(vietnamese, Mapping) or not _is_text(vietnamese.get("title")):
        yield SchemaMistake(path, gettext_noop("The field lacks its Vietnamese title in “x-vi”."))
    else:
        allowed = {"title", "description"} | ({"labels"} if "enum" in spec else set())
        yield from _unknown_keys((*path, "x-vi"), vietnamese, allowed)
        yield from _description((*path, "x-vi"), vietnamese)
    yield from _description(path, spec)


def _description(path: Path, texts: Schema) -> Iterator[SchemaMistake]:
    if "description" in texts and not _is_text(texts["description"]):
        yield SchemaMistake((*path, "description"), gettext_noop("“description” is a text."))


def _choices(path: Path, spec: Schema) -> Iterator[SchemaMistake]:
    values = spec["enum"]
    if not (isinstance(values, list) and values and all(map(_is_text, values))):
        yield SchemaMistake((*path, "enum"), gettext_noop("“enum” is a list of texts."))
        return
    if len(set(values)) < len(values):
        yield SchemaMistake((*path, "enum"), gettext_noop("“enum” has a value twice."))
    vietnamese = spec.get("x-vi")
    in_vietnamese = vietnamese.get("labels") if isinstance(vietnamese, Mapping) else None
    for place, labels in (("x-labels", spec.get("x-labels")), ("x-vi", in_vietnamese)):
        yield from _labels((*path, place) if place in spec else path, values, labels)


def _labels(path: Path, values: list[str], labels: object) -> Iterator[SchemaMistake]:
    given = labels if isinstance(labels, Mapping) else {}
    message = gettext_noop("Both languages have a label for each choice; “%(value)s” lacks one.")
    for value in values:
        if not _is_text(given.get(value)):
            yield SchemaMistake(path, message, {"value": value})
    for value in given.keys() - set(values):
        extra = gettext_noop("“%(value)s” has a label and is not a choice.")
        yield SchemaMistake(path, extra, {"value": value})


def _bounds(path: Path, spec: Schema) -> Iterator[SchemaMistake]:
    bad = [key for key in _LIMITS if key in spec and not _within(spec[key], *_LIMITS[key])]
    for key in bad:
        least, most = _LIMITS[key]
        message = gettext_noop("“%(key)s” is a whole number from %(min)s to %(max)s.")
        yield SchemaMistake((*path, key), message, {"key": key, "min": least, "max": most})
    if not bad and spec.get("maximum", MAX_NUMBER) < spec.get("minimum", 0):
        yield SchemaMistake((*path, "maximum"), gettext_noop("“maximum” is below “minimum”."))


def _within(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _required(names: object, properties: Schema) -> Iterator[SchemaMistake]:
    if not isinstance(names, list):
        yield SchemaMistake(("required",), gettext_noop("“required” is a list of field names."))
        return
    for index, name in enumerate(names):
        if not isinstance(name, str) or name not in properties or name in names[:index]:
            message = gettext_noop("“required” names “%(value)s”: no such field, or twice.")
            yield SchemaMistake(("required", index), message, {"value": name})


def _unknown_keys(path: Path, found: Schema, known: Collection[str]) -> Iterator[SchemaMistake]:
    for key in found:
        if key not in known:
            message = gettext_noop("“%(key)s” is not known here; known are %(known)s.")
            params = {"key": key, "known": ", ".join(sorted(known))}
            yield SchemaMistake((*path, str(key)), message, params)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_UNKNOWN_KIND: Final = gettext_noop(
    "A field is of type “string” (format email, date or budget-code, or with “enum”) or “integer”."
)
