"""Programs that use the API in tests: a client with a token."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.integration.models import ApiToken
from capphep.integration.token_rules import PREFIX_LENGTH, hash_of, new_text
from capphep.platform.api import Scope
from capphep.platform.models import User
from tests import factories


def token(
    user: User,
    *scopes: Scope,
    product: Product | None = None,
    customer: Customer | None = None,
    **fields: Any,
) -> tuple[ApiToken, str]:
    """A token of this user with these scopes (none named: all), and its text."""
    text = new_text()
    values: dict[str, Any] = {
        "name": "CRM",
        "scopes": [scope.value for scope in scopes or Scope],
        "expires_at": timezone.now() + datetime.timedelta(days=30),
        **fields,
    }
    made = ApiToken.objects.create(
        user=user,
        prefix=text[:PREFIX_LENGTH],
        sha256=hash_of(text),
        product=product,
        customer=customer,
        **values,
    )
    return made, text


class Program:
    """A program that calls the API with a token of its own."""

    def __init__(self, text: str, language: str = "vi") -> None:
        headers = {"authorization": f"Bearer {text}", "accept-language": language}
        self._client = Client(headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(f"/api/v1{path}", headers=headers)

    def post(self, path: str, data: object = None, **headers: str) -> Any:
        return self._send("POST", path, data, headers)

    def patch(self, path: str, data: object = None, **headers: str) -> Any:
        return self._send("PATCH", path, data, headers)

    def put(self, path: str, data: object = None, **headers: str) -> Any:
        return self._send("PUT", path, data, headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self._send("DELETE", path, None, headers)

    def upload(self, path: str, fields: dict[str, Any], **headers: str) -> Any:
        return self._client.post(f"/api/v1{path}", fields, headers=_named(headers))

    def _send(self, method: str, path: str, data: object, headers: dict[str, str]) -> Any:
        body = "" if data is None else json.dumps(data)
        return self._client.generic(
            method, f"/api/v1{path}", body, "application/json", headers=_named(headers)
        )


def _named(headers: dict[str, str]) -> dict[str, str]:
    """``idempotency_key`` → ``idempotency-key``."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def program(user: User, *scopes: Scope, language: str = "vi", **bounds: Any) -> Program:
    return Program(token(user, *scopes, **bounds)[1], language)


def product_program(*scopes: Scope, **bounds: Any) -> Program:
    """The product's own program: a user that is no person, with these scopes."""
    return program(factories.user("igov", "program"), *scopes, **bounds)
