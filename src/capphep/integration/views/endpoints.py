"""Webhooks: the endpoints, for administrators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.integration import webhook_queries as queries
from capphep.integration.actions import endpoints as actions
from capphep.integration.actions import redelivery
from capphep.integration.models import Endpoint
from capphep.integration.states import EndpointStatus
from capphep.integration.views.shown import actor_of, delivery_row, endpoint_status
from capphep.integration.webhook_forms import (
    EndpointForm,
    RangeForm,
    ResumeForm,
    SecretForm,
    values_of,
)
from capphep.platform import kept_forms
from capphep.platform.event_types import TYPES
from capphep.platform.history import history_of
from capphep.platform.htmx import done, redirect, render_dialog, render_page_or_fragment
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.pages import Column, Filter, ListSpec, list_page
from capphep.platform.roles import Permission, require
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalid, Invalids

LATEST = 10


def endpoint_list(request: HttpRequest) -> HttpResponse:
    """context: title, intro, page (pages.ListPage), add_url, add_label, empty_text."""
    context = {
        "title": _("Webhooks"),
        "intro": _("What happens here is sent to other programs at once, signed."),
        "page": list_page(request, queries.visible_endpoints(actor_of(request)), spec=_spec()),
        "add_url": reverse("integration:endpoint_new"),
        "add_label": _("Add a webhook"),
        "empty_text": _("No program is told of events yet."),
    }
    page = "integration/endpoint_list.html"
    return render_page_or_fragment(request, page, "platform/_list.html", context)


def _spec() -> ListSpec[Endpoint]:
    return ListSpec(
        columns=(
            Column("name", gettext_lazy("Name"), sort="name"),
            Column("url", gettext_lazy("Address")),
            Column("types", gettext_lazy("Events"), value=_types),
            Column("bounds", gettext_lazy("Only for"), value=_bounds),
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


def _types(endpoint: Endpoint) -> str:
    if not endpoint.types:
        return _("All")
    first, *more = endpoint.types
    return f"{first} +{len(more)}" if more else str(first)


def _bounds(endpoint: Endpoint) -> str:
    return " · ".join(str(one) for one in (endpoint.product, endpoint.customer) if one)


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
        "entries": history_of(found),
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
            _show(form, found)
        else:
            return _made_page(request, *made)
    return _form_page(request, form, _("Add a webhook"), status=422)


def endpoint_edit(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, form, cancel_url."""
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
        except Invalids as refused:
            _show(form, refused)
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
    status: int = 200,
) -> HttpResponse:
    back = reverse("integration:endpoint_list")
    if endpoint_id is not None:
        back = reverse("integration:endpoint", args=[endpoint_id])
    context = {"title": title, "form": form, "cancel_url": back}
    return render(request, "integration/endpoint_form.html", context, status=status)


def _made_page(request: HttpRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
    """context: title, endpoint, secret. The one time that it is shown: no copy is kept of it."""
    context = {"title": _("The webhook is made"), "endpoint": endpoint, "secret": secret}
    response = render(request, "integration/endpoint_made.html", context)
    # The form's own request would take only the form's place.
    response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = "#record"
    response.headers["Cache-Control"] = "no-store"
    return response


def _show(form: forms.Form, found: Invalids) -> None:
    for refusal in found.refusals:
        _show_one(form, refusal.field, refusal_text(refusal))


def _show_one(form: forms.Form, field: str, text: str) -> None:
    form.add_error(field if field in form.fields else None, text)


def endpoint_secret(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, intro, form, action, submit_label, back_url; then: as `_made_page`."""
    found = queries.endpoint_of(actor_of(request), endpoint_id)
    page = reverse("integration:endpoint", args=[endpoint_id])
    form = SecretForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        changed, secret = actions.rotate_secret(
            actor=actor_of(request), endpoint_id=endpoint_id, overlap=form.overlap_time()
        )
        context: dict[str, Any] = {
            "title": _("The new secret"),
            "endpoint": changed,
            "secret": secret,
            "back_url": page,
        }
        return render_dialog(request, "integration/_endpoint_made.html", context)
    context = {
        "title": _("A new secret for “%(name)s”") % {"name": found.name},
        "intro": _("The receiver verifies signatures by it."),
        "form": form,
        "action": request.path,
        "submit_label": _("Make the new secret"),
        "back_url": page,
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def endpoint_pause(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, text, action, danger, back_url."""
    found = queries.endpoint_of(actor_of(request), endpoint_id)
    page = reverse("integration:endpoint", args=[endpoint_id])
    if request.method == "POST":
        actions.pause_endpoint(actor=actor_of(request), endpoint_id=endpoint_id)
        return redirect(request, page, message=_("The webhook is paused."))
    context = {
        "title": _("Pause the webhook “%(name)s”?") % {"name": found.name},
        "text": _("Nothing is sent until it is resumed. What is on its way waits."),
        "action": request.path,
        "danger": True,
        "back_url": page,
    }
    return render_dialog(request, "platform/_confirm.html", context)


def endpoint_resume(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, text, form, action, submit_label, back_url."""
    found = queries.endpoint_of(actor_of(request), endpoint_id)
    page = reverse("integration:endpoint", args=[endpoint_id])
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.resume_endpoint(
            actor=actor_of(request), endpoint_id=endpoint_id, **form.cleaned_data
        )
        return redirect(request, page, message=_("The webhook is active again."))
    context = {
        "title": _("Resume the webhook “%(name)s”") % {"name": found.name},
        "intro": _("What was on its way is sent first."),
        "form": form,
        "action": request.path,
        "submit_label": _("Resume"),
        "back_url": page,
    }
    return render_dialog(request, "platform/_dialog_form.html", context)


def endpoint_test(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """POST: go to the delivery of the test, which says what came of it."""
    if request.method != "POST":
        return redirect(request, "integration:endpoint", endpoint_id)
    delivery = actions.send_test(actor=actor_of(request), endpoint_id=endpoint_id)
    return redirect(request, "integration:delivery", delivery.pk)


def endpoint_range(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, intro, form, action, submit_label, back_url."""
    found = queries.endpoint_of(actor_of(request), endpoint_id)
    page = reverse("integration:endpoint", args=[endpoint_id])
    form = RangeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = redelivery.redeliver_range(
                actor=actor_of(request), endpoint_id=endpoint_id, **form.values()
            )
        except Invalid as refused:
            _show_one(form, "last_day", refusal_text(refused))
        else:
            return done(request, _("%(count)s events go out.") % {"count": count}, back=page)
    context = {
        "title": _("Deliver again to “%(name)s”") % {"name": found.name},
        "intro": _("What happened on these days and was not delivered goes out again."),
        "form": form,
        "action": request.path,
        "submit_label": _("Deliver"),
        "back_url": page,
    }
    status = 422 if request.method == "POST" else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)
