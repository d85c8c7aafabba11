"""The documentation of the API, for the people who write programs against it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from capphep.integration.documentation import records_of, sections_of


def documentation(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """context: title, text, sections (documentation.Section), records (documentation.Record)."""
    document = api.get_openapi_schema()
    context = {
        "title": _("The API of capphep"),
        "text": document["info"]["description"],
        "sections": sections_of(document),
        "records": records_of(document),
    }
    return render(request, "integration/documentation.html", context)
