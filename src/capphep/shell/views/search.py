"""The search box of every page: suggestions as one types, and a page with more of them."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from capphep.platform.signed_in import actor_of
from capphep.shell import finding, visits
from capphep.shell.found_help import helping_with
from capphep.shell.help_texts import Mention

_SUGGESTED: Final = 5
_ON_PAGE: Final = 25
_HELP: Final = 4


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """context: title, asked, groups [finding.Found], help [help_texts.Mention].

    seen [finding.Hit] where nothing is asked.
    """
    actor, asked = actor_of(request), _asked(request)
    context = {
        "title": _("Search"),
        "asked": asked,
        "groups": finding.find(actor, asked, _ON_PAGE),
        "help": helping_with(asked, _HELP),
        "seen": [] if asked else visits.last_seen(actor),
    }
    return render(request, "shell/search.html", context)


@require_GET
def suggestions(request: HttpRequest) -> JsonResponse:
    """{"groups": [{"label", "hits": [{"url", "code", "name", "note", "kind", "exact"}]}], "help"}.

    Without a text: what the person looked at last. ``help`` are pages of the guide, as hits.
    """
    actor, asked = actor_of(request), _asked(request)
    if not asked:
        seen = visits.last_seen(actor)
        groups = [{"label": _("Seen last"), "hits": [_hit(hit) for hit in seen]}] if seen else []
    else:
        found = finding.find(actor, asked, _SUGGESTED)
        groups = [
            {"label": str(each.label), "hits": [_hit(hit) for hit in each.hits]} for each in found
        ]
    guide = [_page(mention) for mention in helping_with(asked, _HELP)]
    return JsonResponse({"groups": groups, "help": guide})


@require_POST
def visited(request: HttpRequest) -> HttpResponse:
    """The page that the person is looking at; 204 whatever it is."""
    visits.note_visit(actor_of(request), request.POST.get("path", "")[:200])
    return HttpResponse(status=204)


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[: finding.LONGEST]


def _page(mention: Mention) -> dict[str, Any]:
    return {"url": mention.page.url, "code": "", "name": mention.page.title, "note": ""}


def _hit(hit: finding.Hit) -> dict[str, Any]:
    return {
        "url": hit.url,
        "code": hit.code,
        "name": hit.name,
        "note": str(hit.note),
        "kind": str(hit.kind),
        "exact": hit.is_exact,
    }
