"""The templates of paper, for administrators: their texts, seen at once as they will be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.paper import actions, queries
from capphep.paper.forms import TemplateForm, initial_of
from capphep.paper.kinds import PaperKind
from capphep.paper.layouts import LAYOUTS
from capphep.paper.models import PaperTemplate
from capphep.paper.views.words import template_name
from capphep.platform import kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import HistoryEntry, history_of
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.list_filters import is_key
from capphep.platform.roles import Permission, may, require, require_overseer
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids, NotFound, gettext_noop


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    record: PaperTemplate
    name: str
    url: str
    menu: Sequence[MenuItem]

    @property
    def menu_id(self) -> str:
        return f"menu-{self.record.kind}-{self.record.key}"


@dataclass(frozen=True, slots=True)
class ShownKind:
    label: str
    add_url: str
    templates: Sequence[ShownTemplate]


def template_list(request: HttpRequest) -> HttpResponse:
    """context: title, kinds (ShownKind), may_change."""
    require_overseer(actor_of(request))
    may_change = may(actor_of(request), Permission.SETTING_WRITE)
    kinds = [
        ShownKind(
            str(kind.label),
            reverse("paper:template_new", args=[kind]) if may_change else "",
            [_shown(each, may_change) for each in queries.templates_of(kind)],
        )
        for kind in PaperKind
    ]
    context = {"title": _("Paper templates"), "kinds": kinds, "may_change": may_change}
    return render(request, "paper/templates.html", context)


def _shown(record: PaperTemplate, may_change: bool) -> ShownTemplate:
    menu = _menu(record) if may_change else []
    return ShownTemplate(record, template_name(record), _address("template", record), menu)


def _menu(record: PaperTemplate) -> list[MenuItem]:
    copy = f"{reverse('paper:template_new', args=[record.kind])}?copy={record.key}"
    items = [MenuItem(_("Copy"), copy, icon="copy")]
    if not record.is_default:
        url = _address("template_default", record)
        items.insert(0, MenuItem(_("Use by default"), url, "post", icon="check"))
    if record.name and not record.is_default:
        url = _address("template_retire", record)
        items.append(MenuItem(_("Offer no more"), url, "dialog", icon="ban", danger=True))
    return items


def _address(page: str, record: PaperTemplate) -> str:
    return reverse(f"paper:{page}", args=[record.kind, record.key])


def kind_named(kind: str) -> PaperKind:
    if kind not in PaperKind.values:
        raise NotFound("paper_not_found", gettext_noop("There is nothing to print here."))
    return PaperKind(kind)


def template(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """context: as `_page`."""
    require_overseer(actor_of(request))
    record = queries.template_of(kind_named(kind), pk)
    if request.method != "POST":
        return _page(request, record, _form(record, kept_forms.take(request)))
    form = _form(record, request.POST)
    if not form.is_valid():
        return _page(request, record, form, status=422)
    try:
        actions.edit_template(
            actor=actor_of(request),
            kind=kind_named(kind),
            template_id=pk,
            seen_version=form.cleaned_data["version"] or 0,
            wanted=form.wanted(),
        )
    except Invalids as found:
        show_refusals(form, found.refusals)
        return _page(request, record, form, status=422)
    except Stale:
        fresh = queries.template_of(kind_named(kind), pk)
        conflict = stale_edit(form, fresh, theirs=initial_of(fresh))
        return _page(request, fresh, form, conflict=conflict, status=409)
    return redirect(request, "paper:template", kind, pk, message=_("Saved."))


def template_new(request: HttpRequest, kind: str) -> HttpResponse:
    """context: as `_page`. ``?copy=`` is the template that it begins as."""
    require(actor_of(request), Permission.SETTING_WRITE)
    here, asked = kind_named(kind), request.GET.get("copy", "0")
    begun = queries.template_of(here, int(asked) if is_key(asked) else 0)
    record = PaperTemplate(kind=here, version=0)
    initial = {**initial_of(begun), "name": "", "version": 0}
    form = TemplateForm(
        here, request.POST or kept_forms.take(request), initial=initial, is_standard=False
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_template(actor=actor_of(request), kind=here, wanted=form.wanted())
            return redirect(request, "paper:template", kind, made.pk, message=_("Saved."))
        except Invalids as found:
            show_refusals(form, found.refusals)
    return _page(
        request, record, form, status=422 if request.method == "POST" else 200, is_new=True
    )


def _form(record: PaperTemplate, data: Any) -> TemplateForm:
    kind, initial = PaperKind(record.kind), initial_of(record)
    return TemplateForm(kind, data, initial=initial, is_standard=not record.name)


def _page(
    request: HttpRequest,
    record: PaperTemplate,
    form: TemplateForm,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
    is_new: bool = False,
) -> HttpResponse:
    """context: title, form, band, conflict, kind, placeholders, preview_url, entries."""
    kind = PaperKind(record.kind)
    may_change = may(actor_of(request), Permission.SETTING_WRITE)
    name = _("New template") if is_new else template_name(record)
    save = MenuItem(_("Save"), "record-form", "submit", icon="device-floppy")
    context = {
        "title": name,
        "form": form,
        "band": HeaderBand(
            title=name,
            subtitle=str(kind.label),
            status=Status(_("Used by default"), "good") if record.is_default else None,
            primary=save if may_change else None,
            actions=[] if is_new else _page_items(record, may_change),
            back_url=reverse("paper:template_list"),
            back_label=_("Paper templates"),
        ),
        "conflict": conflict,
        "placeholders": [f"{{{each}}}" for each in LAYOUTS[kind].placeholders],
        "preview_url": reverse("paper:template_preview", args=[kind]),
        "entries": _entries(record) if record.pk else [],
    }
    return render(request, "paper/template.html", context, status=status)


def _page_items(record: PaperTemplate, may_change: bool) -> list[MenuItem]:
    pdf = MenuItem(
        _("PDF of what is saved"), _address("template_pdf", record), icon="file-type-pdf"
    )
    if not may_change:
        return [pdf]
    back = _address("template_restore", record)
    restore = MenuItem(_("Back to the default texts"), back, "dialog", icon="refresh")
    return [pdf, restore, *_menu(record)]


def _entries(record: PaperTemplate) -> list[HistoryEntry]:
    """The trail, with the texts under the names that they have on the screen."""
    labels = {each.name: str(each.label) for each in LAYOUTS[PaperKind(record.kind)].texts}
    return [
        replace(
            entry, changes=[(labels.get(each[0], each[0]), *each[1:]) for each in entry.changes]
        )
        for entry in history_of(record)
    ]


# --- moves ---------------------------------------------------------------------------------------


def restore(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """context: title, text, hidden, action, back_url."""
    require(actor_of(request), Permission.SETTING_WRITE)
    record = queries.template_of(kind_named(kind), pk)
    if request.method == "POST":
        seen = request.POST.get("version", "")
        actions.restore_default(
            actor=actor_of(request),
            kind=kind_named(kind),
            template_id=pk,
            seen_version=int(seen) if is_key(seen) else 0,
        )
        return redirect(request, "paper:template", kind, pk, message=_("The default texts count."))
    context = {
        "title": _("Back to the default texts?"),
        "text": _("What was written here stays in the history."),
        "hidden": [("version", record.version)],
        "action": request.path,
        "back_url": _address("template", record),
    }
    return render_dialog(request, "platform/_confirm.html", context)


def default(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Print with this one unless another is asked for."""
    require(actor_of(request), Permission.SETTING_WRITE)
    if request.method == "POST":
        actions.make_default(actor=actor_of(request), kind=kind_named(kind), template_id=pk)
    return redirect(request, "paper:template_list", message=_("Saved."))


def retire(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """context: title, text, action, back_url."""
    require(actor_of(request), Permission.SETTING_WRITE)
    record = queries.template_of(kind_named(kind), pk)
    if request.method == "POST":
        actions.retire_template(actor=actor_of(request), kind=kind_named(kind), template_id=pk)
        return redirect(request, "paper:template_list", message=_("Saved."))
    context = {
        "title": _("Offer “%(name)s” no more?") % {"name": template_name(record)},
        "text": _("Nobody can print with it any more."),
        "action": request.path,
        "back_url": reverse("paper:template_list"),
        "danger": True,
    }
    return render_dialog(request, "platform/_confirm.html", context)
