"""*Thử lại* and *Gửi lại*: one link, or the ticked ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.identity import queries
from capphep.identity.actions import send_again
from capphep.platform.htmx import done, render_dialog
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.pure.errors import Refusal

# As many as a page of the list has rows.
MOST: Final = 50
_LONGEST_ID: Final = 18


def again(request: HttpRequest, link_id: int) -> HttpResponse:
    """A GET comes from somebody whose session ended: to where the button stands."""
    actor = actor_of(request)
    link = queries.link_of(actor, link_id)
    if request.method != "POST":
        return redirect("crm:customer", link.customer_id)
    send_again(actor=actor, link_id=link_id)
    text = _("%(name)s: the worker tries again now.") % {"name": link.account.full_name}
    return done(request, text, back=reverse("crm:customer", args=[link.customer_id]))


def ticked(request: HttpRequest) -> HttpResponse:
    """Asks first; then each in a transaction of its own. context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    require(actor, Permission.ACCOUNT_WRITE)
    if request.method != "POST":
        return _question(request, _keys(request.GET.getlist("id")))
    sent = left = 0
    for key in _keys(request.POST.getlist("id")):
        try:
            send_again(actor=actor, link_id=key)
            sent += 1
        except Refusal:
            left += 1
    return _answer(request, sent, left)


def _keys(ids: Sequence[str]) -> list[int]:
    known = [int(one) for one in ids if one.isascii() and one.isdigit() and len(one) <= _LONGEST_ID]
    return list(dict.fromkeys(known))[:MOST]


def _question(request: HttpRequest, keys: Sequence[int]) -> HttpResponse:
    number = len(keys)
    text = ngettext("Send %(number)s account again?", "Send %(number)s accounts again?", number) % {
        "number": number
    }
    context = {
        "title": text,
        "text": _("Those that wait to be sent anyway, or are deactivated, stay as they are."),
        "action": request.path,
        "hidden": [("id", key) for key in keys],
        "back_url": reverse("identity:account_list"),
    }
    return render_dialog(request, "platform/_confirm.html", context)


def _answer(request: HttpRequest, sent: int, left: int) -> HttpResponse:
    text = _("Sent again: %(sent)s; left as they are: %(left)s.") % {"sent": sent, "left": left}
    return done(request, text, back="identity:account_list", tone="success" if sent else "warning")
