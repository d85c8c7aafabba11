"""The desk's dialogs; without scripts each is a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from capphep.platform.htmx import is_htmx, render_page_or_fragment
from capphep.platform.kit import Text
from capphep.platform.texts import refusal_text
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict

_TITLES: Final[Mapping[str, Text]] = {
    "held_already": gettext_lazy("Request %(request_no)s has changed hands"),
}


def dialog(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A dialog; without htmx a page of its own, with this module's styles."""
    context |= {"dialog_template": template, "is_page": not is_htmx(request)}
    page = "ims/dialog_page.html"
    return render_page_or_fragment(request, page, template, context, status=status)


def too_late(request: HttpRequest, record: LicenceRequest, refusal: Conflict) -> HttpResponse:
    """context: title, text, page_url, back_url. Somebody was faster: say who; lists reload."""
    title = _TITLES.get(refusal.code, gettext_lazy("Request %(request_no)s no longer waits"))
    context = {
        "title": title % {"request_no": record.request_no},
        "text": refusal_text(refusal),
        "page_url": page_of(record),
        "back_url": reverse("ims:queue"),
    }
    response = dialog(request, "ims/_too_late.html", context, status=409)
    response["HX-Trigger"] = "record-changed"
    return response


def page_of(record: LicenceRequest) -> str:
    return reverse("ims:request", args=[record.pk])
