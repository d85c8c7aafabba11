"""*Phê duyệt YC cấp giấy phép* and *Từ chối*: the dialogs and the decision itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from capphep.ims import actions
from capphep.ims.forms import RejectForm
from capphep.ims.queries import desk
from capphep.ims.queries.checks import checks_of, require_unblocked
from capphep.ims.queries.desk import Difference
from capphep.ims.queries.evidence import files_of
from capphep.ims.views import checks
from capphep.ims.views.assignment import held_by_another
from capphep.ims.views.dialogs import decided, dialog, page_of, too_late
from capphep.platform import clock, kept_forms
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict


def approve(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_approval_dialog`, or `dialogs.too_late`."""
    actor = actor_of(request)
    record = desk.desk_request(actor, request_id)
    try:
        desk.require_decision(actor, record, "approve")
        if request.method != "POST":
            difference = desk.difference_of(record, clock.today())
            require_unblocked(record, difference, clock.today())
            return _approval_dialog(request, record, difference)
        seen = request.POST.get("seen", "")
        approval = actions.approve(actor=actor, request_id=request_id, seen=seen)
    except actions.BaseMoved as moved:
        return _approval_dialog(request, record, desk.previewed(moved.review), moved)
    except Conflict as refusal:
        return too_late(request, record, refusal)
    text = _("%(request_no)s is approved: licence %(licence_no)s was issued.")
    values = {"request_no": record.request_no, "licence_no": approval.licence.licence_no}
    return decided(request, record, text % values)


def _approval_dialog(
    request: HttpRequest,
    record: LicenceRequest,
    difference: Difference,
    moved: actions.BaseMoved | None = None,
) -> HttpResponse:
    """context: title, record, difference, held_by, checks, warning, hidden, action, back_url, size.

    ``checks`` are those that did not pass. ``moved`` is set where the base moved between the
    dialog and the answer *Có* (R3).
    """
    title = _("Approve the request %(request_no)s?") % {"request_no": record.request_no}
    found = checks_of(record, difference, files_of(record), clock.today())
    context = {
        "title": title,
        "record": record,
        "difference": difference,
        "held_by": held_by_another(actor_of(request), record),
        "checks": checks.warnings(found),
        "warning": refusal_text(moved) if moved else "",
        "hidden": [("seen", difference.fingerprint)],
        "action": request.get_full_path(),
        "back_url": page_of(record),
        "size": "wide",
    }
    return dialog(request, "ims/_approve.html", context, status=409 if moved else 200)


def reject(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_rejection_dialog`, or `dialogs.too_late`."""
    actor = actor_of(request)
    record = desk.desk_request(actor, request_id)
    try:
        desk.require_decision(actor, record, "reject")
        if request.method != "POST":
            form = RejectForm(kept_forms.take(request))
            return _rejection_dialog(request, record, form)
        form = RejectForm(request.POST)
        if not form.is_valid():
            return _rejection_dialog(request, record, form, status=422)
        reason = form.cleaned_data["reason"]
        actions.reject(actor=actor, request_id=request_id, reason=reason)
    except Conflict as refusal:
        return too_late(request, record, refusal)
    text = _("%(request_no)s is rejected.") % {"request_no": record.request_no}
    return decided(request, record, text)


def _rejection_dialog(
    request: HttpRequest, record: LicenceRequest, form: RejectForm, *, status: int = 200
) -> HttpResponse:
    """context: title, record, held_by, form, action, danger, yes_label, back_url."""
    context = {
        "title": _("Reject the request %(request_no)s?") % {"request_no": record.request_no},
        "record": record,
        "held_by": held_by_another(actor_of(request), record),
        "form": form,
        "action": request.get_full_path(),
        "danger": True,
        "yes_label": _("Reject"),
        "back_url": page_of(record),
    }
    return dialog(request, "ims/_reject.html", context, status=status)
