"""What is done to a webhook besides editing it: dialogs, and the test."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.integration import webhook_queries as queries
from capphep.integration.actions import endpoints as actions
from capphep.integration.actions import redelivery
from capphep.integration.webhook_forms import RangeForm, ResumeForm, SecretForm
from capphep.platform.htmx import done, redirect, render_dialog
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Invalid


def endpoint_secret(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """context: title, intro, form, action, submit_label, back_url; then the secret."""
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
            form.add_error("last_day", refusal_text(refused))
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
