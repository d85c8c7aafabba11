"""Answers for htmx and for plain browsers from one view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from capphep.platform import drafts

ToastTone: TypeAlias = Literal["success", "info", "warning", "danger"]
_LEVELS: dict[str, int] = {
    "success": messages.SUCCESS,
    "info": messages.INFO,
    "warning": messages.WARNING,
    "danger": messages.ERROR,
}


def is_htmx(request: HttpRequest) -> bool:
    """True for a request that replaces part of a page (not one that restores a whole page)."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def render_page_or_fragment(
    request: HttpRequest,
    page: str,
    fragment: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render ``fragment`` for htmx and ``page`` for everyone else, with one context."""
    template = fragment if is_htmx(request) else page
    response = render(request, template, dict(context), status=status)
    # Back must not show a stored fragment as if it were the page.
    patch_vary_headers(response, ["HX-Request"])
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def render_dialog(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a dialog fragment; without htmx the same dialog as the only thing on a page."""
    context = {**context, "dialog_template": template, "is_page": not is_htmx(request)}
    return render_page_or_fragment(
        request, "platform/dialog_page.html", template, context, status=status
    )


def toast(response: HttpResponse, text: str, tone: ToastTone = "success") -> HttpResponse:
    """Let the answer to an htmx request say ``text`` in the corner of the page."""
    return trigger_client_event(response, "toast", {"text": str(text), "tone": tone})


def redirect(
    request: HttpRequest, to: Any, *args: Any, message: str = "", tone: ToastTone = "success"
) -> HttpResponse:
    """Go to a URL, URL name (with its arguments) or model; ``message`` appears there.

    A plain 302 for a browser; for htmx a header, because its requests follow a 302 unseen.
    Where something succeeded, the draft of what was posted is no longer needed.
    """
    if tone == "success":
        drafts.drop_posted(request)
    if message:
        messages.add_message(request, _LEVELS[tone], message)
    url = resolve_url(to, *args)
    return HttpResponseClientRedirect(url) if is_htmx(request) else HttpResponseRedirect(url)


def done(
    request: HttpRequest, text: str, *, back: Any, tone: ToastTone = "success"
) -> HttpResponse:
    """An action from a dialog or a row's menu succeeded: close, say so, reload lists and panels.

    Without htmx: go to ``back`` and say so there.
    """
    if not is_htmx(request):
        return redirect(request, back, message=text, tone=tone)
    response = toast(HttpResponse(status=204), text, tone)
    trigger_client_event(response, "dialog-close", {})
    return trigger_client_event(response, "record-changed", {})
