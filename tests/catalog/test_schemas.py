"""The extra fields of a module: what a schema may say, and how values are read by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capphep.catalog import schemas
from capphep.pure.errors import Invalids

pytestmark = pytest.mark.once

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "unit": {
            "type": "string",
            "format": "budget-code",
            "title": "Budget code of the using unit",
            "description": "7 digits",
            "x-vi": {"title": "Mã ngân sách đơn vị sử dụng", "description": "7 chữ số"},
        },
        "regime": {
            "type": "string",
            "enum": ["tt24", "tt107"],
            "x-labels": {"tt24": "Circular 24", "tt107": "Circular 107"},
            "title": "Accounting regime",
            "x-vi": {
                "title": "Chế độ kế toán",
                "labels": {"tt24": "Thông tư 24", "tt107": "Thông tư 107"},
            },
        },
        "first_year": {
            "type": "integer",
            "minimum": 2000,
            "maximum": 2100,
            "title": "First fiscal year",
            "x-vi": {"title": "Năm tài chính đầu tiên"},
        },
        "from_day": {
            "type": "string",
            "format": "date",
            "title": "From",
            "x-vi": {"title": "Từ ngày"},
        },
        "clerk": {
            "type": "string",
            "format": "email",
            "title": "Clerk's e-mail",
            "x-vi": {"title": "Email văn thư"},
        },
        "note": {
            "type": "string",
            "maxLength": 20,
            "title": "Note",
            "x-vi": {"title": "Ghi chú"},
        },
    },
    "required": ["unit", "regime"],
}
TYPED = {
    "unit": " 123.4567 ",
    "regime": "tt24",
    "first_year": "2026",
    "from_day": "1/2/2026",
    "clerk": "vanthu@Example.VN",
    "note": "chuyển  từ Excel",
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The schema with the value at the dotted path; None takes the key away."""
    schema: dict[str, Any] = json.loads(json.dumps(SCHEMA))
    *parents, last = path.split(".")
    place = schema
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return schema


def refused(values: dict[str, str]) -> dict[str, str]:
    """Field to code."""
    with pytest.raises(Invalids) as found:
        schemas.clean_values(SCHEMA, values)
    return {refusal.field: refusal.code for refusal in found.value.refusals}


def test_the_sample_schema_and_an_empty_one_are_valid() -> None:
    assert schemas.validate_schema(SCHEMA) == []
    assert schemas.validate_schema(schemas.numbered(SCHEMA)) == []
    assert schemas.validate_schema({}) == []
    assert schemas.fields_of({}, "vi") == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("type", "array", "“object”"),
        ("color", "red", "“color” is not known"),
        ("properties", {}, "1 to 20"),
        ("properties.note.type", "number", "“integer”"),
        ("properties.note.format", "uri", "“integer”"),
        ("properties.note.pattern", ".*", "“pattern” is not known"),
        ("properties.note.maxLength", 0, "“maxLength” is a whole number"),
        ("properties.note.title", None, "English “title”"),
        ("properties.note.title", " ", "English “title”"),
        ("properties.note.x-vi", None, "Vietnamese title"),
        ("properties.note.x-vi.labels", {}, "“labels” is not known"),
        ("properties.note.description", 7, "“description” is a text"),
        ("properties.first_year.minimum", "2000", "“minimum” is a whole number"),
        ("properties.first_year.minimum", 2101, "below"),
        ("properties.regime.enum", [], "list of texts"),
        ("properties.regime.enum", ["tt24", "tt107", "tt24"], "twice"),
        ("properties.regime.enum", ["tt24", "tt107", "tt70"], "“tt70” lacks one"),
        ("properties.regime.enum", ["tt24"], "“tt107” has a label"),
        ("properties.regime.x-labels", None, "lacks one"),
        ("properties.regime.x-vi", {"title": "Chế độ"}, "lacks one"),
        ("properties.Bad Name", {"type": "string"}, "lower-case letters"),
        ("properties.note", "text", "a mapping"),
        ("required", "unit", "list of field names"),
        ("required", ["unit", "unknown"], "“unknown”"),
        ("required", ["unit", "unit"], "“unit”"),
    ],
)
def test_each_mistake_of_a_schema_is_named(path: str, value: object, said: str) -> None:
    assert any(said in mistake for mistake in schemas.validate_schema(changed(path, value)))


def test_a_schema_that_is_no_mapping_is_refused() -> None:
    assert schemas.validate_schema(["unit"]) == ["A schema is a mapping."]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.sampled_from(sorted(SCHEMA["properties"])), json_values)
def test_no_property_however_wrong_breaks_the_check(name: str, value: object) -> None:
    schema = changed(f"properties.{name}", value or {})
    if schemas.validate_schema(schema) == []:
        schemas.fields_of(schema, "vi")


def test_fields_have_the_texts_of_the_language() -> None:
    unit, regime, *_ = schemas.fields_of(SCHEMA, "vi")
    assert (unit.label, unit.help) == ("Mã ngân sách đơn vị sử dụng", "7 chữ số")
    assert (unit.kind, unit.required, regime.kind) == ("budget_code", True, "choice")
    assert regime.choices == [("tt24", "Thông tư 24"), ("tt107", "Thông tư 107")]
    assert schemas.fields_of(SCHEMA, "en")[1].choices[0] == ("tt24", "Circular 24")
    kinds = [field.kind for field in schemas.fields_of(SCHEMA, "en")]
    assert kinds == ["budget_code", "choice", "number", "date", "text", "text"]


def test_the_order_of_the_fields_survives_a_store_that_forgets_it() -> None:
    stored = json.loads(json.dumps(schemas.numbered(SCHEMA), sort_keys=True))
    names = [field.name for field in schemas.fields_of(stored, "vi")]
    assert names == list(SCHEMA["properties"])


def test_values_are_kept_in_one_form() -> None:
    assert schemas.clean_values(SCHEMA, TYPED) == {
        "unit": "1234567",
        "regime": "tt24",
        "first_year": 2026,
        "from_day": "2026-02-01",
        "clerk": "vanthu@example.vn",
        "note": "chuyển từ Excel",
    }


def test_kept_values_are_cleaned_to_themselves() -> None:
    kept = schemas.clean_values(SCHEMA, TYPED)
    assert schemas.clean_values(SCHEMA, {name: str(kept[name]) for name in kept}) == kept


def test_every_bad_value_is_reported_at_its_field() -> None:
    values = {
        "unit": "123456",
        "regime": "tt25",
        "first_year": "1999",
        "from_day": "30/2/2026",
        "clerk": "vanthu",
        "note": "x" * 21,
    }
    assert refused(values) == {
        "unit": "budget_code_digits",
        "regime": "extra_choice",
        "first_year": "extra_number",
        "from_day": "extra_date",
        "clerk": "email_form",
        "note": "extra_text",
    }


def test_what_is_required_is_required_only_of_complete_values() -> None:
    assert refused({"note": "x"}) == {"unit": "extra_required", "regime": "extra_required"}
    assert schemas.clean_values(SCHEMA, {"note": "x"}, complete=False) == {"note": "x"}


def test_empty_and_unknown_values_are_left_out() -> None:
    values = {"unit": "1234567", "regime": "tt24", "note": "  ", "other": "1"}
    assert schemas.clean_values(SCHEMA, values) == {"unit": "1234567", "regime": "tt24"}


def test_values_are_shown_in_the_language() -> None:
    shown = schemas.display_values(SCHEMA, schemas.clean_values(SCHEMA, TYPED), "vi")
    assert shown == [
        ("Mã ngân sách đơn vị sử dụng", "1234567"),
        ("Chế độ kế toán", "Thông tư 24"),
        ("Năm tài chính đầu tiên", "2026"),
        ("Từ ngày", "01/02/2026"),
        ("Email văn thư", "vanthu@example.vn"),
        ("Ghi chú", "chuyển từ Excel"),
    ]
    assert schemas.display_values(SCHEMA, {"regime": "gone"}, "en") == [
        ("Accounting regime", "gone")
    ]


@given(st.dictionaries(st.sampled_from(list(SCHEMA["properties"])), st.text(max_size=30)))
def test_whatever_is_typed_is_kept_or_refused_with_a_reason(values: dict[str, str]) -> None:
    try:
        kept = schemas.clean_values(SCHEMA, values, complete=False)
    except Invalids as found:
        assert all(refusal.field in values for refusal in found.refusals)
    else:
        again = {name: str(value) for name, value in kept.items()}
        assert schemas.clean_values(SCHEMA, again, complete=False) == kept
        schemas.display_values(SCHEMA, kept, "vi")
