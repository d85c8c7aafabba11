"""The page behind the QR code: what a licence is worth today, for everybody, about nobody."""

from __future__ import annotations

import datetime
from typing import Any, Final

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.http import require_safe

from capphep.entitlements.queries import (
    CertifiedLine,
    Standing,
    certified_lines,
    licence_by_code,
    standings,
)
from capphep.ims.views.certificates import LICENCE_STATES
from capphep.platform import clock
from capphep.pure.errors import NotFound

# It runs no script, sends no form and stands in no frame.
_POLICY: Final = {
    "default-src": [NONE],
    "style-src": [SELF],
    "font-src": [SELF],
    "img-src": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}


@require_safe
@xframe_options_deny
@csp(_POLICY)  # type: ignore[arg-type]  # its hints know no view with arguments
def public_licence(request: HttpRequest, code: str) -> HttpResponse:
    """context: title, standing, status, sentence, lines (CertifiedLine), today, vendor.

    Without signing in. It names the unit and what it may use, never a person, a contact, a price
    or an order. 404 for every code that is none, however it is wrong.
    """
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        response = _answered(request, code)
    response["Content-Language"] = language
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answered(request: HttpRequest, code: str) -> HttpResponse:
    context: dict[str, Any] = {"vendor": settings.VENDOR_NAME, "title": _("Certificate of licence")}
    try:
        licence = licence_by_code(code)
    except NotFound:
        return render(request, "ims/public_missing.html", context, status=404)
    today, lines = clock.today(), certified_lines(licence)
    (standing,) = standings([licence], today)
    context |= {
        "standing": standing,
        "status": LICENCE_STATES[standing.state],
        "sentence": _sentence(standing, lines, today),
        "lines": lines,
        "today": today,
    }
    return render(request, "ims/public_licence.html", context)


def _sentence(standing: Standing, lines: list[CertifiedLine], today: datetime.date) -> str:
    """What the state means, with the day that matters."""
    if standing.state == "withdrawn":
        return _on(
            _("It was withdrawn and does not count from %(day)s on."), standing.withdrawn_from
        )
    if standing.successor:
        text = _("Licence %(number)s, version %(version)s, has replaced it.")
        later = standing.successor
        return text % {"number": later.licence_no, "version": later.version}
    if standing.state == "expired":
        last = max((line.term.last for line in lines), default=None)
        return _on(_("The last of its terms ended on %(day)s."), last)
    if standing.state == "not_begun":
        first = min(line.term.first for line in lines if line.term.first > today)
        return _on(_("It counts from %(day)s on."), first)
    return _on(_("On %(day)s it counts as it stands here."), today)


def _on(text: str, day: datetime.date | None) -> str:
    return text % {"day": f"{day:%d/%m/%Y}"} if day else _("Nothing is in force any more.")
