"""Webhooks: the endpoints, for administrators."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.integration import webhook_queries as queries
from capphep.integration.actions import endpoints as actions
from capphep.integration.models import Endpoint
from capphep.integration.states import EndpointStatus
from capphep.integration.views.shown import (
    delivery_row,
    endpoint_status,
    history,
    shown_once,
)
from capphep.integration.webhook_forms import (
    EndpointForm,
    values_of,
)
from capphep.platform import kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.event_types import TYPES
from capphep.platform.htmx import redirect
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.lists import ListSource, show_list
from capphep.platform.models import User
from capphep.platform.pages import Column, Filter, ListSpec
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids

LATEST = 10


def endpoint_list(request: HttpRequest) -> HttpResponse:
    """context: as `show_list`."""
    return show_list(request, ENDPOINTS, page="integration/endpoint_list.html")


def _spec(_actor: User) -> ListSpec[Endpoint]:
    return ListSpec(
        columns=(
            Column("name", gettext_lazy("Name"), sort="name"),
            Column("url", gettext_lazy("Address")),
            Column("types", gettext_lazy("Events"), value=_types),
            Column("bounds", gettext_lazy("Only for")),
            Column("status", gettext_lazy("Status"), "status", value=endpoint_status),
            Column("failing_since", gettext_lazy("Failing since"), "moment", sort="failing_since"),
            Column("delivered_at", gettext_lazy("Last delivered"), "moment", sort="delivered_at"),
            Column("created_at", gettext_lazy("Made"), "moment", sort="created_at"),
        ),
        default_sort="-created_at",
        row_url=lambda endpoint: reverse("integration:endpoint", args=[endpoint.pk]),
        row_menu=_menu,
        filters=(Filter("status", gettext_lazy("Status"), EndpointStatus.choices, "status"),),
        search=lambda endpoints, text: endpoints.filter(name__icontains=text.strip()),
        search_hint=gettext_lazy("Name"),
    )


ENDPOINTS: Final = ListSource(
    name="integration.endpoints",
    title=gettext_lazy("Webhooks"),
    url_name="integration:endpoint_list",
    rows=queries.visible_endpoints,
    spec=_spec,
    empty_text=gettext_lazy("No program is told of events yet."),
    intro=gettext_lazy("What happens here is sent to other programs at once, signed."),
    add_url=lambda _actor: reverse("integration:endpoint_new"),
    add_label=gettext_lazy("Add a webhook"),
)


def _types(endpoint: Endpoint) -> str:
    if not endpoint.types:
        return _("All")
    first, *more = endpoint.types
    return f"{first} +{len(more)}" if more else str(first)


def _menu(endpoint: Endpoint) -> list[MenuItem]:
    def address(name: str) -> str:
        return reverse(f"integration:endpoint_{name}", args=[endpoint.pk])

    if endpoint.status == EndpointStatus.ACTIVE:
        turn = MenuItem(_("Pause"), address("pause"), "dialog", icon="ban", danger=True)
    else:
        turn = MenuItem(_("Resume"), address("resume"), "dialog", icon="check")
    return [
        MenuItem(_("Send a test"), address("test"), "post", icon="send"),
        MenuItem(_("Edit"), address("edit"), icon="pencil"),
        MenuItem(_("Deliver again…"), address("range"), "dialog", icon="history"),
        MenuItem(_("New secret"), address("secret"), "dialog", icon="key"),
        turn,
    ]


def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, endpoint, band, types [(type, meaning)], latest, log_url, entries."""
    actor = actor_of(request)
    found = queries.endpoint_of(actor, endpoint_id)
    latest = queries.visible_deliveries(actor).filter(endpoint=found).order_by("-id")[:LATEST]
    context: dict[str, Any] = {
        "title": found.name,
        "endpoint": found,
        "band": _band(found),
        "types": [(type_, TYPES.get(type_, "")) for type_ in found.types],
        "latest": [delivery_row(one) for one in latest],
        "log_url": f"{reverse('integration:delivery_list')}?endpoint={found.pk}",
        "entries": history(found),
    }
    return render(request, "integration/endpoint.html", context)


def _band(endpoint: Endpoint) -> HeaderBand:
    test, edit, *more = _menu(endpoint)
    return HeaderBand(
        title=endpoint.name,
        number="",
        status=endpoint_status(endpoint),
        primary=test,
        actions=[edit, *more],
        back_url=reverse("integration:endpoint_list"),
        back_label=_("Webhooks"),
    )


def endpoint_new(request: HttpRequest) -> HttpResponse:
    """context: title, form, cancel_url; once it is made: title, endpoint, secret."""
    require(actor_of(request), Permission.INTEGRATION_WRITE)
    if request.method != "POST":
        return _form_page(request, EndpointForm(kept_forms.take(request)), _("Add a webhook"))
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            made = actions.create_endpoint(actor=actor_of(request), typed=form.typed())
        except Invalids as found:
            show_refusals(form, found.refusals)
        else:
            return _made_page(request, *made)
    return _form_page(request, form, _("Add a webhook"), status=422)


def endpoint_edit(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, form, cancel_url, conflict."""
    found = queries.endpoint_of(actor_of(request), endpoint_id)
    title = _("Edit the webhook “%(name)s”") % {"name": found.name}
    if request.method != "POST":
        form = EndpointForm(kept_forms.take(request), initial=values_of(found))
        return _form_page(request, form, title, endpoint_id=endpoint_id)
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            actions.edit_endpoint(
                actor=actor_of(request),
                endpoint_id=endpoint_id,
                seen_version=form.cleaned_data["version"] or 0,
                typed=form.typed(),
            )
        except Stale:
            fresh = queries.endpoint_of(actor_of(request), endpoint_id)
            conflict = stale_edit(form, fresh, theirs=values_of(fresh))
            return _form_page(
                request, form, title, endpoint_id=endpoint_id, conflict=conflict, status=409
            )
        except Invalids as refused:
            show_refusals(form, refused.refusals)
        else:
            page = reverse("integration:endpoint", args=[endpoint_id])
            return redirect(request, page, message=_("Saved."))
    return _form_page(request, form, title, endpoint_id=endpoint_id, status=422)


def _form_page(
    request: HttpRequest,
    form: EndpointForm,
    title: str,
    *,
    endpoint_id: int | None = None,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    back = reverse("integration:endpoint_list")
    if endpoint_id is not None:
        back = reverse("integration:endpoint", args=[endpoint_id])
    context = {"title": title, "form": form, "cancel_url": back, "conflict": conflict}
    return render(request, "integration/endpoint_form.html", context, status=status)


def _made_page(request: HttpRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
    """context: title, endpoint, secret. The one time that it is shown: no copy is kept of it."""
    context = {"title": _("The webhook is made"), "endpoint": endpoint, "secret": secret}
    return shown_once(render(request, "integration/endpoint_made.html", context))
