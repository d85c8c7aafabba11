"""Who asks over the API, and how often."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from capphep.integration import limits
from capphep.integration.actions.tokens import note_use
from capphep.integration.models import ApiToken
from capphep.integration.queries import running_token
from capphep.integration.token_rules import presented
from capphep.platform.api import Principal
from capphep.platform.api.errors import as_problem
from capphep.platform.api.problems import simple, unavailable
from capphep.platform.origin import working_from
from capphep.platform.personal import viewing
from capphep.pure.errors import gettext_noop

_log: Final = logging.getLogger(__name__)
PREFIX: Final = "/api/"


class ApiAccess:
    """Puts the valid token's principal on a request of the API, within the token's rate.

    A session means nothing there, so that no page of another site can use one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        return as_problem(self._answer(request))

    def _answer(self, request: HttpRequest) -> HttpResponse:
        text = presented(
            request.headers.get("Authorization", ""), request.headers.get("X-API-Key", "")
        )
        try:
            token = running_token(text) if text else None
        except DatabaseError as error:
            _log.error("The database does not answer: %s", error)
            return unavailable()
        if token is None:
            return self.get_response(request)
        return self._as_principal(request, token)

    def _as_principal(self, request: HttpRequest, token: ApiToken) -> HttpResponse:
        allowance = limits.LIMITER.take(token.pk, token.per_minute)
        told = limits.headers(allowance, token.per_minute)
        if not allowance.is_allowed:
            message = gettext_noop("Too many requests: try again in %(seconds)s seconds.")
            return simple(429, "too_many_requests", message, told, seconds=allowance.wait)
        note_use(token)
        request.principal = Principal(  # type: ignore[attr-defined]
            token_id=token.pk,
            actor=token.user,
            scopes=frozenset(token.scopes),
            product_id=token.product_id,
            customer_id=token.customer_id,
            former_id=token.replaces_id,
        )
        origin = f"{request.META.get('REMOTE_ADDR') or ''} {token.prefix}…"
        with working_from(origin), viewing(token.user, place=request.path):
            response = self.get_response(request)
        for name, value in told.items():
            response.headers[name] = value
        # A cache on the way knows no X-API-Key: it would give the answer to others.
        response.headers.setdefault("Cache-Control", "no-store")
        return response
