"""One click from a notice or from the subscription's page to the opportunity."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.ims.actions.occasions import open_opportunity
from capphep.ims.queries.occasions import occasion_of
from capphep.platform.htmx import redirect
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of


def occasion_opportunity(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """The opportunity with its goods; the first time it is made. A look makes nothing."""
    actor = actor_of(request)
    if request.method != "POST":
        require(actor, Permission.SALE_WRITE)
        occasion = occasion_of(actor, occasion_id)
        return redirect(request, "ims:subscription", occasion.subscription_id)
    found = open_opportunity(actor=actor, occasion_id=occasion_id)
    message = _("%(name)s is opened with its goods.") % {"name": found.name}
    return redirect(request, reverse("crm:opportunity", args=[found.pk]), message=message)
