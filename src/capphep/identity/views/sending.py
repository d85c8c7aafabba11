"""*Thử lại* and *Gửi lại*: one link; many are sent from their list (`identity.bulk`)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.identity import queries
from capphep.identity.actions import send_again
from capphep.platform.htmx import done
from capphep.platform.signed_in import actor_of


def again(request: HttpRequest, link_id: int) -> HttpResponse:
    """A GET comes from somebody whose session ended: to where the button stands."""
    actor = actor_of(request)
    link = queries.link_of(actor, link_id)
    if request.method != "POST":
        return redirect("crm:customer", link.customer_id)
    send_again(actor=actor, link_id=link_id)
    text = _("%(name)s: the worker tries again now.") % {"name": link.account.full_name}
    return done(request, text, back=reverse("crm:customer", args=[link.customer_id]))
