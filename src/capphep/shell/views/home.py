"""The first page after signing in: for each role, what waits for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.ims.rules import Ageing
from capphep.platform.kit import MenuItem, Text
from capphep.platform.models import User
from capphep.platform.roles import Permission, Role, may, sees_all
from capphep.platform.signed_in import actor_of
from capphep.provisioning.states import RequestStatus
from capphep.reporting import texts
from capphep.reporting.views.home import (
    TwoMonths,
    funnel,
    month_of,
    months_of,
    two_months,
)
from capphep.shell import queries
from capphep.shell.views.home_parts import (
    decided_part,
    ending_part,
    orders_part,
    own_part,
    queue_part,
    returned_parts,
)
from capphep.shell.views.notices import panel_context


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
    ending = ending_part(actor)
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
            *returned_parts(own),
            own_part(own, RequestStatus.REJECTED, _("Rejected requests"), _("None was rejected.")),
            own_part(own, RequestStatus.DRAFT, _("My drafts"), _("No draft is open.")),
            own_part(own, RequestStatus.WAITING, _("Waiting for approval"), _("None is waiting.")),
            ending,
            orders_part(actor, _("My recent orders")),
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


def _of_officer(actor: User) -> dict[str, Any]:
    return {
        "figures": _desk_figures(actor),
        "parts": [queue_part(actor), decided_part(actor, _("Decided by me lately"))],
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
    ending, months = ending_part(actor), two_months(actor)
    requests = reverse("provisioning:request_list")
    queue = queue_part(actor)
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
            decided_part(actor, _("Decided lately")),
            orders_part(actor, _("Recent orders")),
        ],
    }


def _of_auditor(actor: User) -> dict[str, Any]:
    return {
        "figures": _desk_figures(actor),
        "parts": [
            queue_part(actor),
            decided_part(actor, _("Decided lately")),
            orders_part(actor, _("Recent orders")),
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
        "parts": [queue_part(actor)],
    }


_PAGES = {
    Role.SALES: _of_sales,
    Role.MANAGER: _of_manager,
    Role.OFFICER: _of_officer,
    Role.AUDITOR: _of_auditor,
    Role.ADMIN: _of_admin,
}
