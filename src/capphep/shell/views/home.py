"""The first page after signing in: for each role, what waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from capphep.crm.models import Order
from capphep.crm.views.orders import status_of as order_status
from capphep.ims.rules import Ageing
from capphep.platform.kit import MenuItem, Status, Text
from capphep.platform.models import User
from capphep.platform.roles import Permission, Role, may, sees_all
from capphep.platform.signed_in import actor_of
from capphep.provisioning.models import LicenceRequest, Round
from capphep.provisioning.states import EDITABLE, RequestStatus
from capphep.provisioning.views.shown import status_of
from capphep.reporting import texts
from capphep.reporting.views.home import (
    TwoMonths,
    ending_soon,
    funnel,
    month_of,
    months_of,
    two_months,
)
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
    quiet: str = ""


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
    """A number that is the length of the list behind ``url``; ``text`` where it is an amount.
    ``tone`` "bad" or "waiting" where it asks for something and is not 0."""

    label: Text
    value: int
    url: str
    text: str = ""
    note: str = ""
    tone: str = ""


_OWN_AT: Final[Mapping[str, Text]] = {
    RequestStatus.WAITING: gettext_lazy("Sent at"),
    RequestStatus.RETURNED: gettext_lazy("Returned at"),
}


def home(request: HttpRequest) -> HttpResponse:
    """context: title, actor, primary (kit.MenuItem or None), parts, figures, told
    (notices.panel_context); for who sells, chart (charts.Chart, url), for who leads them
    funnel (shown.Bars, url)."""
    actor = actor_of(request)
    page = _PAGES[Role(actor.role)]
    context = {"title": _("Home"), "actor": actor, "primary": None, "parts": (), "figures": ()}
    context["told"] = panel_context(actor)
    return render(request, "shell/home.html", {**context, **page(actor)})


def _of_sales(actor: User) -> dict[str, Any]:
    own = queries.own_requests(actor)
    ending = _ending(actor)
    requests = reverse("provisioning:request_list")
    counts = {status: own[status].count for status in own}
    return {
        "primary": MenuItem(_("Add an order"), reverse("crm:order_new"), icon="plus"),
        "figures": [
            *(
                Figure(label, counts[status], f"{requests}?status={status}&mine=1", tone=tone)
                for status, label, tone in _OWN_FIGURES
            ),
            Figure(
                _("Approved today"),
                queries.approved_today(actor, own=True),
                f"{requests}?status=approved&decided=today&mine=1",
            ),
            Figure(_("Ending in 90 days"), ending.count or 0, ending.url, tone="waiting"),
            _month(_("My month"), two_months(actor, actor.pk)),
        ],
        "chart": months_of(actor, actor.pk),
        "parts": [
            *_returned(own),
            _own_part(own, RequestStatus.REJECTED, _("Rejected requests"), _("None was rejected.")),
            _own_part(own, RequestStatus.DRAFT, _("My drafts"), _("No draft is open.")),
            _own_part(own, RequestStatus.WAITING, _("Waiting for approval"), _("None is waiting.")),
            ending,
            _orders(actor, _("My recent orders")),
        ],
    }


_OWN_FIGURES: Final = (
    (RequestStatus.RETURNED.value, gettext_lazy("Returned for changes"), "waiting"),
    (RequestStatus.DRAFT.value, gettext_lazy("My drafts"), ""),
    (RequestStatus.WAITING.value, gettext_lazy("Waiting for approval"), ""),
)


def _month(label: Text, found: TwoMonths) -> Figure:
    month = month_of(found)
    parts = [_("%(number)s orders") % {"number": month.sold.number}]
    if month.grown is not None:
        parts.append(f"{texts.change(month.grown)} {month.note}")
    text = texts.short_dong(month.sold.amount)
    return Figure(label, month.sold.amount, month.url, text=text, note=" · ".join(parts))


def _ending(actor: User) -> Part:
    count, first, url = ending_soon(actor, queries.SHOWN)
    return Part(
        key="ending",
        title=_("Ending in 90 days"),
        rows=[
            Row(
                number=one.ends_on,
                url=reverse("ims:subscription", args=[one.subscription]),
                name=one.customer,
                amount=one.amount or None,
                at=None,
                quiet=ngettext("%(days)s day left", "%(days)s days left", one.days)
                % {"days": one.days},
            )
            for one in first
        ],
        url=url,
        empty=_("Nothing ends in the next 90 days."),
        count=count,
    )


def _of_officer(actor: User) -> dict[str, Any]:
    return {
        "figures": _desk_figures(actor),
        "parts": [_queue(actor), _decided(actor, _("Decided by me lately"))],
    }


def _desk_figures(actor: User) -> list[Figure]:
    """What lies at the desk; what one handles oneself is for those who decide."""
    queue, desk = reverse("ims:queue"), queries.desk_counts(actor)
    waiting = f"{queue}?status=waiting"
    mine = [Figure(_("Handled by me"), desk.mine, f"{waiting}&holder=mine")]
    return [
        Figure(_("Overdue"), desk.overdue, f"{waiting}&ageing={Ageing.OVERDUE}", tone="bad"),
        Figure(
            _("Due today"),
            desk.due_today,
            f"{waiting}&ageing={Ageing.DUE_TODAY}",
            tone="waiting",
        ),
        Figure(_("Waiting for approval"), desk.waiting, waiting),
        *(mine if may(actor, Permission.REQUEST_DECIDE) else []),
        Figure(
            _("Approved today"),
            queries.approved_today(actor),
            f"{queue}?status=approved&decided=today",
        ),
    ]


def _of_manager(actor: User) -> dict[str, Any]:
    ending, months = _ending(actor), two_months(actor)
    requests = reverse("provisioning:request_list")
    queue = _queue(actor)
    if not sees_all(actor):
        # The desk is not theirs to read: the team's requests are.
        queue = replace(queue, url=f"{requests}?status=waiting")
    figures = [
        _month(_("This month"), months),
        Figure(_("Waiting for approval"), queue.count or 0, queue.url),
        Figure(
            _("Approved today"),
            queries.approved_today(actor),
            f"{requests}?status=approved&decided=today",
        ),
        Figure(_("Ending in 90 days"), ending.count or 0, ending.url, tone="waiting"),
    ]
    return {
        "figures": figures,
        "chart": months_of(actor),
        "funnel": funnel(months),
        "parts": [
            replace(queue, title=_("Waiting the longest")),
            ending,
            _decided(actor, _("Decided lately")),
            _orders(actor, _("Recent orders")),
        ],
    }


def _of_auditor(actor: User) -> dict[str, Any]:
    return {
        "figures": _desk_figures(actor),
        "parts": [
            _queue(actor),
            _decided(actor, _("Decided lately")),
            _orders(actor, _("Recent orders")),
        ],
    }


def _of_admin(actor: User) -> dict[str, Any]:
    found, failed = queries.totals(), queries.failures()
    accounts, deliveries = reverse("identity:account_list"), reverse("integration:delivery_list")
    return {
        "figures": [
            Figure(_("Active users"), found.users, f"{reverse('shell:user_list')}?active=1"),
            Figure(_("Products"), found.products, reverse("catalog:product_list")),
            Figure(_("Items on sale"), found.items, f"{reverse('catalog:item_list')}?sold=1"),
            Figure(_("Customers"), found.customers, f"{reverse('crm:customer_list')}?active=1"),
            Figure(
                _("Accounts not delivered"),
                failed.accounts,
                f"{accounts}?trouble=failing&trouble=given_up",
                tone="bad",
            ),
            Figure(
                _("Webhook deliveries given up"),
                failed.deliveries,
                f"{deliveries}?status=failed",
                tone="bad",
            ),
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
