"""A PDF as an answer: shown in the browser, or downloaded; nothing in it may run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from capphep.provisioning.views.evidence import NOTHING_RUNS


def pdf_response(request: HttpRequest, content: bytes, name: str) -> HttpResponse:
    """``?download`` asks for a download. What it says may change: it is not kept."""
    response = HttpResponse(content, content_type="application/pdf")
    how = "attachment" if "download" in request.GET else "inline"
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Content-Language"] = "vi"
    response["Cache-Control"] = "private, no-store"
    return response
