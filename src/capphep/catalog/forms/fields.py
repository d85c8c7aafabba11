"""The rows in which a module's additional fields are described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from capphep.catalog import schemas
from capphep.catalog.actions.extra_fields import FieldInput
from capphep.catalog.schema_history import asked
from capphep.catalog.schema_rules import MAX_FIELDS
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Refusal
from capphep.pure.folding import clean

_KINDS: Final = [
    ("text", _("Text")),
    ("email", _("E-mail")),
    ("number", _("Whole number")),
    ("date", _("Date")),
    ("choice", _("Choice")),
    ("budget_code", _("Budget code")),
]
_SPECS: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"type": "string"},
    "email": {"type": "string", "format": "email"},
    "number": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "choice": {"type": "string"},
    "budget_code": {"type": "string", "format": "budget-code"},
}


class FieldForm(forms.Form):
    """One additional field. Its prefix is the key of its row."""

    name = forms.CharField(label=_("Field code"), max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=_KINDS)
    required = forms.BooleanField(label=_("Required"), required=False)
    vi = forms.CharField(label=_("Label, Vietnamese"), max_length=200)
    en = forms.CharField(label=_("Label, English"), max_length=200)
    help_vi = forms.CharField(label=_("Help, Vietnamese"), max_length=200, required=False)
    help_en = forms.CharField(label=_("Help, English"), max_length=200, required=False)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        help_text=_("One a line: code | Vietnamese | English."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    least = forms.IntegerField(label=_("Least"), required=False)
    most = forms.IntegerField(label=_("Most (number, or characters of a text)"), required=False)

    def described(self) -> FieldInput:
        """What the row says, as far as it says something."""
        data = {name: self._said(name) for name in self.fields}
        kind = data["kind"] if data["kind"] in _SPECS else "text"
        spec: dict[str, Any] = {**_SPECS[kind], "title": data["en"]}
        vi: dict[str, Any] = {"title": data["vi"]}
        if data["help_en"]:
            spec["description"] = data["help_en"]
        if data["help_vi"]:
            vi["description"] = data["help_vi"]
        if kind == "choice":
            rows = _choice_rows(str(self["choices"].value() or ""))
            spec |= {"enum": [row[0] for row in rows], "x-labels": {r[0]: r[2] for r in rows}}
            vi["labels"] = {row[0]: row[1] for row in rows}
        spec |= _bounds(kind, data["least"], data["most"])
        name, required = data["name"], bool(self["required"].value())
        return FieldInput(str(self.prefix), name, required, {**spec, "x-vi": vi})

    def _said(self, name: str) -> str:
        value = self[name].value()
        return "" if value is None else clean(str(value))


def _bounds(kind: str, least: str, most: str) -> dict[str, int | str]:
    names = {"number": ("minimum", "maximum"), "text": ("", "maxLength")}.get(kind, ("", ""))
    found = dict(zip(names, (least, most), strict=True))
    return {
        name: int(text) if text.isascii() and text.isdecimal() else text
        for name, text in found.items()
        if name and text
    }


def _choice_rows(text: str) -> list[tuple[str, str, str]]:
    """Code, Vietnamese, English; who gives one label means it for both languages."""
    found = []
    for line in text.splitlines():
        parts = [clean(part) for part in line.split("|")]
        if any(parts):
            code, vi, en = [*parts, "", ""][:3]
            found.append((code, vi or code, en or vi or code))
    return found


def rows_of(schema: Mapping[str, Any]) -> list[FieldForm]:
    """The fields that the schema asks for, each in its row."""
    properties = asked(schema).get("properties", {})
    required = schema.get("required", ())
    return [
        FieldForm(prefix=f"f{number}", initial=_initial(name, spec, name in required))
        for number, (name, spec) in enumerate(properties.items(), 1)
    ]


def _initial(name: str, spec: Mapping[str, Any], is_required: bool) -> dict[str, Any]:
    vi, labels = spec.get("x-vi", {}), spec.get("x-labels", {})
    kinds = [kind for kind, one in _SPECS.items() if _is_like(spec, one, kind)]
    labels_vi = vi.get("labels", {})
    lines = [
        f"{one} | {labels_vi.get(one, one)} | {labels.get(one, one)}"
        for one in spec.get("enum", ())
    ]
    return {
        "name": name,
        "kind": kinds[0] if kinds else "text",
        "required": is_required,
        "vi": vi.get("title", ""),
        "en": spec.get("title", ""),
        "help_vi": vi.get("description", ""),
        "help_en": spec.get("description", ""),
        "choices": "\n".join(lines),
        "least": spec.get("minimum"),
        "most": spec.get("maximum", spec.get("maxLength")),
    }


def _is_like(spec: Mapping[str, Any], kind_spec: Mapping[str, str], kind: str) -> bool:
    same = all(spec.get(key) == kind_spec.get(key) for key in ("type", "format"))
    return same and ("enum" in spec) == (kind == "choice")


def posted_rows(posted: QueryDict) -> list[FieldForm]:
    """The rows as they were sent, moved, removed or added to as the button says.

    The button's value is ``up-f2``, ``down-f2``, ``remove-f2`` or ``add``.
    """
    keys = [key for key in dict.fromkeys(posted.getlist("row")) if _is_key(key)][:MAX_FIELDS]
    verb, _dash, key = posted.get("intent", "").partition("-")
    if verb == "add" and len(keys) < MAX_FIELDS:
        numbers = [int(each[1:]) for each in keys]
        keys.append(f"f{max(numbers, default=0) + 1}")
    elif key in keys:
        place = keys.index(key)
        keys.remove(key)
        if verb in ("up", "down"):
            keys.insert(max(place - 1, 0) if verb == "up" else place + 1, key)
        elif verb != "remove":
            keys.insert(place, key)
    return [FieldForm(posted, prefix=key) for key in keys]


def _is_key(key: str) -> bool:
    return key[:1] == "f" and key[1:].isascii() and key[1:].isdecimal() and len(key) <= 4


def show_at_rows(rows: Sequence[FieldForm], refusals: Sequence[Refusal]) -> list[str]:
    """Put each refusal at its row; what belongs to none of them is returned."""
    by_key, rest = {row.prefix: row for row in rows}, []
    for refusal in refusals:
        row = by_key.get(refusal.field)
        if row is None:
            rest.append(refusal_text(refusal))
        else:
            row.add_error(None, refusal_text(refusal))
    return rest


def preview_fields(fields: Sequence[FieldInput], language: str) -> list[schemas.ExtraField]:
    """The fields as far as they are described: a row without a name is not shown yet."""
    properties = {each.name: {**each.spec} for each in fields if each.name}
    required = [each.name for each in fields if each.is_required and each.name]
    schema = schemas.numbered({"properties": properties, "required": required})
    return schemas.fields_of(schema, language)
