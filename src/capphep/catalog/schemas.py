"""The extra fields of a module: a small subset of JSON Schema, in two languages.

    {
      "type": "object",
      "properties": {
        "using_unit": {
          "type": "string", "format": "budget-code",
          "title": "Budget code of the using unit", "description": "7 digits",
          "x-vi": {"title": "Mã ngân sách đơn vị sử dụng", "description": "7 chữ số"}
        }
      },
      "required": ["using_unit"]
    }

| kind | property |
|---|---|
| text | ``type: string``, with ``maxLength`` up to MAX_TEXT where wanted |
| text (e-mail) | ``type: string, format: email`` |
| date | ``type: string, format: date``; kept as YYYY-MM-DD |
| budget_code | ``type: string, format: budget-code`` (R11) |
| choice | ``type: string, enum: [VALUE, …]``, the values' labels in ``x-labels`` |
| number | ``type: integer``, a whole number, with ``minimum`` and ``maximum`` where wanted |

``title`` and ``description`` are English; ``x-vi`` carries the Vietnamese title,
description and labels. Titles and labels are obligatory in both languages.
What was asked for earlier is remembered beside it (`schema_history`).
``x-position`` keeps the order of the fields (`numbered` writes it): PostgreSQL stores
objects without theirs.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from capphep.catalog import schema_rules
from capphep.catalog.schema_history import ADDED, RETIRED
from capphep.catalog.schema_rules import EMAIL, MAX_NUMBER, MAX_TEXT, Kind, Schema
from capphep.pure import codes
from capphep.pure.cells import cell_text, shown, whole_number
from capphep.pure.errors import Invalid, Invalids, gettext_noop

_DAY_FORMATS: Final = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class ExtraField:
    """One extra field, its texts in one language. ``choices`` are pairs of value and label."""

    name: str
    label: str
    help: str
    kind: Kind
    required: bool
    choices: list[tuple[str, str]]
    is_email: bool = False


# --- reading a schema --------------------------------------------------------------------------


def fields_of(schema: Schema, language: str) -> list[ExtraField]:
    """The fields of a valid schema in their order; an empty schema has none.

    ``language`` is "vi"; anything else reads English.
    """
    required = schema.get("required", ())
    properties = schema.get("properties", {}).items()
    return [
        _field(name, spec, name in required, language)
        for name, spec in sorted(properties, key=lambda pair: pair[1].get("x-position", 0))
    ]


def validate_schema(schema: object) -> list[str]:
    """What is wrong with the schema, a sentence for each mistake; an empty schema is fine."""
    return [str(mistake) for mistake in schema_rules.mistakes(schema)]


def numbered(schema: Schema) -> dict[str, Any]:
    """The schema with the order of its fields written into it."""
    properties = {
        name: {**spec, "x-position": position}
        for position, (name, spec) in enumerate(schema.get("properties", {}).items(), 1)
    }
    return {**schema, "properties": properties} if properties else dict(schema)


def _field(name: str, spec: Schema, required: bool, language: str) -> ExtraField:
    texts = {**spec, "labels": spec.get("x-labels", {})}
    if language == "vi":
        texts |= spec.get("x-vi", {})
    return ExtraField(
        name=name,
        label=texts.get("title", name),
        help=texts.get("description", ""),
        kind=schema_rules.kind_of(spec) or "text",
        required=required,
        choices=[(value, texts["labels"].get(value, value)) for value in spec.get("enum", ())],
        is_email=spec.get("format") == EMAIL,
    )


# --- values ------------------------------------------------------------------------------------


def clean_values(
    schema: Schema, values: Mapping[str, str], *, complete: bool = True
) -> dict[str, object]:
    """What a person typed into the fields, as it is kept: text, int, a day as YYYY-MM-DD.

    Empty fields are left out, names that the schema does not know are ignored, and kept
    values turned into text are cleaned to themselves. ``complete=False`` accepts a draft
    that lacks required values.

    Raises Invalids of Invalid with the field's name: extra_required, extra_text,
    extra_number, extra_date, extra_choice, and the codes of `codes.budget_code` and
    `codes.email`.
    """
    kept: dict[str, object] = {}
    refusals: list[Invalid] = []
    for field in fields_of(schema, "en"):
        text = cell_text(str(values.get(field.name, "")))
        try:
            if text:
                kept[field.name] = _CLEANERS[field.kind](field, schema, text)
            elif field.required and complete:
                raise _refused(field, "extra_required", gettext_noop("Fill in this field."))
        except Invalid as refusal:
            refusals.append(_at(field, refusal))
    if refusals:
        raise Invalids(refusals)
    return kept


def display_values(
    schema: Schema, values: Mapping[str, object], language: str
) -> list[tuple[str, str]]:
    """Kept values as people read them, ``(label, text)``, in the order of the schema.

    After them, those of fields that are no longer asked for.
    """
    retired = schema.get(RETIRED, {})
    fields = {field.name: field for field in fields_of(schema, language)}
    earlier = {name: _field(name, spec, False, language) for name, spec in retired.items()}
    return [
        (field.label, _shown(field, values[name], earlier.get(name)))
        for name, field in _fields_first(fields, earlier)
        if values.get(name) not in (None, "")
    ]


def _fields_first(
    fields: Mapping[str, ExtraField], earlier: Mapping[str, ExtraField]
) -> list[tuple[str, ExtraField]]:
    return [*fields.items(), *(pair for pair in earlier.items() if pair[0] not in fields)]


def new_since(schema: Schema, moment: datetime.datetime) -> frozenset[str]:
    """The fields that are asked for only since after the moment."""
    since = schema.get(ADDED, {}).items()
    return frozenset(name for name, at in since if datetime.datetime.fromisoformat(at) > moment)


def _text(field: ExtraField, schema: Schema, text: str) -> str:
    longest = schema["properties"][field.name].get("maxLength", MAX_TEXT)
    if len(text) > longest:
        message = gettext_noop("At most %(max)s characters; these are %(value)s.")
        raise _refused(field, "extra_text", message, max=longest, value=len(text))
    return codes.email(text) if field.is_email else text


def _number(field: ExtraField, schema: Schema, text: str) -> int:
    spec = schema["properties"][field.name]
    least, most = spec.get("minimum", 0), spec.get("maximum", MAX_NUMBER)
    number = whole_number(text)
    if number is None or not least <= number <= most:
        message = gettext_noop(
            "This is a whole number from %(min)s to %(max)s; “%(value)s” is not."
        )
        raise _refused(field, "extra_number", message, min=least, max=most, value=shown(text))
    return number


def _date(field: ExtraField, schema: Schema, text: str) -> str:
    for pattern in _DAY_FORMATS:
        try:
            return datetime.datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    message = gettext_noop("A day reads dd/mm/yyyy; “%(value)s” does not.")
    raise _refused(field, "extra_date", message, value=shown(text))


def _choice(field: ExtraField, schema: Schema, text: str) -> str:
    if text not in dict(field.choices):
        message = gettext_noop("“%(value)s” is not one of the choices.")
        raise _refused(field, "extra_choice", message, value=shown(text))
    return text


def _budget_code(field: ExtraField, schema: Schema, text: str) -> str:
    return codes.budget_code(text)


_CLEANERS: Final[Mapping[Kind, Callable[[ExtraField, Schema, str], object]]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "budget_code": _budget_code,
}


def _shown(field: ExtraField, value: object, earlier: ExtraField | None = None) -> str:
    if field.kind == "choice":
        labels = dict(earlier.choices if earlier else ()) | dict(field.choices)
        return labels.get(str(value), str(value))
    if field.kind == "date":
        return _day_text(str(value))
    return str(value)


def _day_text(iso: str) -> str:
    try:
        return f"{datetime.date.fromisoformat(iso):%d/%m/%Y}"
    except ValueError:
        return iso


def _refused(field: ExtraField, code: str, message: str, **params: object) -> Invalid:
    return Invalid(code, message, field=field.name, params=params)


def _at(field: ExtraField, refusal: Invalid) -> Invalid:
    """The refusal, at this field: the codes of `pure` name fields of their own."""
    refusal.field = field.name
    return refusal
