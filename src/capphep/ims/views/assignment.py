"""*Nhận xử lý*, *Giao cho…*, *Trả về hàng chờ*: who looks after a request that waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.ims import actions
from capphep.ims.forms import AssignForm
from capphep.ims.models import Absence
from capphep.ims.queries import desk
from capphep.ims.queries.absences import absences_on
from capphep.ims.views.dialogs import dialog, page_of, too_late
from capphep.platform import clock
from capphep.platform.htmx import done
from capphep.platform.kit import MenuItem
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.views.access import only_post
from capphep.pure.errors import Conflict, Invalid

_LONGEST_ID: Final = 18


def holder_text(record: LicenceRequest, actor: User, away: Mapping[int, Absence]) -> str:
    """Who handles it, and who stands in while they are away."""
    holder = record.assigned_to
    if not holder:
        return _("Nobody's yet")
    absence = away.get(holder.pk)
    if not absence:
        return holder.full_name
    if absence.substitute_id == actor.pk:
        return _("You stand in for %(who)s") % {"who": holder.full_name}
    text = _("%(who)s (away: %(substitute)s stands in)")
    return text % {"who": holder.full_name, "substitute": absence.substitute.full_name}


def assignment_items(actor: User, record: LicenceRequest) -> list[MenuItem]:
    """Take, give and put back, where role and state allow them."""
    if not desk.may_decide(actor, record):
        return []
    take, give, put_back = (
        reverse(f"ims:{verb}", args=[record.pk]) for verb in ("take", "assign", "release")
    )
    own = desk.made_by(actor, record)
    reason = _("Who made or sent a request cannot decide on it.") if own else ""
    items = [MenuItem(_("Give to…"), give, "dialog", "users")]
    if not record.assigned_to_id:
        return [
            MenuItem(_("Take"), take, "post", "user", disabled_reason=reason),
            *items,
        ]
    return [*items, MenuItem(_("Put back into the queue"), put_back, "dialog", "refresh")]


@only_post("ims:request")
def take(request: HttpRequest, request_id: int) -> HttpResponse:
    """*Nhận xử lý*."""
    actor = actor_of(request)
    record = desk.desk_request(actor, request_id)
    try:
        actions.take(actor=actor, request_id=request_id)
    except Conflict as refusal:
        return too_late(request, record, refusal)
    text = _("You handle %(request_no)s now.") % {"request_no": record.request_no}
    return done(request, text, back=page_of(record))


def assign(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_assign_dialog`, or `dialogs.too_late`. *Giao cho…*."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_DECIDE)
    record = desk.desk_request(actor, request_id)
    away = absences_on(clock.today())
    try:
        desk.require_waiting(record)
        if request.method != "POST":
            form = AssignForm(away, initial={"seen": record.assigned_to_id})
            return _assign_dialog(request, record, form)
        return _assign(request, record, AssignForm(away, request.POST))
    except Conflict as refusal:
        return too_late(request, record, refusal)


def _assign(request: HttpRequest, record: LicenceRequest, form: AssignForm) -> HttpResponse:
    if not form.is_valid():
        return _assign_dialog(request, record, form, status=422)
    officer: User = form.cleaned_data["officer"]
    try:
        actions.assign(
            actor=actor_of(request),
            request_id=record.pk,
            officer_id=officer.pk,
            seen=form.cleaned_data["seen"],
            although_absent=form.cleaned_data["although_absent"],
        )
    except Invalid as refusal:
        form.refuse(refusal_text(refusal))
        return _assign_dialog(request, record, form, status=422)
    text = _("%(who)s handles %(request_no)s now.")
    values = {"who": officer.full_name, "request_no": record.request_no}
    return done(request, text % values, back=page_of(record))


def _assign_dialog(
    request: HttpRequest, record: LicenceRequest, form: AssignForm, *, status: int = 200
) -> HttpResponse:
    """context: title, intro, form, action, submit_label, back_url."""
    context = {
        "title": _("Give %(request_no)s to…") % {"request_no": record.request_no},
        "intro": handled_by(record),
        "form": form,
        "action": request.path,
        "submit_label": _("Give"),
        "back_url": page_of(record),
    }
    return dialog(request, "ims/_assign.html", context, status=status)


def release(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: title, text, hidden, action, back_url; or `dialogs.too_late`. *Trả về hàng chờ*."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_DECIDE)
    record = desk.desk_request(actor, request_id)
    try:
        desk.require_waiting(record)
        if request.method != "POST":
            return _release_dialog(request, record)
        actions.release(actor=actor, request_id=request_id, seen=_seen(request))
    except Conflict as refusal:
        return too_late(request, record, refusal)
    text = _("%(request_no)s is back in the queue.") % {"request_no": record.request_no}
    return done(request, text, back=page_of(record))


def _seen(request: HttpRequest) -> int | None:
    """Who had it when the dialog opened; None: nobody, or nobody who can be."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) <= _LONGEST_ID else None


def _release_dialog(request: HttpRequest, record: LicenceRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("Put %(request_no)s back?") % {"request_no": record.request_no},
        "text": handled_by(record) or _("Nobody handles it."),
        "hidden": [("seen", record.assigned_to_id or "")],
        "action": request.path,
        "back_url": page_of(record),
    }
    return dialog(request, "platform/_confirm.html", context)


def handled_by(record: LicenceRequest) -> str:
    """A sentence that says who handles it; empty where nobody does."""
    if not record.assigned_to:
        return ""
    return _("%(who)s is handling this request.") % {"who": record.assigned_to.full_name}


def held_by_another(actor: User, record: LicenceRequest) -> str:
    """As `handled_by`, where it is somebody else: deciding on it takes it out of their hands."""
    return handled_by(record) if record.assigned_to_id != actor.pk else ""
