"""An order's own page, and what may be done with an order."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.crm.models import Order
from capphep.crm.queries import orders as queries
from capphep.crm.rules import check_may_rest, is_frozen
from capphep.crm.states import LicenceStatus
from capphep.crm.views.shown import followed
from capphep.platform.addresses import url_if_any
from capphep.platform.history import history_of
from capphep.platform.kit import HeaderBand, MenuItem, Status, Step, Tone, steps
from capphep.platform.models import User
from capphep.platform.roles import Permission, may
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.pure.errors import Conflict
from capphep.pure.words import amount_in_words

TONES: dict[str, Tone] = {
    LicenceStatus.NOT_REQUESTED: "neutral",
    LicenceStatus.PENDING: "waiting",
    LicenceStatus.RETURNED: "info",
    LicenceStatus.APPROVED: "good",
    LicenceStatus.REJECTED: "bad",
    LicenceStatus.REVOKED: "gone",
}


def status_of(order: Order) -> Status:
    """Where the order stands; of one that is given up, that alone (R13)."""
    return licence_status_of(order) if order.is_active else followed(is_active=False)


def licence_status_of(order: Order) -> Status:
    return Status(order.get_licence_status_display(), TONES[order.licence_status])


def order_menu(actor: User, order: Order) -> list[MenuItem]:
    """What the actor may do with the order, as the row's and the page's menu."""
    items = [
        *_sale_items(actor, order),
        _print_item(order),
        *_licence_items(order),
        *_follow_items(actor, order),
    ]
    return [item for item in items if item.url]


def _sale_items(actor: User, order: Order) -> list[MenuItem]:
    if not may(actor, Permission.SALE_WRITE):
        return []
    reason = _not_own(actor, order) or _given_up(order)
    edit = reverse("crm:order_edit", args=[order.pk])
    return [
        MenuItem(_("Edit"), edit, icon="pencil", disabled_reason=reason),
        _request_item(order, reason),
        MenuItem(_("Copy"), f"{reverse('crm:order_new')}?copy={order.pk}", icon="copy"),
    ]


def _not_own(actor: User, order: Order) -> str:
    return "" if queries.may_write(actor, order) else _("Only its salesperson changes an order.")


def _given_up(order: Order) -> str:
    return "" if order.is_active else _("This order is no longer followed.")


def _follow_items(actor: User, order: Order) -> list[MenuItem]:
    """Each with the version that the person sees. What an action refuses at once is not offered."""
    if not may(actor, Permission.SALE_WRITE):
        return []
    reason, seen = _not_own(actor, order), {"version": order.version}
    if not order.is_active:
        url = reverse("crm:order_reactivate", args=[order.pk], query=seen)
        return [MenuItem(_("Follow again"), url, "post", "eye", disabled_reason=reason)]
    reason = reason or _in_the_way(order)
    url = reverse("crm:order_deactivate", args=[order.pk], query=seen)
    return [MenuItem(_("Stop following"), url, "dialog", "eye-off", disabled_reason=reason)]


def _in_the_way(order: Order) -> str:
    """RULE R12, R13: why the order stays followed, as far as its status says."""
    try:
        check_may_rest(order.licence_status, was_approved=False)
    except Conflict as refusal:
        return refusal_text(refusal)
    return ""


def _request_item(order: Order, reason: str) -> MenuItem:
    if not reason and is_frozen(order.licence_status):
        reason = _("Its request waits or is approved.")
    url = url_if_any("provisioning:open_request", order.pk)
    label = _("Request a licence/subscription")
    return MenuItem(label, url, "post", icon="certificate", disabled_reason=reason)


def _print_item(order: Order) -> MenuItem:
    url, reason = url_if_any("paper:show", "order", order.pk), _given_up(order)
    return MenuItem(_("Print the order"), url, icon="file-text", disabled_reason=reason)


def _licence_items(order: Order) -> list[MenuItem]:
    """What the order was granted, and on paper, for everybody who may see the order."""
    if order.licence_status not in (LicenceStatus.APPROVED, LicenceStatus.REVOKED):
        return []
    subscription = url_if_any("ims:subscription_of_product", order.customer_id, order.product_id)
    items = [MenuItem(_("Subscription"), subscription, icon="license")]
    if order.licence_status == LicenceStatus.APPROVED:
        url = url_if_any("ims:order_certificate", order.pk)
        items.append(MenuItem(_("Licence (PDF)"), url, icon="file-type-pdf"))
        handover = url_if_any("paper:order_handover", order.pk)
        items.append(MenuItem(_("Handover record"), handover, icon="file-description"))
    return items


# --- the order's own page ------------------------------------------------------------------------


def order(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.order_of(actor, pk)
    context = {
        "title": found.order_no,
        "order": found,
        "lines": found.lines.order_by("position"),
        "order_in_words": amount_in_words(found.total),
        "customer_url": url_if_any("crm:customer", found.customer_id),
        "band": replace(band_of(found), actions=order_menu(actor, found)),
        "licence_status": licence_status_of(found),
        "requests_url": url_if_any("provisioning:order_panel", found.pk),
        "entries": history_of(found),
    }
    return render(request, "crm/order.html", context)


def band_of(order: Order) -> HeaderBand:
    """Which order it is and how far it has come."""
    return HeaderBand(
        title=order.customer.name,
        number=order.order_no,
        subtitle=order.description,
        status=status_of(order),
        steps=_steps(order.licence_status) if order.is_active else [],
        back_url=reverse("crm:order_list"),
        back_label=_("Orders"),
    )


def _steps(licence_status: str) -> list[Step]:
    """Lập đơn hàng → Chờ duyệt → Đã duyệt; what turned back or ended stands in its place."""
    entered, waiting, approved = _("Order entered"), _("Waiting for approval"), _("Approved")
    labels, current, refused = {
        LicenceStatus.NOT_REQUESTED: ([entered, waiting, approved], 0, False),
        LicenceStatus.PENDING: ([entered, waiting, approved], 1, False),
        LicenceStatus.RETURNED: ([entered, _("Returned for changes"), approved], 1, False),
        LicenceStatus.REJECTED: ([entered, waiting, _("Rejected")], 2, True),
        LicenceStatus.APPROVED: ([entered, waiting, approved], 3, False),
        LicenceStatus.REVOKED: ([entered, waiting, approved, _("Withdrawn")], 3, True),
    }[LicenceStatus(licence_status)]
    return steps(labels, current, refused=refused)
