"""The API's own OpenAPI document, where the framework's is not exact enough."""

from __future__ import annotations

from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from capphep.platform.api.problems import MEDIA_TYPE

_PROBLEM: Final = "#/components/schemas/Problem"


class DocumentedApi(NinjaAPI):
    """A NinjaAPI whose document says that errors are problem details (RFC 9457)."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                for response in operation["responses"].values():
                    _name_problem(response)
        return document


def _name_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    shape = content.get("application/json", {}).get("schema", {})
    if shape.get("$ref") == _PROBLEM:
        response["content"] = {MEDIA_TYPE: content["application/json"]}
