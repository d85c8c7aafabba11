"""The certificate of a licence as a PDF: from the subscription, the order, for the customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from capphep.crm.queries.customers import customer_of
from capphep.entitlements.actions import ensure_signing_key
from capphep.entitlements.licence_rules import LicenceState
from capphep.entitlements.models import Licence
from capphep.entitlements.queries import (
    certified_lines,
    licence_file,
    licence_of,
    standings,
    visible_licences,
)
from capphep.ims.certificates import Certified, certificate, file_name, signed_file_name
from capphep.ims.queries import certificates as queries
from capphep.platform import clock
from capphep.platform.htmx import render_page_or_fragment
from capphep.platform.kit import Status
from capphep.platform.roles import Actor
from capphep.platform.signed_in import actor_of

LICENCE_STATES: Final[dict[LicenceState, Status]] = {
    "valid": Status(pgettext_lazy("licence", "Valid"), "good"),
    "not_begun": Status(pgettext_lazy("licence", "Not yet valid"), "waiting"),
    "superseded": Status(pgettext_lazy("licence", "Superseded"), "gone"),
    "expired": Status(pgettext_lazy("licence", "Expired"), "gone"),
    "withdrawn": Status(pgettext_lazy("licence", "Withdrawn"), "bad"),
}
_SHORT_LIST: Final = 20
JOSE: Final = "application/jose"


@dataclass(frozen=True, slots=True)
class ShownLicence:
    licence: Licence
    status: Status
    url: str
    file_url: str


def shown_licences(licences: Iterable[Licence]) -> list[ShownLicence]:
    """Each with what it is worth today, its certificate and its signed file. Two statements."""
    return [
        ShownLicence(
            each.licence,
            LICENCE_STATES[each.state],
            reverse("ims:certificate", args=[each.licence.licence_no]),
            reverse("ims:licence_file", args=[each.licence.licence_no]),
        )
        for each in standings(licences, clock.today())
    ]


def licence_certificate(request: HttpRequest, licence_no: str) -> HttpResponseBase:
    """The PDF, for who may see the subscription; ``?lang=en`` asks for English."""
    actor = actor_of(request)
    licence = licence_of(actor, licence_no)
    return certificate_response(request, actor, licence, _language(request))


def signed_licence(request: HttpRequest, licence_no: str) -> HttpResponse:
    """The signed file that programs verify (`docs/licence-format.md`), as the API hands it out;
    for who may have the certificate.
    """
    licence = licence_of(actor_of(request), licence_no)
    file = licence_file(licence, ensure_signing_key(), timezone.now())
    response = HttpResponse(file, content_type=JOSE)
    response["Content-Disposition"] = f'attachment; filename="{signed_file_name(licence)}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def order_certificate(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """The PDF of what the order's request was granted, for who may see the order."""
    actor = actor_of(request)
    licence = queries.licence_of_order(actor, order_id)
    return certificate_response(request, actor, licence, _language(request))


def _language(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang") == "en" else settings.LANGUAGE_CODE


def customer_licences(request: HttpRequest, customer_id: int) -> HttpResponse:
    """context: title, customer, licences (ShownLicence), panel_url, panel_loaded."""
    actor = actor_of(request)
    customer = customer_of(actor, customer_id)
    found = visible_licences(actor).filter(subscription__customer=customer)
    context = {
        "title": _("Licences issued"),
        "customer": customer,
        "licences": shown_licences(found.order_by("-issued_at", "-id")[:_SHORT_LIST]),
        "panel_url": request.path,
        "panel_loaded": True,
    }
    page = "ims/customer_licences.html"
    return render_page_or_fragment(request, page, "ims/_customer_licences.html", context)


def certificate_response(
    request: HttpRequest, actor: Actor, licence: Licence, language: str
) -> HttpResponseBase:
    """The PDF as a download; 304 where the asker has it already."""
    paper = certificate(
        Certified(
            licence=licence,
            lines=certified_lines(licence),
            order=queries.order_of_licence(actor, licence),
            earlier=queries.replaced_by(licence),
            public_base=public_base(request),
        ),
        language,
    )
    unchanged = get_conditional_response(request, etag=paper.etag)
    response = unchanged or HttpResponse(paper.pdf(), content_type="application/pdf")
    if not unchanged:
        name = file_name(licence, language)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Content-Language"] = language
    response["ETag"] = paper.etag
    response["Cache-Control"] = "private, no-cache"
    return response


def public_base(request: HttpRequest) -> str:
    """Where the public pages of licences begin, as everybody reaches them."""
    path = reverse("public_licence", args=["-"]).removesuffix("-")
    if settings.HAS_PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)
