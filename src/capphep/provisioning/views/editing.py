"""The form *Yêu cầu cấp GPSD/Thuê bao*: kept as a draft, or checked and sent in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.platform import clock, kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import is_htmx, redirect, toast
from capphep.platform.kit import HeaderBand, MenuItem
from capphep.platform.models import User
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.platform.versions import Stale
from capphep.provisioning import queries
from capphep.provisioning.actions import drafts, extras, sending
from capphep.provisioning.actions.evidence import remove_evidence
from capphep.provisioning.actions.locks import require_own
from capphep.provisioning.actions.rounds import parts_of
from capphep.provisioning.expiry_queries import ends_on
from capphep.provisioning.forms import RequestForm, form_of, initial_of
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EDITABLE
from capphep.provisioning.views.evidence import attach_all
from capphep.provisioning.views.lines import lines_context
from capphep.provisioning.views.rounds import returned_of
from capphep.provisioning.views.shown import (
    discard_item,
    evidence_shown,
    source_item,
    status_of,
    steps_of,
)
from capphep.pure.errors import Conflict, Invalids, Refusal

SEND = "send"


@dataclass(slots=True)
class Problems:
    """What does not belong to a field of the form: files, and module lines, by their field."""

    evidence: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[dict[str, str]]:
        """For the list on top of the form, with the anchor of each."""
        texts = [(name, text) for name, found in self.evidence.items() for text in found]
        rows = [*texts, *self.lines.items()]
        return [{"text": text, "anchor": _anchor(name)} for name, text in rows]

    def __bool__(self) -> bool:
        return bool(self.evidence or self.lines)


def _anchor(name: str) -> str:
    return f"id_{name}" if name.startswith("evidence-") else name


def request_edit(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_page`."""
    actor = actor_of(request)
    record = queries.request_of(actor, request_id)
    require_own(actor, record)
    if request.method == "POST":
        return _post(request, record)
    if record.status not in EDITABLE:
        return redirect(request, "provisioning:request", record.pk)
    return _page(request, record, form_of(record, kept_forms.take(request)), Problems())


def _post(request: HttpRequest, record: LicenceRequest) -> HttpResponse:
    try:
        # First and for themselves: an error further on never costs a file that arrived.
        problems = Problems(evidence=attach_all(request, record.pk))
        return _save(request, record, problems)
    except Conflict as refusal:
        # Pressed twice, or moved on in another window: the request's own page says where it is.
        text = refusal_text(refusal)
        return redirect(request, "provisioning:request", record.pk, message=text, tone="info")


def _save(request: HttpRequest, record: LicenceRequest, problems: Problems) -> HttpResponse:
    form = form_of(record, request.POST)
    intent = request.POST.get("intent", "")
    if not form.is_valid() or problems:
        if intent == SEND:
            typed = _as_typed(record, form)
            _show(form, problems, sending.problems_of(typed, parts_of(record)))
        return _page(request, record, form, problems, status=422)
    save = sending.send_request if intent == SEND else drafts.save_draft
    try:
        saved = save(
            actor=actor_of(request),
            request_id=record.pk,
            seen_version=form.seen_version,
            values=form.values,
        )
    except Invalids as found:
        _show(form, problems, found.refusals)
        return _page(request, record, form, problems, status=422)
    except Stale:
        return _stale(request, record, form)
    return _sent(request, saved) if intent == SEND else _kept(request, saved, intent)


def _stale(request: HttpRequest, record: LicenceRequest, form: RequestForm) -> HttpResponse:
    """Another window saved meanwhile: what it saved beside what was typed here."""
    fresh = queries.request_of(actor_of(request), record.pk)
    conflict = stale_edit(form, fresh, theirs=initial_of(fresh))
    return _page(request, fresh, form, Problems(), conflict=conflict, status=409)


def _as_typed(record: LicenceRequest, form: RequestForm) -> LicenceRequest:
    """The record as it would be, unsaved; a field that is not right counts as filled in."""
    for name in form.fields:
        setattr(record, name, form.cleaned_data.get(name, getattr(record, name)))
    return record


def _show(form: RequestForm, problems: Problems, refusals: Sequence[Refusal]) -> None:
    """Put each refusal where it can be corrected: at a field, a file input or a module line."""
    for refusal in refusals:
        name, text = refusal.field, refusal_text(refusal)
        if name in form.fields:
            if name not in form.errors:
                form.add_error(name, text)
        elif name.startswith("evidence-"):
            problems.evidence.setdefault(name, []).append(text)
        elif name:
            problems.lines[name] = text
        else:
            form.add_error(None, text)


def _sent(request: HttpRequest, record: LicenceRequest) -> HttpResponse:
    text = _("Request %(number)s was sent and waits for approval.") % {"number": record.request_no}
    return redirect(request, "provisioning:request", record.pk, message=text)


def _kept(request: HttpRequest, record: LicenceRequest, intent: str) -> HttpResponse:
    """The draft is kept; then what a button asked for besides, where there are no scripts."""
    verb, _colon, digits = intent.partition(":")
    number = int(digits) if digits.isdecimal() and len(digits) < 19 else 0
    if verb in _DIALOGS:
        return redirect(request, _DIALOGS[verb], record.pk, number)
    if verb in _BESIDES:
        _BESIDES[verb](actor_of(request), record.pk, number)
    if not is_htmx(request):
        return redirect(request, "provisioning:request_edit", record.pk, message=_("Draft saved."))
    fresh = queries.request_of(actor_of(request), record.pk)
    return toast(_page(request, fresh, form_of(fresh), Problems()), _("Draft saved."))


_DIALOGS: Mapping[str, str] = {
    "extra": "provisioning:extra",
    "decision": "provisioning:evidence_decision",
}
_BESIDES: Mapping[str, Callable[[User, int, int], object]] = {
    "refresh": lambda actor, pk, _: drafts.refresh_lines(actor=actor, request_id=pk),
    "spread": lambda actor, pk, _: extras.spread_budget_code(actor=actor, request_id=pk),
    "remove": lambda actor, pk, number: remove_evidence(
        actor=actor, request_id=pk, evidence_id=number
    ),
}


def _page(
    request: HttpRequest,
    record: LicenceRequest,
    form: RequestForm,
    problems: Problems,
    *,
    conflict: StaleEdit | None = None,
    status: int = 200,
) -> HttpResponse:
    """context: title, form, band, conflict, before, returned, ends_on, evidence, more_errors;
    as `lines_context`.
    """
    returned = returned_of(record)
    form.remarks = returned.remarks if returned else {}
    context: dict[str, Any] = lines_context(record, problems.lines, form.remarks) | {
        "title": _("Licence/subscription request"),
        "form": form,
        "conflict": conflict,
        "before": queries.last_ended(record.order),
        "returned": returned,
        "ends_on": ends_on(record, clock.today()),
        "band": _band(record),
        "evidence": evidence_shown(record, problems.evidence, form.remarks),
        "more_errors": problems.summary,
    }
    return render(request, "provisioning/request_form.html", context, status=status)


def _band(record: LicenceRequest) -> HeaderBand:
    source = source_item(record)
    return HeaderBand(
        title=_("Licence/subscription request"),
        number=record.request_no,
        subtitle=record.customer.name,
        status=status_of(record),
        steps=steps_of(record),
        actions=[
            MenuItem(
                _("View the request"),
                reverse("provisioning:request", args=[record.pk]),
                icon="eye",
            ),
            discard_item(record),
        ],
        back_url=source.url,
        back_label=_back_label(record),
    )


def _back_label(record: LicenceRequest) -> str:
    if record.order:
        return _("Order %(number)s") % {"number": record.order.order_no}
    return record.customer.name
