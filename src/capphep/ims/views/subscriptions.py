"""*Thông tin chung* of one subscription on any day, with all that is behind each number."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.entitlements import options
from capphep.entitlements.models import Subscription
from capphep.entitlements.queries import (
    subscription_not_found,
    subscription_of,
    visible_subscriptions,
)
from capphep.ims.forms import OnDayForm
from capphep.ims.queries import subscriptions as queries
from capphep.ims.queries.holdings import HeldModule, holdings_of, state_of
from capphep.ims.views.certificates import shown_licences
from capphep.ims.views.charts import charts_of
from capphep.ims.views.usage import usage_rows
from capphep.ims.views.withdrawals import shown_proposals
from capphep.platform import clock
from capphep.platform.addresses import url_if_any
from capphep.platform.history import history_of
from capphep.platform.kit import HeaderBand, MenuItem, Status
from capphep.platform.roles import Actor, sees_all
from capphep.platform.signed_in import actor_of
from capphep.provisioning.renewals import may_renew, renewal_of

STATES: Final = {
    "in_force": Status(gettext_lazy("In force"), "good"),
    "trial": Status(gettext_lazy("On trial"), "info"),
    "upcoming": Status(gettext_lazy("Not begun"), "waiting"),
    "ended": Status(gettext_lazy("Lapsed"), "gone"),
}


def subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """context: title, record, band, form, day, today, modules (holdings.HeldModule), charts
    (charts.Chart), usage (usage.UsageRow), has_trend,
    stale_days, licences (certificates.ShownLicence), request_page (URL name),
    proposals (withdrawals.ShownProposal), entries."""
    actor, today = actor_of(request), clock.today()
    record = subscription_of(actor, subscription_id)
    asked = OnDayForm(request.GET)
    is_day = asked.is_valid()
    day = (asked.cleaned_data["ngay"] if is_day else None) or today
    if is_day and request.GET.get("ngay") not in (None, "", day.isoformat()):
        return redirect(f"{request.path}?ngay={day.isoformat()}")
    holdings = holdings_of(actor, record)
    modules = holdings.on(day)
    usage = usage_rows(actor, record, holdings.on(today), today)
    context = {
        "title": str(record),
        "record": record,
        "band": _band(actor, record, holdings.on(today)),
        "form": OnDayForm(initial={"ngay": day}) if is_day else asked,
        "day": day,
        "today": today,
        "modules": modules,
        "charts": charts_of(modules, day=day, today=today, request_page=request_page(actor)),
        "usage": usage,
        "has_trend": any(row.trend for row in usage),
        "stale_days": options.USAGE_STALE_DAYS.value(),
        "licences": shown_licences(queries.licences_of(record)),
        "request_page": request_page(actor),
        "proposals": shown_proposals(actor, record),
        "entries": history_of(record),
    }
    return render(request, "ims/subscription.html", context, status=200 if is_day else 422)


def subscription_of_product(
    request: HttpRequest, customer_id: int, product_id: int
) -> HttpResponse:
    """To the customer's subscription to the product: what an order or a request knows of it."""
    rows = visible_subscriptions(actor_of(request))
    found = rows.filter(customer=customer_id, product=product_id).first()
    if not found:
        raise subscription_not_found()
    return redirect("ims:subscription", found.pk)


def request_page(actor: Actor) -> str:
    """Where a request number leads: the desk's page, or the salesperson's own."""
    return "ims:request" if sees_all(actor) else "provisioning:request"


def _band(actor: Actor, record: Subscription, now: list[HeldModule]) -> HeaderBand:
    renew, is_due = _renewal_item(actor, record)
    customer = reverse("crm:customer", args=[record.customer_id])
    return HeaderBand(
        title=record.customer.name,
        number=str(record.product),
        subtitle=record.customer.budget_code,
        status=STATES[state_of(now)],
        primary=renew if is_due else None,
        actions=[
            *([renew] if renew and not is_due else []),
            *_changes(actor, record, now),
            *_handover(record, now),
            MenuItem(_("Open the customer"), customer, icon="building-community"),
        ],
        back_url=reverse("ims:subscription_list"),
        back_label=_("Subscriptions"),
    )


def _handover(record: Subscription, now: list[HeldModule]) -> list[MenuItem]:
    """*Biên bản bàn giao* of all that is in force or still to begin."""
    url = url_if_any("paper:show", "subscription", record.pk)
    if not url or state_of(now) == "ended":
        return []
    return [MenuItem(_("Handover record"), url, icon="file-description")]


def _changes(actor: Actor, record: Subscription, now: list[HeldModule]) -> list[MenuItem]:
    """*Thay đổi thông tin*, of what is in force, for who may sell to the customer."""
    if state_of(now) == "ended" or not may_renew(actor, record.customer):
        return []
    address = reverse("provisioning:open_info_change", args=[record.customer_id, record.product_id])
    return [MenuItem(_("Change the information"), address, "post", icon="pencil")]


def _renewal_item(actor: Actor, record: Subscription) -> tuple[MenuItem | None, bool]:
    """*Gia hạn*, for who may sell to the customer; and whether it is time for it."""
    day = clock.today()
    renewal = renewal_of(record, day) if may_renew(actor, record.customer) else None
    if not renewal:
        return None, False
    return MenuItem(_("Renew"), renewal.address, icon="refresh"), renewal.is_due(day)
