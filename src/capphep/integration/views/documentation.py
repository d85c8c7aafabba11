"""The documentation of the API, for the people who write programs against it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from capphep.integration.documentation import records_of, sections_of


@cache
def _read(api: NinjaAPI) -> dict[str, Any]:
    """What does not change while the server runs."""
    document = api.get_openapi_schema()
    return {
        "text": document["info"]["description"],
        "sections": sections_of(document),
        "records": records_of(document),
    }


def documentation(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """context: title, text, sections (documentation.Section), records (documentation.Record)."""
    context = {"title": _("The API of capphep"), **_read(api)}
    return render(request, "integration/documentation.html", context)
