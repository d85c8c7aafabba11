"""*Ngừng theo dõi* and *Theo dõi lại* of one order (R13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.actions.order_following import deactivate_order, reactivate_order
from capphep.crm.forms.order_grid import item_id_of
from capphep.crm.queries import orders as queries
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.signed_in import actor_of


def order_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, of the order as it was seen: ``?version=``. context: as `_confirm.html`."""
    actor = actor_of(request)
    found = queries.order_of(actor, pk)
    queries.require_own(actor, found)
    back = reverse("crm:order", args=[pk])
    if request.method != "POST":
        context = {
            "title": _("Stop following order %(number)s?") % {"number": found.order_no},
            "text": _(
                "The order stays with all its data and is found by the search, but leaves the "
                "lists and the reports. Until somebody follows it again, it is neither changed nor "
                "printed, and no licence is requested from it; a draft of a request stays with it."
            ),
            "action": request.get_full_path(),
            "back_url": back,
            "yes_label": _("Stop following"),
            "no_label": _("Cancel"),
        }
        return render_dialog(request, "platform/_confirm.html", context)
    deactivate_order(actor=actor, order_id=pk, seen_version=_seen(request))
    text = _("Order %(number)s is no longer followed.") % {"number": found.order_no}
    return done(request, text, back=back)


def order_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Written at once; it takes nothing away."""
    if request.method != "POST":
        return redirect(request, "crm:order", pk)
    actor = actor_of(request)
    reactivate_order(actor=actor, order_id=pk, seen_version=_seen(request))
    number = queries.order_of(actor, pk).order_no
    text = _("Order %(number)s is followed again.") % {"number": number}
    return done(request, text, back=reverse("crm:order", args=[pk]))


def _seen(request: HttpRequest) -> int:
    return item_id_of(request.GET.get("version", ""))
