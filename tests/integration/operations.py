"""All operations of the API as its document has them, and bodies that have the form."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from capphep.config.api import api
from tests.integration.apis import Program

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    scope: str
    names: tuple[str, ...]
    body: Mapping[str, Any] | None
    is_form: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, caller: Program, names: Mapping[str, object]) -> Any:
        """Its answer about the records of these names, to a body of the right form."""
        path = self.path.format(**names)
        if self.is_form:
            file = io.BytesIO(b"%PDF-")
            file.name = "a.pdf"
            return caller.upload(path, {**(self.body or {}), "file": file})
        sent = {"POST": caller.post, "PATCH": caller.patch, "PUT": caller.put}
        if self.method == "DELETE":
            return caller.delete(path, if_match='"1"')
        if self.method == "GET":
            return caller.get(path)
        return sent[self.method](path, self.body, if_match='"1"')


def operations() -> list[Operation]:
    text = json.dumps(api.get_openapi_schema(), cls=DjangoJSONEncoder)
    return list(_operations(json.loads(text)))


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {})
            media_type = next(iter(content), "")
            is_form = media_type == "multipart/form-data"
            yield Operation(
                method=method.upper(),
                path=path.removeprefix(PREFIX),
                scope=told.get("x-scope", ""),
                names=tuple(
                    each["name"] for each in told.get("parameters", []) if each["in"] == "path"
                ),
                body=_example(content[media_type]["schema"], schemas) if content else None,
                is_form=is_form,
            )


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """The least that has the form."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for several in ("allOf", "anyOf"):
        if several in schema:
            return _example(schema[several][0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        needed = schema.get("required", ())
        properties = schema.get("properties", {})
        return {name: _example(properties[name], schemas) for name in needed if name != "file"}
    if schema.get("type") == "array":
        return [_example(schema["items"], schemas)]
    if schema.get("format") == "date":
        return "2027-01-01"
    if schema.get("format") == "date-time":
        return "2027-01-01T00:00:00Z"
    return {"string": "x", "integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""))
