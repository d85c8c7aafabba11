"""The user's guide inside capphep, in the reader's language; open to whoever cannot sign in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from capphep.shell.help_pages import INDEX, PICTURES, page_for
from capphep.shell.help_texts import contents, help_text, mentions

_FOUND: Final = 12
_AN_HOUR: Final = 3600


@require_GET
def help_index(request: HttpRequest) -> HttpResponse:
    """context: title, page (help_texts.HelpText), chapters, asked, found [help_texts.Mention]."""
    language, asked = _language(), request.GET.get("q", "").replace("\x00", "").strip()[:200]
    context = {
        "title": _("Help"),
        "page": help_text(INDEX, language),
        "chapters": contents(language),
        "asked": asked,
        "found": mentions(asked, language, _FOUND),
    }
    return render(request, "shell/help.html", context)


@require_GET
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    """context: title, page (help_texts.HelpText), chapters."""
    try:
        page = help_text(slug, _language())
    except KeyError:
        raise Http404 from None
    context = {"title": page.title, "page": page, "chapters": contents(_language())}
    return render(request, "shell/help.html", context)


@require_GET
def help_screen(request: HttpRequest, view_name: str) -> HttpResponse:
    """Where F1 on a screen leads: the page that describes it."""
    slug = page_for(view_name)
    return redirect("shell:help") if slug == INDEX else redirect("shell:help_page", slug)


@require_GET
@cache_control(max_age=_AN_HOUR)
def help_picture(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    path = (PICTURES / name).resolve()
    if not path.is_relative_to(PICTURES) or not path.is_file():
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return FileResponse(path.open("rb"))


def _language() -> str:
    return (get_language() or "vi")[:2]
