"""The public keys by which anybody verifies a licence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from capphep.entitlements.queries import keys_tag, published_keys


def _tag(_request: HttpRequest) -> str:
    return f'"{keys_tag()}"'


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_tag)
def jwks(_request: HttpRequest) -> HttpResponse:
    """A JSON Web Key Set (RFC 7517); products may keep it for an hour."""
    return JsonResponse({"keys": published_keys()}, content_type="application/jwk-set+json")
