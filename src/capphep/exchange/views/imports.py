"""The wizard of imports: upload, columns, preview, check, entering, undoing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from capphep.exchange import actions, previews
from capphep.exchange.kinds import ImportKind, kind_named, kinds_of
from capphep.exchange.models import Import
from capphep.exchange.shown_imports import shown, status_of, title_of
from capphep.exchange.template_book import template_book
from capphep.exchange.unreadable import Unreadable
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.list_spec import Column, ListSpec
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.roles import not_permitted
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalid
from capphep.pure.folding import words_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def import_list(request: HttpRequest) -> HttpResponse:
    """One's own imports. context: as `show_list`, kinds (kinds.ImportKind)."""
    kinds = kinds_of(actor_of(request))
    if not kinds:
        raise not_permitted()
    return show_list(request, IMPORTS, page="exchange/import_list.html", kinds=kinds)


def _spec(_actor: User) -> ListSpec[Import]:
    return ListSpec(
        columns=(
            Column("file_name", gettext_lazy("File")),
            Column("kind", gettext_lazy("Kind"), value=title_of),
            Column("state", gettext_lazy("Status"), "status", value=status_of),
            Column("row_count", gettext_lazy("Rows"), "number"),
            Column("created", gettext_lazy("Created"), "number", value=_created_of),
            Column("rejected", gettext_lazy("Bad rows"), "number", value=_bad_rows_of),
            Column("created_at", gettext_lazy("Uploaded at"), "moment", sort="created_at"),
        ),
        default_sort="-created_at",
        row_url=lambda one: reverse("exchange:import", args=[one.pk]),
    )


def _created_of(one: Import) -> int | None:
    counts: dict[str, int] = one.counts
    return counts.get("created")


def _bad_rows_of(one: Import) -> int | None:
    counts: dict[str, int] = one.counts or one.checked or {}
    return counts.get("rejected")


IMPORTS = ListSource(
    name="exchange.imports",
    title=gettext_lazy("Imports from Excel"),
    url_name="exchange:import_list",
    rows=actions.imports_of,
    spec=_spec,
    empty_text=gettext_lazy("Choose above what to import."),
)


def import_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Upload a file. context: title, kind (kinds.ImportKind), error."""
    actor, found, error = actor_of(request), kind_named(kind, actor_of(request)), ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            error = _("Choose a file.")
        else:
            try:
                one = actions.upload(
                    actor=actor, kind_name=kind, name=file.name or "", chunks=file.chunks()
                )
            except Unreadable as refusal:
                error = refusal_text(refusal)
            else:
                return redirect(request, "exchange:import", one.pk)
    context = {"title": _("Import: %(what)s") % {"what": found.title}, "kind": found}
    status = 422 if error else 200
    return render(request, "exchange/import_new.html", context | {"error": error}, status=status)


def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook with the columns and one invented row."""
    found = kind_named(kind, actor_of(request))
    response = HttpResponse(template_book(found), content_type=XLSX)
    file = "-".join(words_of(f"{_('Template')} {found.title}"))
    response["Content-Disposition"] = f'attachment; filename="{file}.xlsx"'
    return response


def import_page(request: HttpRequest, import_id: int) -> HttpResponse:
    """Where the import stands, and what comes next. context: as `_context`."""
    return render(request, "exchange/import.html", _context(request, import_id))


@require_POST
def import_columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read the columns as chosen. context: as `_context`, error."""
    actor, error = actor_of(request), ""
    kind = _kind_of(actor, import_id)
    chosen = {
        name: int(place)
        for name in kind.plan.columns
        if (place := request.POST.get(f"column-{name}", "")).isdecimal() and len(place) < 5
    }
    try:
        actions.choose_columns(
            actor=actor,
            import_id=import_id,
            chosen=chosen,
            updates=request.POST.get("updates") == "yes",
        )
    except Invalid as refusal:
        error = refusal_text(refusal)
    context = _context(request, import_id) | {"error": error}
    return render(request, "exchange/_import_preview.html", context, status=422 if error else 200)


@require_POST
def import_check(request: HttpRequest, import_id: int) -> HttpResponse:
    actions.check(actor=actor_of(request), import_id=import_id)
    return redirect(request, "exchange:import", import_id)


@require_POST
def import_begin(request: HttpRequest, import_id: int) -> HttpResponse:
    actions.begin(actor=actor_of(request), import_id=import_id)
    return redirect(request, "exchange:import", import_id)


def import_undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Asked first: *Có* / *Không*."""
    actor = actor_of(request)
    one = actions.own_import(actor, import_id)
    if request.method == "POST":
        actions.undo(actor=actor, import_id=import_id)
        return redirect(request, "exchange:import", import_id)
    context = {
        "title": _("Undo the import of %(file)s?") % {"file": one.file_name},
        "text": kind_named(one.kind, actor).undo_text,
        "action": request.path,
        "back_url": reverse("exchange:import", args=[import_id]),
        "form": None,
    }
    return render_dialog(request, "platform/_confirm.html", context)


def _kind_of(actor: User, import_id: int) -> ImportKind:
    return kind_named(actions.own_import(actor, import_id).kind, actor)


def _context(request: HttpRequest, import_id: int) -> dict[str, Any]:
    """title, one (shown_imports.ShownImport), preview (previews.Preview or None)."""
    actor = actor_of(request)
    one = actions.own_import(actor, import_id)
    kind = kind_named(one.kind, actor)
    return {
        "title": one.file_name,
        "one": shown(one, kind),
        "preview": previews.preview_of(actor, one, kind),
    }
