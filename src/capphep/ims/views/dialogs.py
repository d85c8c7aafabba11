"""The desk's dialogs; without scripts each is a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.ims.queries.absences import absences_on
from capphep.ims.queries.queue import next_waiting
from capphep.platform import clock
from capphep.platform.htmx import done, is_htmx, redirect, render_page_or_fragment
from capphep.platform.kit import Text
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict

# Behind the address of a decision: afterwards the next one that waits opens by itself.
THEN_NEXT: Final = "?then=next"
_TITLES: Final[Mapping[str, Text]] = {
    "held_already": gettext_lazy("Request %(request_no)s has changed hands"),
    "sent_again": gettext_lazy("Request %(request_no)s was sent again"),
}


def dialog(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A dialog; without htmx a page of its own, with this module's styles."""
    context |= {"dialog_template": template, "is_page": not is_htmx(request)}
    page = "ims/dialog_page.html"
    return render_page_or_fragment(request, page, template, context, status=status)


def too_late(
    request: HttpRequest, record: LicenceRequest, refusal: Conflict, *, title: str = ""
) -> HttpResponse:
    """context: title, text, page_url, back_url. Somebody was faster: say who; lists reload."""
    usual = _TITLES.get(refusal.code, gettext_lazy("Request %(request_no)s no longer waits"))
    context = {
        "title": title or usual % {"request_no": record.request_no},
        "text": refusal_text(refusal),
        "page_url": page_of(record),
        "back_url": reverse("ims:queue"),
    }
    response = dialog(request, "ims/_too_late.html", context, status=409)
    response["HX-Trigger"] = "record-changed"
    return response


def page_of(record: LicenceRequest) -> str:
    return reverse("ims:request", args=[record.pk])


def decided(request: HttpRequest, record: LicenceRequest, text: str) -> HttpResponse:
    """Say so. From a list: it reloads. From the approver's page: the next that waits opens."""
    return to_next(request, record, text) or done(request, text, back=page_of(record))


def to_next(request: HttpRequest, record: LicenceRequest, text: str) -> HttpResponse | None:
    """The next that waits, with what happened to this one; None where none was asked for."""
    if request.GET.get("then") != "next":
        return None
    actor = actor_of(request)
    following = next_waiting(actor, absences_on(clock.today()))
    if not following:
        return None
    link = (text, page_of(record), _("Look at it again"))
    message = format_html('{} <a href="{}">{}</a>', *link)
    return redirect(request, "ims:request", following.pk, message=message)
