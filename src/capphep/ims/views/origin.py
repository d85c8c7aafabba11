"""*Nguồn gốc*: the chain behind one granted number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.entitlements.queries import subscription_of
from capphep.ims.queries.origin import Origin, origin_of
from capphep.ims.views.subscriptions import request_page
from capphep.platform.htmx import is_htmx, render_page_or_fragment
from capphep.platform.signed_in import actor_of
from capphep.provisioning.views.shown import ShownQuantity


def grant_origin(request: HttpRequest, subscription_id: int, grant_id: int) -> HttpResponse:
    """context: title, record (Subscription), origin (queries.origin.Origin), shown
    (ShownQuantity), request_page (URL name), dialog_template, is_page, back_url, size."""
    actor = actor_of(request)
    record = subscription_of(actor, subscription_id)
    origin = origin_of(actor, record, grant_id)
    template = "ims/_origin.html"
    context = {
        "title": _("Origin of the number"),
        "record": record,
        "origin": origin,
        "shown": _shown(origin),
        "request_page": request_page(actor),
        "dialog_template": template,
        "is_page": not is_htmx(request),
        "back_url": reverse("ims:subscription", args=[record.pk]),
        "size": "wide",
    }
    return render_page_or_fragment(request, "ims/dialog_page.html", template, context)


def _shown(origin: Origin) -> ShownQuantity | None:
    found = origin.request
    if not found or not found.quantity:
        return None
    return ShownQuantity(found.quantity, found.record.kind, found.quantity.line.first_day)
