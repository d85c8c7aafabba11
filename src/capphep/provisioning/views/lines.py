"""The module lines of a draft: planned anew, completed by the (+) dialog."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from capphep.catalog import schemas
from capphep.catalog.forms.extra import ExtraForm
from capphep.platform.htmx import done, is_htmx, redirect, render_dialog, toast
from capphep.platform.kit import Remark
from capphep.platform.signed_in import actor_of
from capphep.provisioning import explanations, queries
from capphep.provisioning.actions import drafts, extras
from capphep.provisioning.actions.locks import check_own, require_own
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.views.access import only_post
from capphep.provisioning.views.rounds import remarks_of
from capphep.provisioning.views.shown import lines_shown
from capphep.pure.errors import Invalids


def lines_context(
    record: LicenceRequest,
    errors: Mapping[str, str] | None = None,
    remarks: Mapping[str, Remark] | None = None,
) -> dict[str, Any]:
    """context: record, lines (shown.ShownLines), offer (a budget code), lines_error, kind_reason,
    amount_remark. Errors and remarks are by field.
    """
    rows = list(queries.lines_of(record))
    offer, _lacking = extras.budget_code_offer(rows)
    return {
        "record": record,
        "lines": lines_shown(record, rows, queries.other_modules(record, rows), errors, remarks),
        "offer": offer,
        "lines_error": (errors or {}).get("lines", ""),
        "kind_reason": explanations.reason_of(record),
        "amount_remark": (remarks or {}).get("amount"),
    }


def lines(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `lines_context`. The lines as they are now, after a dialog saved one."""
    record = queries.request_of(actor_of(request), request_id)
    require_own(actor_of(request), record)
    if not is_htmx(request):
        return redirect(request, "provisioning:request_edit", request_id)
    return _fragment(request, record)


@only_post("provisioning:request_edit")
def lines_refresh(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `lines_context`. *Cập nhật thông tin nghiệp vụ*."""
    record = drafts.refresh_lines(actor=actor_of(request), request_id=request_id)
    return _answer(request, record, _("The module information is up to date."))


@only_post("provisioning:request_edit")
def lines_spread(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `lines_context`. The budget code of one line for those that lack it."""
    actor = actor_of(request)
    extras.spread_budget_code(actor=actor, request_id=request_id)
    record = queries.request_of(actor, request_id)
    return _answer(request, record, _("The budget code was filled in."))


def extra(request: HttpRequest, request_id: int, line_id: int) -> HttpResponse:
    """context: title, form, action, back_url. The (+) dialog of one line."""
    actor = actor_of(request)
    record = check_own(actor, request_id, "send")
    line = extras.line_of(record, line_id)
    form = _extra_form(record, line, request)
    if request.method == "POST":
        try:
            extras.save_extra(
                actor=actor, request_id=request_id, line_id=line_id, values=form.values
            )
        except Invalids as found:
            form.show(found.refusals)
        else:
            back = reverse("provisioning:request_edit", args=[request_id])
            return done(request, _("Saved."), back=back)
    return _dialog(request, record, line, form)


def _dialog(
    request: HttpRequest, record: LicenceRequest, line: RequestLine, form: ExtraForm
) -> HttpResponse:
    context = {
        "title": _("Additional information: %(module)s") % {"module": line.module.name},
        "form": form,
        "action": request.path,
        "back_url": reverse("provisioning:request_edit", args=[record.pk]),
    }
    status = 422 if form.errors else 200
    return render_dialog(request, "platform/_dialog_form.html", context, status=status)


def _extra_form(record: LicenceRequest, line: RequestLine, request: HttpRequest) -> ExtraForm:
    """The form with what the line holds; a missing budget code is suggested from another line."""
    schema = line.module.extra_schema
    new = schemas.new_since(schema, record.created_at) - line.extra.keys()
    fields = [
        replace(field, help=_new_help(field)) if field.name in new else field
        for field in schemas.fields_of(schema, get_language() or "")
    ]
    initial = {field.name: _typed(field, line.extra.get(field.name, "")) for field in fields}
    code, lacking = extras.budget_code_offer(list(queries.lines_of(record)))
    initial |= {name: code for other, name in lacking if other.pk == line.pk}
    return ExtraForm(fields, request.POST if request.method == "POST" else None, initial=initial)


def _new_help(field: schemas.ExtraField) -> str:
    """A draft that was begun before the field was asked for says so."""
    return " ".join(filter(None, [_("New since this request was begun."), field.help]))


def _typed(field: schemas.ExtraField, value: object) -> object:
    is_day = field.kind == "date" and value
    return datetime.date.fromisoformat(str(value)) if is_day else value


def _answer(request: HttpRequest, record: LicenceRequest, text: str) -> HttpResponse:
    if not is_htmx(request):
        return redirect(request, "provisioning:request_edit", record.pk, message=text)
    return toast(_fragment(request, record), text)


def _fragment(request: HttpRequest, record: LicenceRequest) -> HttpResponse:
    context = lines_context(record, remarks=remarks_of(record)) | {"is_alone": True}
    return render(request, "provisioning/_lines.html", context)
