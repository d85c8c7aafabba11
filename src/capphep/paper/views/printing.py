"""Printing: one record, or several ticked in a list; a page around the PDF, and the PDF itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect as go_to
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.paper import printing, queries
from capphep.paper.documents import Document
from capphep.paper.printing import AT_ONCE
from capphep.paper.queries import Source, source_named
from capphep.paper.views.served import pdf_response
from capphep.paper.views.words import template_name
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.list_filters import is_key
from capphep.platform.models import User
from capphep.platform.roles import Permission, Role, may
from capphep.platform.signed_in import actor_of
from capphep.pure.errors import Invalid, gettext_noop


@dataclass(frozen=True, slots=True)
class Choice:
    """A template that the same records can be printed with."""

    label: str
    url: str
    is_current: bool


def show(request: HttpRequest, source: str, pk: int) -> HttpResponse:
    """context: as `_page`."""
    return _page(request, source_named(source), [pk])


def show_several(request: HttpRequest, source: str) -> HttpResponse:
    """context: as `_page`. The records are those of ``?id=``."""
    return _page(request, source_named(source), _few(request.GET.getlist("id")))


def pdf(request: HttpRequest, source: str, pk: int) -> HttpResponse:
    return _pdf(request, source_named(source), [pk])


def pdf_several(request: HttpRequest, source: str) -> HttpResponse:
    """The records of ``?id=`` in one file."""
    return _pdf(request, source_named(source), _few(request.GET.getlist("id")))


def order_handover(request: HttpRequest, order_id: int) -> HttpResponse:
    """To the handover record of what the order's request was granted."""
    request_id = queries.handover_of_order(actor_of(request), order_id)
    return go_to("paper:show", "handover", request_id)


def several(request: HttpRequest, source: str) -> HttpResponse:
    """context: as `paper/_several.html`. What was ticked in a list."""
    here, actor = source_named(source), actor_of(request)
    ids = _asked(request, here)
    visible = set(here.rows(actor).filter(pk__in=ids).values_list("pk", flat=True))
    found = [pk for pk in ids if pk in visible]
    if request.method == "POST" and found:
        return _printed(request, here, found, _template(request.POST))
    count = len(found)
    title = ngettext("Print %(number)s paper?", "Print %(number)s papers?", count)
    context = {
        "title": title % {"number": count},
        "hidden": [("id", pk) for pk in found],
        "count": count,
        "left_out": len(ids) - count,
        "is_cut": len(ids) == queries.MOST,
        "is_long": count > AT_ONCE,
        "choices": queries.templates_of(here.kind),
        "action": request.path,
        "back_url": _list_url(here),
        "no_label": _("Cancel"),
    }
    return render_dialog(request, "paper/_several.html", context)


def _asked(request: HttpRequest, source: Source) -> list[int]:
    """What was ticked or, of all results of the list, as many as are printed together."""
    if request.method == "POST":
        return queries.ids_of(request.POST.getlist("id"))
    if "all" in request.GET:
        return queries.ids_listed(actor_of(request), source, request.GET.get("query", ""))
    return queries.ids_of(request.GET.getlist("id"))


def _printed(
    request: HttpRequest, source: Source, ids: Sequence[int], template_id: int | None
) -> HttpResponse:
    if len(ids) <= AT_ONCE:
        query = _query(ids, template_id)
        return redirect(request, f"{reverse('paper:show_several', args=[source.name])}?{query}")
    printing.print_later(
        actor=actor_of(request),
        source=source,
        ids=ids,
        template_id=template_id,
        link=reverse("exchange:job_list"),
    )
    message = _("It is being printed; you will be told when it is done.")
    return redirect(request, "exchange:job_list", message=message, tone="info")


def _page(request: HttpRequest, source: Source, ids: Sequence[int]) -> HttpResponse:
    """context: title, band, pdf_url, download_url, choices (Choice), left_out."""
    actor, template_id = actor_of(request), _template(request.GET)
    documents = queries.documents_of(actor, source, ids)
    queries.design_of(source.kind, template_id)
    pdf_url = _address("pdf", source, ids, template_id)
    joint = "&" if "?" in pdf_url else "?"
    context: dict[str, Any] = {
        "title": _title(source, documents),
        "band": _band(actor, source, ids, documents),
        "pdf_url": pdf_url,
        "download_url": f"{pdf_url}{joint}download=1",
        "choices": _choices(source, ids, template_id),
        "left_out": len(ids) - len(documents),
    }
    return render(request, "paper/show.html", context)


def _pdf(request: HttpRequest, source: Source, ids: Sequence[int]) -> HttpResponse:
    content, name = printing.pdf_of(
        actor=actor_of(request), source=source, ids=ids, template_id=_template(request.GET)
    )
    return pdf_response(request, content, name)


def _few(asked: Sequence[str]) -> list[int]:
    ids = queries.ids_of(asked)
    if len(ids) > AT_ONCE:
        message = gettext_noop("At most %(most)s papers are printed together.")
        raise Invalid("paper_too_many", message, params={"most": AT_ONCE})
    return ids


def _template(query: QueryDict) -> int | None:
    asked = query.get("template", "")
    return int(asked) if is_key(asked) else None


def _title(source: Source, documents: Sequence[Document]) -> str:
    if len(documents) == 1:
        return documents[0].number
    return f"{source.title} ({len(documents)})"


def _band(
    actor: User, source: Source, ids: Sequence[int], documents: Sequence[Document]
) -> HeaderBand:
    single = len(ids) == 1
    edit = reverse("paper:template_list")
    may_read = may(actor, Permission.SETTING_WRITE) or actor.role == Role.AUDITOR
    return HeaderBand(
        title=str(source.kind.label),
        number=_title(source, documents),
        subtitle=documents[0].values["customer"] if single else "",
        actions=[MenuItem(_("Paper templates"), edit, icon="file-text")] if may_read else [],
        back_url=reverse(source.page, args=[ids[0]]) if single else _list_url(source),
        back_label=_("Back"),
    )


def _choices(source: Source, ids: Sequence[int], template_id: int | None) -> list[Choice]:
    """Nothing to choose where there is one template only."""
    templates = queries.templates_of(source.kind)
    if len(templates) < 2:
        return []
    return [
        Choice(
            template_name(each),
            _address("show", source, ids, each.key),
            each.is_default if template_id is None else template_id == each.key,
        )
        for each in templates
    ]


def _address(page: str, source: Source, ids: Sequence[int], template_id: int | None) -> str:
    if len(ids) == 1:
        query = "" if template_id is None else f"?template={template_id}"
        return f"{reverse(f'paper:{page}', args=[source.name, ids[0]])}{query}"
    return f"{reverse(f'paper:{page}_several', args=[source.name])}?{_query(ids, template_id)}"


def _query(ids: Sequence[int], template_id: int | None) -> str:
    query = QueryDict(mutable=True)
    query.setlist("id", [str(pk) for pk in ids])
    if template_id is not None:
        query["template"] = str(template_id)
    return query.urlencode()


def _list_url(source: Source) -> str:
    return reverse(f"{source.page}_list")
