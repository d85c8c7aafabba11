"""Sales projects: the list, a project's own page, and the forms that enter and change one."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.actions.projects import (
    create_project,
    deactivate_project,
    edit_project,
    reactivate_project,
)
from capphep.crm.forms.sales import ProjectForm, initial_of_project
from capphep.crm.models import SalesProject
from capphep.crm.queries import sales as queries
from capphep.crm.queries.orders import visible_orders
from capphep.crm.views.orders import status_of
from capphep.crm.views.shown import FOLLOWED, followed, stage_of
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.history import history_of
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, require
from capphep.platform.saving import attempt, form_page, typed_in
from capphep.platform.signed_in import actor_of

FORM = "crm/project_form.html"

_SHORT_LIST = 8

# --- list ----------------------------------------------------------------------------------------


def project_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, PROJECTS)


def _list_spec(actor: User) -> ListSpec[SalesProject]:
    return ListSpec(
        columns=(
            Column("code", _("Project code"), "code", sort="code"),
            Column("name", _("Project name"), sort="sort_key"),
            Column("first_day", _("From"), "date", sort="first_day"),
            Column("last_day", _("To"), "date", sort="last_day"),
            Column("is_active", _("Status"), "status", value=lambda p: followed(p.is_active)),
        ),
        default_sort="-created_at",
        row_url=lambda p: reverse("crm:project", args=[p.pk]),
        row_menu=lambda p: project_menu(actor, p),
        filters=(Filter("active", _("Status"), FOLLOWED, "is_active"),),
        search=queries.search_projects,
        search_hint=_("Project code, name"),
    )


PROJECTS: Final = ListSource(
    name="crm.projects",
    title=gettext_lazy("Sales projects"),
    url_name="crm:project_list",
    rows=queries.visible_projects,
    spec=_list_spec,
    empty_text=gettext_lazy("A sales project gathers the opportunities and orders of a campaign."),
    add_url=lambda actor: reverse("crm:project_new") if queries.may_write_projects(actor) else "",
)


def project_menu(actor: User, project: SalesProject) -> list[MenuItem]:
    """What the actor may do with the project, as the row's and the page's menu."""
    if not queries.may_write_projects(actor):
        return []
    edit, stop, again = (
        reverse(f"crm:project_{verb}", args=[project.pk])
        for verb in ("edit", "deactivate", "reactivate")
    )
    follow = (
        MenuItem(_("Stop following"), stop, "dialog", "eye-off")
        if project.is_active
        else MenuItem(_("Follow again"), again, "post", "eye")
    )
    return [MenuItem(_("Edit"), edit, icon="pencil"), follow]


# --- the project's own page ----------------------------------------------------------------------


def project(request: HttpRequest, pk: int) -> HttpResponse:
    """context: title, project, band, opportunities, orders, entries."""
    actor = actor_of(request)
    found = queries.project_of(actor, pk)
    opportunities = queries.visible_opportunities(actor).filter(project=found)
    opportunities = opportunities.select_related("customer").order_by("-created_at", "-id")
    orders = visible_orders(actor).filter(project=found).select_related("customer")
    orders = orders.order_by("-created_at", "-id")
    context = {
        "title": found.name,
        "project": found,
        "band": _band(actor, found),
        "opportunities": [
            {"opportunity": each, "stage": stage_of(each)} for each in opportunities[:_SHORT_LIST]
        ],
        "orders": [{"order": each, "status": status_of(each)} for each in orders[:_SHORT_LIST]],
        "entries": history_of(found),
    }
    return render(request, "crm/project.html", context)


def _band(actor: User, project: SalesProject) -> HeaderBand:
    return HeaderBand(
        title=project.name,
        number=project.code,
        status=followed(project.is_active),
        actions=project_menu(actor, project),
        back_url=reverse("crm:project_list"),
        back_label=_("Sales projects"),
    )


# --- forms ---------------------------------------------------------------------------------------


def project_new(request: HttpRequest) -> HttpResponse:
    """*Thêm*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.SALE_WRITE)
    form = ProjectForm(typed_in(request))
    tried = attempt(
        request,
        form,
        lambda: create_project(actor=actor, typed=form.typed(), token=form.cleaned_data["token"]),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    return form_page(
        request,
        FORM,
        form,
        tried,
        title=_("New sales project"),
        cancel_url=reverse("crm:project_list"),
    )


def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """*Sửa*. context: as `saving.form_page`."""
    actor = actor_of(request)
    require(actor, Permission.SALE_WRITE)
    found = queries.project_of(actor, pk)
    form = ProjectForm(typed_in(request), record=found, initial=initial_of_project(found))
    tried = attempt(
        request,
        form,
        lambda: edit_project(
            actor=actor,
            project_id=pk,
            seen_version=form.cleaned_data["version"],
            typed=form.typed(),
        ),
        stale=lambda: _stale(actor, form, pk),
    )
    if tried.saved:
        return _saved(request, tried.saved)
    title, cancel = _("Edit sales project"), reverse("crm:project", args=[pk])
    band = _band(actor, found)
    return form_page(request, FORM, form, tried, title=title, cancel_url=cancel, band=band)


def _stale(actor: User, form: ProjectForm, pk: int) -> StaleEdit:
    fresh = queries.project_of(actor, pk)
    return stale_edit(form, fresh, theirs=initial_of_project(fresh))


def _saved(request: HttpRequest, project: SalesProject) -> HttpResponse:
    message = _("%(name)s is saved.") % {"name": project.name}
    return redirect(request, "crm:project", project.pk, message=message)


# --- following -----------------------------------------------------------------------------------


def project_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """*Ngừng theo dõi*: asks first. context: as `platform/_confirm.html`."""
    actor = actor_of(request)
    require(actor, Permission.SALE_WRITE)
    found = queries.project_of(actor, pk)
    back = reverse("crm:project", args=[pk])
    if request.method != "POST":
        context = {
            "title": _("Stop following %(name)s?") % {"name": found.name},
            "text": _("The project stays with all its data; it can no longer be chosen."),
            "action": request.path,
            "back_url": back,
        }
        return render_dialog(request, "platform/_confirm.html", context)
    deactivate_project(actor=actor, project_id=pk)
    return done(request, _("%(name)s is no longer followed.") % {"name": found.name}, back=back)


def project_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """*Theo dõi lại*: written at once; it takes nothing away."""
    if request.method != "POST":
        return redirect(request, "crm:project", pk)
    found = reactivate_project(actor=actor_of(request), project_id=pk)
    text = _("%(name)s is followed again.") % {"name": found.name}
    return done(request, text, back=reverse("crm:project", args=[pk]))
