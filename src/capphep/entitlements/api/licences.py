"""Licences over the API: what a product fetches, renews and verifies by itself."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from ninja import Field, Schema

from capphep.crm.queries.former import codes_of_today
from capphep.entitlements.actions import current_licence, ensure_signing_key
from capphep.entitlements.licence_rules import LicenceState
from capphep.entitlements.models import Licence, LicenceCause
from capphep.entitlements.queries import (
    licence_file,
    licence_not_found,
    standings,
    visible_licences,
    visible_subscriptions,
)
from capphep.platform import clock
from capphep.platform.api import ApiRequest, Principal, Routes, Scope

routes = Routes("Licences")
JOSE: Final = "application/jose"
_MORE: Final = {
    "parameters": [
        {
            "in": "header",
            "name": "If-None-Match",
            "required": False,
            "schema": {"type": "string"},
            "description": "The ETag of the last answer: 304 while the file is still the same.",
        }
    ],
    "responses": {
        200: {"content": {JOSE: {"schema": {"type": "string"}}}},
        304: {"description": "Not modified"},
    },
}


class LicenceOut(Schema):
    licence_no: str
    customer: str = Field(description="budget code")
    product: str = Field(description="code")
    version: int = Field(description="of the subscription; rises with every change")
    cause: LicenceCause
    request_no: str = Field(description="empty for what was in force before capphep")
    issued_at: datetime.datetime
    state: LicenceState = Field(description="today")
    superseded_by: str = Field(description="number of the subscription's newest licence, or empty")
    file: str = Field(description="compact JWS, as docs/licence-format.md describes it")


@routes.read(
    "/customers/{budget_code}/licences/{product}/current",
    Scope.LICENCES_READ,
    LicenceOut,
    extra=_MORE,
)
def get_current_licence(request: ApiRequest, budget_code: str, product: str) -> Any:
    """Fetch the newest licence of a customer's product.

    A former budget code is answered like the one of today.
    With `Accept: application/jose` the answer is the signed file itself. It stays the same
    for a third of its life.
    """
    subscriptions = _within(request.auth, visible_subscriptions(request.auth.actor), "")
    own = subscriptions.filter(product__code__iexact=product, customer__merged_into=None)
    found = own.filter(customer__budget_code=budget_code).first()
    if found is None:
        today = codes_of_today([budget_code]).get(budget_code)
        found = own.filter(customer__budget_code=today).first() if today else None
    if found is None:
        raise licence_not_found()
    return _answer(request, current_licence(actor=request.auth.actor, subscription=found))


@routes.read("/licences/{licence_no}", Scope.LICENCES_READ, LicenceOut, extra=_MORE)
def get_licence(request: ApiRequest, licence_no: str) -> Any:
    """Fetch one licence by its number.

    One that was superseded is answered with the file that was issued then: it is not renewed.
    """
    licences = _within(request.auth, visible_licences(request.auth.actor), "subscription__")
    found = licences.filter(licence_no=licence_no).first()
    if found is None:
        raise licence_not_found()
    return _answer(request, found)


def _within(principal: Principal, rows: Any, path: str) -> Any:
    return principal.within(rows, customer=f"{path}customer", product=f"{path}product")


def _answer(request: ApiRequest, licence: Licence) -> HttpResponse:
    """The file or what is told about it; 304 where the sender has the same already."""
    file = licence_file(licence, ensure_signing_key(), timezone.now())
    if request.get_preferred_type(["application/json", JOSE]) == JOSE:
        response, state = HttpResponse(file, content_type=JOSE), "file"
    else:
        shown = _shown(licence, file)
        response, state = JsonResponse(shown), f"{shown['state']}.{shown['superseded_by']}"
    tag = f'"{hashlib.sha256(file.encode()).hexdigest()[:32]}.{state}"'
    response.headers["ETag"] = tag
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "private, no-cache"
    found = get_conditional_response(request, etag=tag, response=response)
    assert isinstance(found, HttpResponse)
    return found


def _shown(licence: Licence, file: str) -> dict[str, Any]:
    [standing] = standings([licence], clock.today())
    own = ("licence_no", "version", "cause", "request_no", "issued_at")
    return {name: getattr(licence, name) for name in own} | {
        "customer": licence.content["customer"],
        "product": licence.content["product"],
        "state": standing.state,
        "superseded_by": standing.successor.licence_no if standing.successor else "",
        "file": file,
    }
