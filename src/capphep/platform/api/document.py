"""The API's own OpenAPI document, where the framework's is not exact enough."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from capphep.platform.api.problems import MEDIA_TYPE

_JSON: Final = "application/json"


class DocumentedApi(NinjaAPI):
    """A NinjaAPI whose document says that errors are problem details (RFC 9457)."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= HTTPStatus.BAD_REQUEST:
                        _name_problem(response)
        return document


def _name_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    if _JSON in content:
        response["content"] = {MEDIA_TYPE: content[_JSON]}
