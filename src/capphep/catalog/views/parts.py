"""Modules of a product and the resources that are counted: lists and dialogs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.catalog import queries
from capphep.catalog.actions import parts as actions
from capphep.catalog.actions.records import record_of
from capphep.catalog.forms.products import (
    ModuleForm,
    ResourceForm,
    initial_of_module,
    initial_of_resource,
)
from capphep.catalog.models import Module, Resource
from capphep.catalog.views import tabs
from capphep.platform.conflicts import stale_edit
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.kit import MenuItem
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, ListSpec
from capphep.platform.roles import Permission, may, require
from capphep.platform.saving import Attempt, attempt
from capphep.platform.signed_in import actor_of

# --- modules -------------------------------------------------------------------------------------


def module_new(request: HttpRequest, product_id: int) -> HttpResponse:
    """context: as `_dialog`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    product, form = queries.product_of(product_id), ModuleForm(request.POST or None)
    tried = attempt(
        request,
        form,
        lambda: actions.create_module(actor=actor, product_id=product.pk, typed=form.typed()),
    )
    back = reverse("catalog:product", args=[product.pk])
    return _dialog(request, form, tried, _("New module of %(name)s") % {"name": product}, back)


def module_edit(request: HttpRequest, module_id: int) -> HttpResponse:
    """context: as `_dialog`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found = record_of(Module, module_id)
    form = ModuleForm(request.POST or None, record=found, initial=initial_of_module(found))
    tried = attempt(
        request,
        form,
        lambda: actions.edit_module(
            actor=actor,
            module_id=module_id,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: stale_edit(
            form,
            record_of(Module, module_id),
            theirs=initial_of_module(record_of(Module, module_id)),
        ),
    )
    back = reverse("catalog:product", args=[found.product_id])
    return _dialog(request, form, tried, _("Edit %(name)s") % {"name": found.name}, back)


def module_up(request: HttpRequest, module_id: int) -> HttpResponse:
    return _moved(request, module_id, up=True)


def module_down(request: HttpRequest, module_id: int) -> HttpResponse:
    return _moved(request, module_id, up=False)


def _moved(request: HttpRequest, module_id: int, *, up: bool) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    module = record_of(Module, module_id)
    if request.method == "POST":
        actions.move_module(actor=actor, module_id=module_id, up=up)
    return redirect(request, "catalog:product", module.product_id)


def module_menu(module: Module) -> list[MenuItem]:
    """What an administrator may do with a module of a product."""
    edit, fields, up, down = (
        reverse(f"catalog:module_{verb}", args=[module.pk])
        for verb in ("edit", "fields", "up", "down")
    )
    return [
        MenuItem(_("Additional fields"), fields, icon="pencil"),
        MenuItem(_("Rename"), edit, "dialog", "pencil"),
        MenuItem(_("Move up"), up, "post", "arrow-up"),
        MenuItem(_("Move down"), down, "post", "arrow-down"),
    ]


# --- resources -----------------------------------------------------------------------------------


def resource_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`; as `tabs.context_of`."""
    return show_list(
        request, RESOURCES, page="catalog/resource_list.html", **tabs.context_of(request)
    )


def _spec(actor: User) -> ListSpec[Resource]:
    menu: Callable[[Resource], list[MenuItem]] | None = None
    if may(actor, Permission.CATALOGUE_WRITE):
        menu = _resource_menu
    return ListSpec(
        columns=(
            Column("name", gettext_lazy("Resource"), sort="name"),
            Column("code", gettext_lazy("Code"), "code", sort="code"),
            Column("unit", gettext_lazy("Unit")),
        ),
        default_sort="name",
        row_url=lambda each: f"{reverse('catalog:item_list')}?resource={each.pk}",
        row_menu=menu,
    )


RESOURCES: Final = ListSource(
    name="catalog.resources",
    title=gettext_lazy("Resources"),
    url_name="catalog:resource_list",
    rows=lambda _actor: Resource.objects.all(),
    spec=_spec,
    empty_text=gettext_lazy("Resources are what is counted: users, accounting books, GB."),
)


def _resource_menu(resource: Resource) -> list[MenuItem]:
    edit = reverse("catalog:resource_edit", args=[resource.pk])
    return [MenuItem(_("Edit"), edit, "dialog", "pencil")]


def resource_new(request: HttpRequest) -> HttpResponse:
    """context: as `_dialog`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    form = ResourceForm(request.POST or None)
    tried = attempt(request, form, lambda: actions.create_resource(actor=actor, typed=form.typed()))
    return _dialog(request, form, tried, _("New resource"), reverse("catalog:resource_list"))


def resource_edit(request: HttpRequest, resource_id: int) -> HttpResponse:
    """context: as `_dialog`."""
    actor = actor_of(request)
    require(actor, Permission.CATALOGUE_WRITE)
    found = record_of(Resource, resource_id)
    form = ResourceForm(request.POST or None, record=found, initial=initial_of_resource(found))
    tried = attempt(
        request,
        form,
        lambda: actions.edit_resource(
            actor=actor,
            resource_id=resource_id,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: stale_edit(
            form,
            record_of(Resource, resource_id),
            theirs=initial_of_resource(record_of(Resource, resource_id)),
        ),
    )
    title = _("Edit %(name)s") % {"name": found.name}
    return _dialog(request, form, tried, title, reverse("catalog:resource_list"))


def _dialog(
    request: HttpRequest,
    form: ModuleForm,
    tried: Attempt[Module] | Attempt[Resource],
    title: str,
    back: str,
) -> HttpResponse:
    """context: title, form, conflict, action, back_url."""
    if tried.saved:
        return done(request, _("%(name)s is saved.") % {"name": tried.saved.name}, back=back)
    context = {
        "title": title,
        "form": form,
        "conflict": tried.conflict,
        "action": request.path,
        "back_url": back,
    }
    return render_dialog(request, "catalog/_part_dialog.html", context, status=tried.status)
