"""*Thu hồi cấp phép*: proposing, confirming and declining, each in a dialog with the numbers."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.entitlements.models import Subscription
from capphep.ims import actions
from capphep.ims.forms import DeclineForm, WithdrawForm
from capphep.ims.queries import desk
from capphep.ims.queries import withdrawals as queries
from capphep.ims.views.dialogs import dialog, page_of, too_late
from capphep.platform import clock, kept_forms
from capphep.platform.htmx import done
from capphep.platform.kit import MenuItem
from capphep.platform.models import User
from capphep.platform.roles import Permission, may, require, sees_all
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import REQUEST_STATUS
from capphep.provisioning.views.access import only_post
from capphep.pure.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A withdrawal that waits, what it would do today, and what the reader may do with it."""

    withdrawal: Withdrawal
    preview: queries.Preview
    items: Sequence[MenuItem]
    shows_request: bool = False


def shown_proposal(actor: User, record: LicenceRequest) -> ShownProposal | None:
    """The one that waits for the approved request. Up to five statements."""
    if not REQUEST_STATUS.allows("withdraw", record.status):
        return None
    found = queries.proposed_of(record)
    if not found:
        return None
    return ShownProposal(found, _preview(found), proposal_items(actor, found))


def shown_proposals(actor: User, subscription: Subscription) -> list[ShownProposal]:
    """All that would take from the subscription; for the desk, not for salespeople."""
    if not sees_all(actor):
        return []
    day = clock.today()
    return [
        ShownProposal(
            one,
            queries.preview(subscription, one.request.request_no, max(one.from_day, day), day),
            proposal_items(actor, one),
            shows_request=True,
        )
        for one in queries.proposed_of_subscription(subscription)
    ]


def withdraw_item(actor: User, record: LicenceRequest) -> list[MenuItem]:
    """*Thu hồi cấp phép*, where role, state and kind allow to propose it."""
    if not queries.may_withdraw(actor, record):
        return []
    address = reverse("ims:withdraw", args=[record.pk])
    return [MenuItem(_("Withdraw the licence"), address, "dialog", "ban", danger=True)]


def proposal_items(actor: User, withdrawal: Withdrawal) -> list[MenuItem]:
    """Confirm and decline; who proposed it sees why they cannot confirm it."""
    if not may(actor, Permission.REQUEST_DECIDE):
        return []
    own = withdrawal.proposed_by_id == actor.pk
    reason = _("Who proposed a withdrawal cannot confirm it.") if own else ""
    confirm, decline = (
        reverse(f"ims:withdraw_{verb}", args=[withdrawal.pk]) for verb in ("confirm", "decline")
    )
    label = _("Take the proposal back") if own else _("Decline the withdrawal")
    return [
        MenuItem(_("Confirm the withdrawal"), confirm, "dialog", "check", True, reason),
        MenuItem(label, decline, "dialog", "arrow-back-up"),
    ]


def _changed(request: HttpRequest, record: LicenceRequest, refusal: Conflict) -> HttpResponse:
    title = _("Request %(request_no)s has changed") % {"request_no": record.request_no}
    return too_late(request, record, refusal, title=title)


# --- proposing ---------------------------------------------------------------------------------


def propose(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: as `_proposal_dialog`, or `dialogs.too_late`."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_DECIDE)
    record = desk.desk_request(actor, request_id)
    try:
        REQUEST_STATUS.after("withdraw", record.status)
        queries.require_none_proposed(record)
        if request.method == "POST":
            return _propose(request, record, _form(record, request.POST))
        form = _form(record, kept_forms.take(request), initial={"from_day": clock.today()})
        return _proposal_dialog(request, record, form)
    except Conflict as refusal:
        return _changed(request, record, refusal)


def _propose(request: HttpRequest, record: LicenceRequest, form: WithdrawForm) -> HttpResponse:
    if form.is_valid():
        try:
            actions.propose_withdrawal(
                actor=actor_of(request), request_id=record.pk, **form.cleaned_data
            )
        except actions.InUse:
            text = _("More is in use than would remain: say why it is withdrawn nevertheless.")
            form.add_error("force_reason", text)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal_text(refusal))
        else:
            text = _("The withdrawal of %(request_no)s waits for a second officer.")
            values = {"request_no": record.request_no}
            return done(request, text % values, back=page_of(record))
    return _proposal_dialog(request, record, form, status=422)


def _form(record: LicenceRequest, *args: Any, **kwargs: Any) -> WithdrawForm:
    return WithdrawForm(reverse("ims:withdraw_preview", args=[record.pk]), *args, **kwargs)


def _proposal_dialog(
    request: HttpRequest, record: LicenceRequest, form: WithdrawForm, *, status: int = 200
) -> HttpResponse:
    """context: title, record, form, preview (queries.Preview), action, submit_label, size,
    back_url."""
    context = {
        "title": _("Withdraw %(request_no)s") % {"request_no": record.request_no},
        "record": record,
        "form": form,
        "preview": queries.preview_of(record, _day_in(form), clock.today()),
        "action": request.path,
        "submit_label": _("Propose the withdrawal"),
        "size": "wide",
        "back_url": page_of(record),
    }
    return dialog(request, "ims/_propose.html", context, status=status)


@only_post("ims:request")
def preview(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: form, preview (queries.Preview). The numbers for the day that is typed in."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_DECIDE)
    record = desk.desk_request(actor, request_id)
    form = _form(record, request.POST)
    found = queries.preview_of(record, _day_in(form), clock.today())
    return render(request, "ims/_withdrawal_preview.html", {"form": form, "preview": found})


def _day_in(form: WithdrawForm) -> datetime.date:
    """The day that was typed, today where that is none."""
    form.is_valid()  # cleans what was typed, once
    cleaned: dict[str, Any] = getattr(form, "cleaned_data", {})
    return cleaned.get("from_day") or clock.today()


# --- confirming --------------------------------------------------------------------------------


def confirm(request: HttpRequest, withdrawal_id: int) -> HttpResponse:
    """context: as `_confirmation_dialog`, or `dialogs.too_late`."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_DECIDE)
    withdrawal = queries.withdrawal_of(actor, withdrawal_id)
    record = withdrawal.request
    try:
        queries.require_proposed(withdrawal, "confirm")
        queries.require_other_person(actor, withdrawal)
        if request.method != "POST":
            return _confirmation_dialog(request, withdrawal, _preview(withdrawal))
        seen = request.POST.get("seen", "")
        actions.confirm_withdrawal(actor=actor, withdrawal_id=withdrawal_id, seen=seen)
    except actions.WithdrawalMoved as moved:
        warning = refusal_text(moved)
        return _confirmation_dialog(request, withdrawal, moved.preview, warning, status=409)
    except actions.InUse:
        return _confirmation_dialog(request, withdrawal, _preview(withdrawal), status=409)
    except Conflict as refusal:
        return _changed(request, record, refusal)
    text = _("%(request_no)s is withdrawn.") % {"request_no": record.request_no}
    return done(request, text, back=page_of(record))


def _preview(withdrawal: Withdrawal) -> queries.Preview:
    return queries.preview_of(withdrawal.request, withdrawal.from_day, clock.today())


def _confirmation_dialog(
    request: HttpRequest,
    withdrawal: Withdrawal,
    preview: queries.Preview,
    warning: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    """context: title, withdrawal, preview, warning, is_possible, hidden, action, danger,
    yes_label, decline_url, size, back_url."""
    record = withdrawal.request
    context = {
        "title": _("Confirm the withdrawal of %(request_no)s?") % {"request_no": record.request_no},
        "withdrawal": withdrawal,
        "preview": preview,
        "warning": warning,
        "is_possible": preview.amounts and (withdrawal.force_reason or not preview.shortfalls),
        "hidden": [("seen", preview.fingerprint)],
        "action": request.path,
        "danger": True,
        "yes_label": _("Withdraw"),
        "decline_url": reverse("ims:withdraw_decline", args=[withdrawal.pk]),
        "size": "wide",
        "back_url": page_of(record),
    }
    return dialog(request, "ims/_confirm_withdrawal.html", context, status=status)


# --- declining ---------------------------------------------------------------------------------


def decline(request: HttpRequest, withdrawal_id: int) -> HttpResponse:
    """context: as `_decline_dialog`, or `dialogs.too_late`."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_DECIDE)
    withdrawal = queries.withdrawal_of(actor, withdrawal_id)
    own = withdrawal.proposed_by_id == actor.pk
    try:
        queries.require_proposed(withdrawal, "decline")
        if request.method != "POST":
            form = DeclineForm(kept_forms.take(request), is_own=own)
            return _decline_dialog(request, withdrawal, form)
        form = DeclineForm(request.POST, is_own=own)
        if not form.is_valid():
            return _decline_dialog(request, withdrawal, form, status=422)
        actions.decline_withdrawal(actor=actor, withdrawal_id=withdrawal_id, **form.cleaned_data)
    except Conflict as refusal:
        return _changed(request, withdrawal.request, refusal)
    text = _("%(request_no)s stays approved.")
    values = {"request_no": withdrawal.request.request_no}
    return done(request, text % values, back=page_of(withdrawal.request))


def _decline_dialog(
    request: HttpRequest, withdrawal: Withdrawal, form: DeclineForm, *, status: int = 200
) -> HttpResponse:
    """context: title, text, form, action, yes_label, back_url."""
    record = withdrawal.request
    own = withdrawal.proposed_by_id == actor_of(request).pk
    title = (
        _("Take the proposed withdrawal of %(request_no)s back?")
        if own
        else _("Decline the withdrawal of %(request_no)s?")
    )
    context = {
        "title": title % {"request_no": record.request_no},
        "text": _("The request stays approved and nothing changes for the customer."),
        "form": form,
        "action": request.path,
        "yes_label": _("Take the proposal back") if own else _("Decline the withdrawal"),
        "back_url": page_of(record),
    }
    return dialog(request, "platform/_confirm.html", context, status=status)
