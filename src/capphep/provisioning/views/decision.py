"""The dialog with what a funding decision says of itself, at its file in the request's form."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from capphep.platform import clock, kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import is_htmx, redirect, render_dialog, toast
from capphep.platform.models import TextState
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.platform.versions import Stale
from capphep.provisioning.actions.evidence import decision_of, describe_decision
from capphep.provisioning.actions.locks import check_own
from capphep.provisioning.evidence_rules import suggestion
from capphep.provisioning.forms import DecisionForm, decision_initial
from capphep.provisioning.models import Evidence, LicenceRequest
from capphep.pure.errors import Invalid


def evidence_decision(request: HttpRequest, request_id: int, evidence_id: int) -> HttpResponse:
    """context: as `_dialog`."""
    record = check_own(actor_of(request), request_id, "send")
    evidence = decision_of(record, evidence_id)
    if request.method == "POST":
        return _save(request, record, evidence)
    form = DecisionForm(evidence, kept_forms.take(request), suggested=_read(record, evidence))
    return _dialog(request, record, evidence, form)


def _read(record: LicenceRequest, evidence: Evidence) -> dict[str, object]:
    """What the file's own text suggests."""
    text = getattr(evidence.file, "text", None)
    if not text or text.state != TextState.HAS_TEXT:
        return {}
    return asdict(suggestion(text.text, record.amount, clock.today()))


def _save(request: HttpRequest, record: LicenceRequest, evidence: Evidence) -> HttpResponse:
    form = DecisionForm(evidence, request.POST)
    if not form.is_valid():
        return _dialog(request, record, evidence, form, status=422)
    try:
        describe_decision(
            actor=actor_of(request),
            request_id=record.pk,
            evidence_id=evidence.pk,
            seen_version=form.seen_version,
            values=form.values,
        )
    except Invalid as refusal:
        form.add_error(refusal.field, refusal_text(refusal))
        return _dialog(request, record, evidence, form, status=422)
    except Stale:
        fresh = decision_of(record, evidence.pk)
        conflict = stale_edit(form, fresh, theirs=decision_initial(fresh))
        return _dialog(request, record, fresh, form, conflict=conflict, status=409)
    return _saved(request, record)


def _saved(request: HttpRequest, record: LicenceRequest) -> HttpResponse:
    if not is_htmx(request):
        return redirect(request, "provisioning:request_edit", record.pk, message=_("Saved."))
    response = toast(HttpResponse(status=204), _("Saved."))
    trigger_client_event(response, "dialog-close", {})
    return trigger_client_event(response, "evidence-changed", {})


def _dialog(
    request: HttpRequest,
    record: LicenceRequest,
    evidence: Evidence,
    form: DecisionForm,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    """context: title, intro, form, conflict, action, back_url."""
    context = {
        "title": _("Details of the decision"),
        "intro": evidence.name,
        "form": form,
        "conflict": conflict,
        "action": request.path,
        "back_url": reverse("provisioning:request_edit", args=[record.pk]),
    }
    return render_dialog(request, "provisioning/_decision_dialog.html", context, status=status)
