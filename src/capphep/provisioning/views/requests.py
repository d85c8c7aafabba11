"""Requests to read: a request's own page, an order's panel; and moves by one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.queries.orders import order_of
from capphep.platform import clock
from capphep.platform.htmx import (
    is_htmx,
    redirect,
    render_dialog,
    render_page_or_fragment,
    toast,
)
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.roles import Actor
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning import explanations, queries
from capphep.provisioning.actions import drafts, sending
from capphep.provisioning.actions.locks import check_own
from capphep.provisioning.expiry_queries import ends_on
from capphep.provisioning.information import InfoChange, changes_of
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.provisioning.views.access import only_post
from capphep.provisioning.views.history import history_of
from capphep.provisioning.views.rounds import returned_of, rounds_shown
from capphep.provisioning.views.shown import (
    discard_item,
    evidence_shown,
    lines_shown,
    paper_items,
    source_item,
    status_of,
    steps_of,
    subscription_items,
)
from capphep.provisioning.withdrawal_queries import (
    confirmed_withdrawal,
    confirmed_withdrawals,
)
from capphep.pure.errors import Invalid


@only_post("crm:order")
def open_request(request: HttpRequest, order_id: int) -> HttpResponse:
    """The order's request: its form while it is a draft of one's own, else its page."""
    actor = actor_of(request)
    try:
        record = drafts.open_request(actor=actor, order_id=order_id)
    except Invalid as refusal:
        text = refusal_text(refusal)
        if is_htmx(request):
            return toast(HttpResponse(status=204), text, "danger")
        return redirect(request, "crm:order", order_id, message=text, tone="danger")
    page = "request_edit" if queries.may_edit(actor, record) else "request"
    return redirect(request, f"provisioning:{page}", record.pk)


def request_page(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: title, record, band, kind_reason, changes, lines, evidence, returned, ends_on,
    withdrawal, rounds, entries (trail).
    """
    actor = actor_of(request)
    record = queries.request_of(actor, request_id)
    context = {
        "title": record.request_no,
        "record": record,
        "band": _band(actor, record),
        "kind_reason": explanations.reason_of(record),
        "changes": _changes(record),
        "lines": lines_shown(record, queries.lines_of(record)),
        "evidence": evidence_shown(record),
        "returned": returned_of(record),
        "ends_on": ends_on(record, clock.today()),
        "rounds": rounds_shown(record),
        "withdrawal": confirmed_withdrawal(record),
        "entries": history_of(record),
    }
    return render(request, "provisioning/request.html", context)


def _changes(record: LicenceRequest) -> Sequence[InfoChange]:
    return changes_of(record) if record.kind == RequestKind.INFO_CHANGE else ()


def _band(actor: Actor, record: LicenceRequest) -> HeaderBand:
    return HeaderBand(
        title=_("Licence/subscription request"),
        number=record.request_no,
        subtitle=record.customer.name,
        status=status_of(record),
        steps=steps_of(record),
        primary=_next_step(actor, record),
        actions=_moves(actor, record),
        back_url=reverse("provisioning:request_list"),
        back_label=_("Licence/subscription requests"),
    )


def _next_step(actor: Actor, record: LicenceRequest) -> MenuItem | None:
    if queries.may_edit(actor, record):
        return edit_item(record)
    if queries.may_raise_again(actor, record):
        again = reverse("provisioning:open_request", args=[record.order_id])
        return MenuItem(_("Raise the request again"), again, "post", icon="refresh")
    return None


def _moves(actor: Actor, record: LicenceRequest) -> list[MenuItem]:
    """What else the person may do with it; the order is for everybody who sees the request."""
    items = [*subscription_items(record), source_item(record), *paper_items(record)]
    if queries.may_recall(actor, record):
        recall_url = reverse("provisioning:request_recall", args=[record.pk])
        items.append(MenuItem(_("Recall the request"), recall_url, "dialog", icon="arrow-back-up"))
    if queries.may_edit(actor, record):
        items.append(discard_item(record))
    return items


def edit_item(record: LicenceRequest) -> MenuItem:
    edit = reverse("provisioning:request_edit", args=[record.pk])
    is_returned = record.status == RequestStatus.RETURNED
    label = _("Change it and send it again") if is_returned else _("Edit")
    return MenuItem(label, edit, icon="pencil")


def recall(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: title, text, action, back_url. RULE R12: *Thu hồi yêu cầu*."""
    actor = actor_of(request)
    if request.method == "POST":
        sending.recall_request(actor=actor, request_id=request_id)
        text = _("The request was recalled: it is a draft again and the order is unlocked.")
        return redirect(request, "provisioning:request", request_id, message=text)
    record = check_own(actor, request_id, "recall")
    return _confirm(
        request,
        record,
        _("Recall request %(number)s?"),
        _("The desk no longer sees it. You can change it and send it again."),
    )


def discard(request: HttpRequest, request_id: int) -> HttpResponse:
    """context: title, text, action, back_url, danger. *Hủy nháp*."""
    actor = actor_of(request)
    if request.method == "POST":
        drafts.discard_draft(actor=actor, request_id=request_id)
        text = _("The draft was discarded.")
        return redirect(request, "provisioning:request", request_id, message=text)
    record = check_own(actor, request_id, "discard")
    return _confirm(
        request,
        record,
        _("Discard draft %(number)s?"),
        _("It can still be read, but not be changed or sent any more."),
        danger=True,
    )


def _confirm(
    request: HttpRequest, record: LicenceRequest, title: str, text: str, *, danger: bool = False
) -> HttpResponse:
    context = {
        "title": title % {"number": record.request_no},
        "text": text,
        "action": request.path,
        "back_url": reverse("provisioning:request", args=[record.pk]),
        "danger": danger,
    }
    return render_dialog(request, "platform/_confirm.html", context)


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A request on its order's page; ``withdrawal`` is how it was taken back."""

    record: LicenceRequest
    status: Status
    may_edit: bool
    withdrawal: Withdrawal | None


def order_panel(request: HttpRequest, order_id: int) -> HttpResponse:
    """context: title, order, rows (PanelRow), panel_url, panel_loaded."""
    actor = actor_of(request)
    order = order_of(actor, order_id)
    rows = list(queries.visible_requests(actor).filter(order_id=order.pk).order_by("-id"))
    withdrawn = confirmed_withdrawals(rows)
    context = {
        "title": _("Licence/subscription requests"),
        "order": order,
        "rows": [
            PanelRow(row, status_of(row), queries.may_edit(actor, row), withdrawn.get(row.pk))
            for row in rows
        ],
        "panel_url": request.path,
        "panel_loaded": True,
    }
    return render_page_or_fragment(
        request, "provisioning/order_panel.html", "provisioning/_order_panel.html", context
    )
