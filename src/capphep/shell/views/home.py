"""The first page after signing in: for each role, what waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.models import Order
from capphep.crm.views.orders import status_of as order_status
from capphep.platform.kit import MenuItem, Status, Text
from capphep.platform.models import User
from capphep.platform.roles import Role
from capphep.platform.signed_in import actor_of
from capphep.provisioning.models import LicenceRequest, Round
from capphep.provisioning.states import EDITABLE, RequestStatus
from capphep.provisioning.views.shown import status_of
from capphep.shell import queries
from capphep.shell.views.notices import panel_context


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its number, which links to it, and what is worth knowing at a glance."""

    number: str
    url: str
    name: str
    amount: int | None
    at: Any
    note: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A short list; ``url`` leads to all of them, ``empty`` says what its emptiness means."""

    key: str
    title: Text
    rows: Sequence[Row]
    url: str
    empty: Text
    count: int | None = None
    at_label: Text = ""


@dataclass(frozen=True, slots=True)
class Figure:
    label: Text
    value: int
    url: str


_OWN_AT: Final[Mapping[str, Text]] = {
    RequestStatus.WAITING: gettext_lazy("Sent at"),
    RequestStatus.RETURNED: gettext_lazy("Returned at"),
}


def home(request: HttpRequest) -> HttpResponse:
    """context: title, actor, primary (kit.MenuItem or None), parts, figures, told
    (notices.panel_context)."""
    actor = actor_of(request)
    page = _PAGES[Role(actor.role)]
    context = {"title": _("Home"), "actor": actor, "primary": None, "parts": (), "figures": ()}
    context["told"] = panel_context(actor)
    return render(request, "shell/home.html", {**context, **page(actor)})


def _of_sales(actor: User) -> dict[str, Any]:
    own = queries.own_requests(actor)
    return {
        "primary": MenuItem(_("Add an order"), reverse("crm:order_new"), icon="plus"),
        "parts": [
            *_returned(own),
            _own_part(own, RequestStatus.REJECTED, _("Rejected requests"), _("None was rejected.")),
            _own_part(own, RequestStatus.DRAFT, _("My drafts"), _("No draft is open.")),
            _own_part(own, RequestStatus.WAITING, _("Waiting for approval"), _("None is waiting.")),
            _orders(actor, _("My recent orders")),
        ],
    }


def _of_officer(actor: User) -> dict[str, Any]:
    return {"parts": [_queue(actor), _decided(actor, _("Decided by me lately"))]}


def _of_manager(actor: User) -> dict[str, Any]:
    return {
        "parts": [
            _queue(actor),
            _decided(actor, _("Decided lately")),
            _orders(actor, _("Recent orders")),
        ],
    }


def _of_auditor(actor: User) -> dict[str, Any]:
    return {
        "parts": [
            _queue(actor),
            _decided(actor, _("Decided lately")),
            _orders(actor, _("Recent orders")),
        ]
    }


def _of_admin(actor: User) -> dict[str, Any]:
    found = queries.totals()
    return {
        "figures": [
            Figure(_("Active users"), found.users, reverse("shell:user_list")),
            Figure(_("Products"), found.products, reverse("catalog:item_list")),
            Figure(_("Items on sale"), found.items, f"{reverse('catalog:item_list')}?sold=1"),
            Figure(_("Customers"), found.customers, reverse("crm:customer_list")),
        ],
        "parts": [_queue(actor)],
    }


_PAGES = {
    Role.SALES: _of_sales,
    Role.MANAGER: _of_manager,
    Role.OFFICER: _of_officer,
    Role.AUDITOR: _of_auditor,
    Role.ADMIN: _of_admin,
}


def _own_part(
    own: dict[str, queries.RequestPart], status: RequestStatus, title: Text, empty: Text
) -> Part:
    found = own[status]
    return Part(
        key=status.value,
        title=title,
        rows=[_own_row(row) for row in found.rows],
        url=f"{reverse('provisioning:request_list')}?status={status.value}&mine=1",
        empty=empty,
        count=found.count,
        at_label=_OWN_AT.get(status, _("Changed at")),
    )


def _returned(own: dict[str, queries.RequestPart]) -> list[Part]:
    """What came back is the first thing to do; there is no part for it on other days."""
    if not own[RequestStatus.RETURNED].count:
        return []
    return [_own_part(own, RequestStatus.RETURNED, _("Returned for changes"), "")]


def _own_row(row: LicenceRequest) -> Row:
    page = "request_edit" if row.status in EDITABLE else "request"
    return Row(
        number=row.request_no,
        url=reverse(f"provisioning:{page}", args=[row.pk]),
        name=row.customer.name,
        amount=row.price,
        at=_own_at(row),
        note=_own_note(row),
    )


def _own_at(row: LicenceRequest) -> Any:
    if row.status == RequestStatus.WAITING:
        return row.sent_at
    last = _answer(row)
    return last.ended_at if last else row.updated_at


def _own_note(row: LicenceRequest) -> str:
    """What the desk said, where it is the person's turn."""
    if row.status == RequestStatus.REJECTED:
        return row.reject_reason
    last = _answer(row)
    return last.comment or "; ".join(last.comments.values()) if last else ""


def _answer(row: LicenceRequest) -> Round | None:
    """With what a returned request came back."""
    found = list(row.rounds.all()) if row.status == RequestStatus.RETURNED else []
    return found[-1] if found else None


def _queue(actor: User) -> Part:
    found = queries.waiting_requests(actor)
    return Part(
        key="queue",
        title=_("Waiting for approval"),
        rows=[_desk_row(row, row.sent_at) for row in found.rows],
        url=f"{reverse('ims:queue')}?status={RequestStatus.WAITING.value}",
        empty=_("No request is waiting."),
        count=found.count,
        at_label=_("Sent at"),
    )


def _decided(actor: User, title: Text) -> Part:
    return Part(
        key="decided",
        title=title,
        rows=[
            _desk_row(row, row.decided_at, status=status_of(row))
            for row in queries.decided_requests(actor)
        ],
        url=reverse("ims:queue"),
        empty=_("Nothing was decided yet."),
        at_label=_("Decided at"),
    )


def _desk_row(row: LicenceRequest, at: Any, status: Status | None = None) -> Row:
    return Row(
        number=row.request_no,
        url=reverse("ims:request", args=[row.pk]),
        name=row.customer.name,
        amount=row.price,
        at=at,
        note=row.reject_reason,
        status=status,
    )


def _orders(actor: User, title: Text) -> Part:
    return Part(
        key="orders",
        title=title,
        rows=[_order_row(order) for order in queries.recent_orders(actor)],
        url=reverse("crm:order_list"),
        empty=_("The first order appears here."),
        at_label=_("Created at"),
    )


def _order_row(order: Order) -> Row:
    return Row(
        number=order.order_no,
        url=reverse("crm:order", args=[order.pk]),
        name=order.customer.name,
        amount=order.total,
        at=order.created_at,
        status=order_status(order),
    )
