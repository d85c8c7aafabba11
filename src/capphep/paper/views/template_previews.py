"""What a template looks like as a page: as it is typed, and as it is saved."""

from __future__ import annotations

import base64
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from capphep.paper import queries
from capphep.paper.designs import Design
from capphep.paper.documents import Document
from capphep.paper.forms import TemplateForm
from capphep.paper.kinds import PaperKind
from capphep.paper.layouts import LAYOUTS
from capphep.paper.letterheads import vendor_now
from capphep.paper.rules import check
from capphep.paper.samples import sample_of
from capphep.paper.sheets import paper_of
from capphep.paper.views.served import pdf_response
from capphep.paper.views.templates import kind_named
from capphep.platform.roles import require_overseer
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalid

_PPI: Final = 84


def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """context: pages (data addresses of pictures), problems, note. What is typed, as a page."""
    require_overseer(actor_of(request))
    here = kind_named(kind)
    form = TemplateForm(here, request.POST, is_standard=False)
    form.is_valid()
    problems = _problems(here, form)
    context: dict[str, Any] = {"problems": problems, "pages": [], "note": ""}
    if not problems:
        document, context["note"] = _example(request, here, request.POST.get("example", ""))
        pages = paper_of([document], _typed_design(here, form)).png(_PPI)
        context["pages"] = [
            f"data:image/png;base64,{base64.b64encode(page).decode('ascii')}" for page in pages
        ]
    response = render(request, "paper/_preview.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _problems(kind: PaperKind, form: TemplateForm) -> list[str]:
    layout, problems = LAYOUTS[kind], []
    for each in layout.texts:
        try:
            check(form.cleaned_data.get(each.name, ""), layout.placeholders, each.name)
        except Invalid as problem:
            problems.append(f"{each.label}: {refusal_text(problem)}")
    return problems


def _typed_design(kind: PaperKind, form: TemplateForm) -> Design:
    data = form.cleaned_data
    return Design(
        kind=kind,
        vendor=vendor_now(),
        texts={each.name: data.get(each.name, "") for each in LAYOUTS[kind].texts},
        columns=data.get("columns", []),
        copies=data.get("copies", 2),
        has_motto=data.get("has_motto", False),
    )


def _example(request: HttpRequest, kind: PaperKind, number: str) -> tuple[Document, str]:
    """The record with this number, or the invented one; and what to say about it."""
    if not number.strip():
        return sample_of(kind), _("With invented data.")
    found = queries.document_numbered(actor_of(request), kind, number)
    if found:
        return found, ""
    return sample_of(kind), _("There is no such number here: with invented data.")


def template_pdf(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What is saved, as the PDF that is printed; ``?example=`` is the number of a record."""
    require_overseer(actor_of(request))
    here = kind_named(kind)
    document, _note = _example(request, here, request.GET.get("example", ""))
    content = paper_of([document], queries.design_of(here, pk)).pdf()
    return pdf_response(request, content, f"mau-{kind}.pdf")
