"""*Khách hàng → Yêu cầu cấp GPSD/Thuê bao*: what may be asked for without an order."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capphep.catalog.models import Product, TrialDefault
from capphep.catalog.queries import trial_defaults, trial_products
from capphep.crm.models import Customer
from capphep.crm.queries.customers import customer_of, require_own
from capphep.platform import clock
from capphep.platform.htmx import redirect, render_dialog
from capphep.platform.kit import MenuItem
from capphep.platform.models import User
from capphep.platform.roles import Permission, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import refusal_text
from capphep.provisioning import kinds, queries
from capphep.provisioning.actions import without_order
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.renewals import Renewal, renewal_of, subscriptions_of
from capphep.provisioning.states import RequestKind
from capphep.provisioning.views.access import only_post
from capphep.pure.errors import Invalid
from capphep.pure.money import format_number


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of request for one product; ``text`` says what it gives, or why it cannot be."""

    title: str
    text: str
    item: MenuItem | None


def for_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """context: title, customer, offers, back_url. The dialog; for a sale it leads to an order."""
    actor = actor_of(request)
    require(actor, Permission.REQUEST_WRITE)
    customer = customer_of(actor, customer_id)
    require_own(actor, customer)
    context = {
        "title": _("Request a licence/subscription"),
        "customer": customer,
        "offers": [
            *(_trial(customer, product) for product in trial_products()),
            *_of_subscriptions(customer),
        ],
        "back_url": reverse("crm:customer", args=[customer.pk]),
    }
    return render_dialog(request, "provisioning/_for_customer.html", context)


def _trial(customer: Customer, product: Product) -> Offer:
    title = _("Trial of %(product)s") % {"product": product.name}
    found = queries.open_without_order(customer, product, RequestKind.TRIAL)
    if found:
        return Offer(title, _("A request for it is open already."), _open_item(found))
    try:
        kinds.check_trial(customer, product, clock.today())
    except Invalid as refusal:
        return Offer(title, refusal_text(refusal), None)
    address = reverse("provisioning:open_trial", args=[customer.pk, product.pk])
    text = _trial_text(product.trial_months or 0, trial_defaults(product.pk))
    return Offer(title, text, MenuItem(_("Open a request"), address, "post", icon="certificate"))


def _of_subscriptions(customer: Customer) -> Iterator[Offer]:
    """What can be renewed, by an order that is filled in already; whose information can change."""
    day = clock.today()
    for subscription in subscriptions_of(customer):
        renewal = renewal_of(subscription, day)
        if renewal:
            yield _renewal(renewal, day)
        offer = _info_change(customer, subscription.product)
        if offer:
            yield offer


def _renewal(renewal: Renewal, day: datetime.date) -> Offer:
    text = _("It ends on %(day)s.") if renewal.ends_on >= day else _("It ended on %(day)s.")
    return Offer(
        _("Renewal of %(product)s") % {"product": renewal.subscription.product.name},
        text % {"day": f"{renewal.ends_on:%d/%m/%Y}"},
        MenuItem(_("Create order"), renewal.address, icon="refresh"),
    )


def _info_change(customer: Customer, product: Product) -> Offer | None:
    title = _("Change of information of %(product)s") % {"product": product.name}
    found = queries.open_without_order(customer, product, RequestKind.INFO_CHANGE)
    if found:
        return Offer(title, _("A request for it is open already."), _open_item(found))
    try:
        kinds.check_info_change(customer, product, clock.today())
    except Invalid:
        return None
    address = reverse("provisioning:open_info_change", args=[customer.pk, product.pk])
    text = _("Unit name, codes, ways to reach it, administrator; no resources.")
    return Offer(title, text, MenuItem(_("Open a request"), address, "post", icon="pencil"))


def _open_item(found: LicenceRequest) -> MenuItem:
    address = reverse("provisioning:request", args=[found.pk])
    return MenuItem(found.request_no, address, icon="eye")


def _trial_text(months: int, defaults: Sequence[TrialDefault]) -> str:
    """What a trial gives: "1 month: Kế toán 1 Bộ sổ; Văn phòng số 100 Người dùng"."""
    by_module: dict[str, list[str]] = defaultdict(list)
    for default in defaults:
        given = f"{format_number(default.quantity)} {default.resource.name}"
        by_module[default.module.name].append(given)
    contents = "; ".join(f"{module} {', '.join(given)}" for module, given in by_module.items())
    text = ngettext("%(months)s month: %(contents)s", "%(months)s months: %(contents)s", months)
    return text % {"months": months, "contents": contents}


@only_post("provisioning:for_customer")
def open_trial(request: HttpRequest, customer_id: int, product_id: int) -> HttpResponse:
    """*Dùng thử*: the open request."""
    actor = actor_of(request)
    record = without_order.open_trial(actor=actor, customer_id=customer_id, product_id=product_id)
    return _to(request, actor, record)


@only_post("provisioning:for_customer")
def open_info_change(request: HttpRequest, customer_id: int, product_id: int) -> HttpResponse:
    """*Thay đổi thông tin*: the open request."""
    actor = actor_of(request)
    record = without_order.open_info_change(
        actor=actor, customer_id=customer_id, product_id=product_id
    )
    return _to(request, actor, record)


def _to(request: HttpRequest, actor: User, record: LicenceRequest) -> HttpResponse:
    """Its form while it is a draft of one's own, else its page."""
    page = "request_edit" if queries.may_edit(actor, record) else "request"
    return redirect(request, f"provisioning:{page}", record.pk)
