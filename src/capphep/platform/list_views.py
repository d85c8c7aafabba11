"""Dialogs around lists: which columns it shows, views under a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from capphep.platform import saved_views
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.list_forms import ViewForm
from capphep.platform.list_spec import Column
from capphep.platform.list_tools import view_href
from capphep.platform.lists import ListSource, source_named
from capphep.platform.models.lists import Audience, SavedView
from capphep.platform.narrowing import COLUMNS, Narrowing
from capphep.platform.pages import PLACE, VIEW
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.pure.errors import Invalid

_UP, _DOWN = "up", "down"


def columns(request: HttpRequest, name: str) -> HttpResponse:
    """*Cột*: context: title, action, rows as [(Column, is_shown)], first (Column), moved_up,
    moved_down, back_url.

    A POST with ``up`` or ``down`` moves one column and asks again; ``usual`` returns to the usual.
    """
    actor, source = actor_of(request), _source(request, name)
    spec = source.of(request.GET).spec(actor)
    first, *others = spec.columns
    if request.method != "POST":
        shown = [column.key for column in Narrowing(spec, request.GET).columns]
        return _columns_dialog(request, source, first, _in_order(others, shown), shown)
    order = _in_order(others, request.POST.getlist("order"))
    ticked = request.POST.getlist("col")
    for direction, step in ((_UP, -1), (_DOWN, 1)):
        if direction in request.POST:
            order = _moved(order, request.POST[direction], step)
            return _columns_dialog(request, source, first, order, ticked)
    keys = [] if "usual" in request.POST else [each.key for each in order if each.key in ticked]
    chosen = [first.key, *keys] if keys or "usual" not in request.POST else []
    saved_views.choose_columns(actor=actor, list_name=name, keys=chosen)
    query = request.GET.copy()
    query.setlist(COLUMNS, [",".join(chosen)] if chosen else [])
    return redirect(request, source.at(query.urlencode()))


def _columns_dialog(
    request: HttpRequest,
    source: ListSource[Any],
    first: Column[Any],
    order: Sequence[Column[Any]],
    shown: Sequence[str],
) -> HttpResponse:
    context = {
        "title": _("Columns"),
        "action": request.get_full_path(),
        "first": first,
        "rows": [(column, column.key in shown) for column in order],
        "moved_up": request.POST.get(_UP, ""),
        "moved_down": request.POST.get(_DOWN, ""),
        "back_url": source.at(request.GET.urlencode()),
    }
    return render_dialog(request, "platform/_columns.html", context)


def _in_order(columns: Sequence[Column[Any]], keys: Sequence[str]) -> list[Column[Any]]:
    """Those of the keys first, in that order; then the others as the list has them."""
    places = {key: place for place, key in enumerate(keys)}
    return sorted(columns, key=lambda column: places.get(column.key, len(places)))


def _moved(columns: list[Column[Any]], key: str, step: int) -> list[Column[Any]]:
    at = next((place for place, column in enumerate(columns) if column.key == key), None)
    to = at is not None and at + step
    if at is None or to not in range(len(columns)):
        return columns
    columns[at], columns[at + step] = columns[at + step], columns[at]
    return columns


def view_new(request: HttpRequest, name: str) -> HttpResponse:
    """*Lưu chế độ xem*. context: as `platform/_dialog_form.html`."""
    actor, source = actor_of(request), _source(request, name)
    form = ViewForm(actor, request.POST or None, initial={"audience": Audience.OWN})
    query = _kept_query(request.GET)

    def save() -> SavedView:
        values = form.cleaned_data
        return saved_views.save_view(actor=actor, list_name=name, query=query, **values)

    view = _saved(request, form, save)
    if view:
        return _opened(request, source, view)
    title = _("Save as a view of “%(list)s”") % {"list": source.title}
    return _form_dialog(request, form, title, source.at(request.GET.urlencode()))


def view_edit(request: HttpRequest, view_id: int) -> HttpResponse:
    """context: as `platform/_dialog_form.html`."""
    actor = actor_of(request)
    view = saved_views.view_of(actor, view_id)
    source = _source(request, view.list)
    default = saved_views.kept_of(actor, view.list).default
    initial = {
        "name": view.name,
        "audience": view.audience,
        "is_default": bool(default and default.pk == view.pk),
    }
    form = ViewForm(actor, request.POST or None, initial=initial, keeps=view.audience)
    changed = _saved(
        request,
        form,
        lambda: saved_views.change_view(actor=actor, view_id=view_id, **form.cleaned_data),
    )
    if changed:
        return _opened(request, source, changed)
    title = _("The view “%(name)s”") % {"name": view.name}
    return _form_dialog(request, form, title, view_href(source.url, view))


def view_replace(request: HttpRequest, view_id: int) -> HttpResponse:
    """The view shows from now on what the list shows."""
    actor = actor_of(request)
    view = saved_views.view_of(actor, view_id)
    source = _source(request, view.list)
    if request.method == "POST":
        query = _kept_query(request.GET)
        view = saved_views.replace_view(actor=actor, view_id=view_id, query=query)
    return _opened(request, source, view)


def view_default(request: HttpRequest, view_id: int) -> HttpResponse:
    """The actor's list opens with the view, whoever made it."""
    actor = actor_of(request)
    view = saved_views.shown_view(actor, view_id)
    source = _source(request, view.list)
    if request.method == "POST":
        saved_views.set_default(actor=actor, list_name=view.list, view=view)
    return _opened(request, source, view)


def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    view = saved_views.view_of(actor, view_id)
    source = _source(request, view.list)
    if request.method == "POST":
        saved_views.remove_view(actor=actor, view_id=view_id)
        message = _("The view “%(name)s” is deleted.") % {"name": view.name}
        return redirect(request, f"{source.url}?{VIEW}=0", message=message)
    shared = _("Others who look at it lose it too.") if view.audience != Audience.OWN else ""
    context = {
        "title": _("Delete the view “%(name)s”?") % {"name": view.name},
        "text": shared or _("The records stay as they are."),
        "action": request.path,
        "danger": True,
        "back_url": view_href(source.url, view),
    }
    return render_dialog(request, "platform/_confirm.html", context)


def _source(request: HttpRequest, name: str) -> ListSource[Any]:
    """The list of this name, for who may open it. Raises NotFound, Forbidden."""
    source = source_named(name)
    source.of(request.GET).rows(actor_of(request))
    return source


def _saved(
    request: HttpRequest, form: ViewForm, write: Callable[[], SavedView]
) -> SavedView | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return write()
    except Invalid as refusal:
        show_refusals(form, [refusal])
        return None


def _form_dialog(request: HttpRequest, form: ViewForm, title: str, back: str) -> HttpResponse:
    context = {"title": title, "form": form, "action": request.get_full_path(), "back_url": back}
    status = 422 if form.is_bound else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def _opened(request: HttpRequest, source: ListSource[Any], view: SavedView) -> HttpResponse:
    message = _("The view “%(name)s” is saved.") % {"name": view.name}
    return redirect(request, view_href(source.url, view), message=message)


def _kept_query(asked: QueryDict) -> str:
    query = asked.copy()
    for name in PLACE:
        query.setlist(name, [])
    return query.urlencode()
