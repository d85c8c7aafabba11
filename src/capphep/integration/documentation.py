"""The OpenAPI document as something to read: addresses by heading, records by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
_JSON: Final = "application/json"
_FORM: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Member:
    """A parameter or a member of a record. ``record`` is the record that it holds, or ""."""

    name: str
    kind: str
    is_required: bool
    text: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    parameters: Sequence[Member]
    sent: Sequence[Member]
    status: str
    answer: str
    curl: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    operations: Sequence[Operation]


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    text: str
    members: Sequence[Member]


def sections_of(document: Json) -> list[Section]:
    """The operations under the headings (tags) of the document, in its order."""
    document = _inlined(document, document["components"]["schemas"])
    found: dict[str, list[Operation]] = {}
    for path, operations in document["paths"].items():
        for method, details in operations.items():
            operation = _operation(document, path, method, details)
            found.setdefault(next(iter(details.get("tags", [])), ""), []).append(operation)
    return [Section(heading, operations) for heading, operations in found.items()]


def records_of(document: Json) -> list[Record]:
    """The named records with their members, by name."""
    schemas: Json = document["components"]["schemas"]
    schemas = _inlined(schemas, schemas)
    return [
        Record(_plain(name), schema.get("description", ""), list(_members(schema)))
        for name, schema in sorted(schemas.items())
        if "properties" in schema
    ]


def _inlined(part: Any, schemas: Json) -> Any:
    """The same with choices in the place of references to them: only records have a name."""
    if isinstance(part, list):
        return [_inlined(each, schemas) for each in part]
    if not isinstance(part, dict):
        return part
    meant = schemas.get(str(part.get("$ref", "")).rpartition("/")[2], {})
    if "enum" in meant:
        return {**meant, **{name: part[name] for name in part if name != "$ref"}}
    return {name: _inlined(each, schemas) for name, each in part.items()}


def _operation(document: Json, path: str, method: str, details: Json) -> Operation:
    status, answer = min(details["responses"].items(), key=lambda each: str(each[0]))
    body = details.get("requestBody", {}).get("content", {})
    form = next(iter(body), "")
    schema = _resolved(document, body[form]["schema"]) if form else {}
    sent = list(_members(schema))
    text = details.get("description", "").removeprefix(f"{details['summary']}.").strip()
    return Operation(
        anchor=details["operationId"],
        method=method.upper(),
        path=path,
        summary=details["summary"].replace("`", ""),
        text=text,
        scope=details.get("x-scope", ""),
        parameters=[_parameter(each) for each in details.get("parameters", [])],
        sent=sent,
        status=str(status),
        answer=_record(answer.get("content", {}).get(_JSON, {}).get("schema", {})),
        curl=_curl(method.upper(), path, form, sent),
    )


def _parameter(parameter: Json) -> Member:
    schema = parameter.get("schema", {})
    return Member(
        name=parameter["name"],
        kind=f"{parameter['in']} · {_kind(schema)}",
        is_required=parameter.get("required", False),
        text=parameter.get("description", ""),
    )


def _members(schema: Json) -> Iterator[Member]:
    required = schema.get("required", [])
    for name, member in schema.get("properties", {}).items():
        text = member.get("description", "")
        yield Member(name, _kind(member), name in required, text, _record(member))


def _resolved(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["schemas"][name] if name else schema
    return found


def _record(schema: Json) -> str:
    """The name of the record that a schema is, or is a list of; else ""."""
    for part in (schema, schema.get("items", {}), *_choices(schema)):
        name = part.get("$ref", "").rpartition("/")[2]
        if name:
            return _plain(name)
    return ""


def _kind(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if _choices(schema):
        return " | ".join(dict.fromkeys(_kind(each) for each in _choices(schema)))
    if "$ref" in schema:
        return _record(schema)
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or "any")


def _choices(schema: Json) -> Sequence[Json]:
    return [*schema.get("anyOf", []), *schema.get("oneOf", [])]


def _plain(name: str) -> str:
    """``Page_CustomerOut_`` → ``Page of CustomerOut``."""
    return name.rstrip("_").replace("Page_", "Page of ")


def _curl(method: str, path: str, form: str, sent: Sequence[Member]) -> str:
    """A command that shows the request; the words in capitals are to be filled in."""
    lines = ['curl -H "Authorization: Bearer $TOKEN"']
    if method in ("PATCH", "PUT", "DELETE"):
        lines.append("""-H 'If-Match: "1"'""")
    if form == _FORM:
        lines += [f"-F '{member.name}={_example(member)}'" for member in sent]
    elif form:
        wanted = {member.name: _example(member) for member in sent if member.is_required}
        lines += [f"-H 'Content-Type: {form}'", f"-d '{json.dumps(wanted, ensure_ascii=False)}'"]
    name = "" if method == "GET" or (method == "POST" and form) else f"-X {method} "
    return " \\\n  ".join([*lines, f"{name}$CAPPHEP{path}"])


def _example(member: Member) -> str:
    return "@FILE" if member.kind == "binary" else member.kind.split(" | ")[0].upper()
