"""Certificates of licences over the API: the PDF that the screens offer."""

from __future__ import annotations

from typing import Any, Final, Literal

from ninja import Field, Query, Schema

from capphep.entitlements.queries import licence_not_found, visible_licences
from capphep.ims.views.certificates import certificate_response
from capphep.platform.api import ApiRequest, Routes, Scope

routes = Routes("Licences")
_PDF: Final = {
    "parameters": [
        {
            "in": "header",
            "name": "If-None-Match",
            "required": False,
            "schema": {"type": "string", "pattern": '^"[a-f0-9]{32}"$'},
            "description": "The ETag of the last answer: 304 while the certificate is the same.",
        }
    ],
    "responses": {
        200: {
            "content": {
                "application/pdf": {"schema": {"type": "string", "contentEncoding": "binary"}}
            }
        },
        304: {"description": "Not modified"},
    },
}


class CertificateQuery(Schema):
    lang: Literal["vi", "en"] = Field("vi", description="language of the certificate")


@routes.read("/licences/{licence_no}/certificate.pdf", Scope.LICENCES_READ, None, extra=_PDF)
def get_certificate(request: ApiRequest, licence_no: str, query: Query[CertificateQuery]) -> Any:
    """Fetch the certificate of a licence as a PDF.

    Its QR code leads to a public page that says whether the licence still counts.
    """
    principal = request.auth
    rows = visible_licences(principal.actor).filter(licence_no=licence_no)
    bounds = {"customer": "subscription__customer", "product": "subscription__product"}
    found = principal.within(rows, **bounds).first()
    if found is None:
        raise licence_not_found()
    return certificate_response(request, principal.actor, found, query.lang)
