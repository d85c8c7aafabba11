"""What of a product is in force, beside the form of the order that renews it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from capphep.catalog.models import Module, Product
from capphep.crm.queries.customers import customer_of
from capphep.entitlements.models import Subscription
from capphep.entitlements.queries import running_until, visible_subscriptions
from capphep.ims.queries.holdings import HeldResource, holdings_of
from capphep.platform import clock
from capphep.platform.htmx import render_page_or_fragment
from capphep.platform.roles import Actor
from capphep.platform.signed_in import actor_of
from capphep.provisioning.renewals import renewal_of


@dataclass(frozen=True, slots=True)
class Held:
    """One resource on the day whose holdings are renewed, and until when its module runs."""

    module: Module
    resource: HeldResource
    until: datetime.date | None


def held_panel(request: HttpRequest, customer_id: int, product_id: int) -> HttpResponse:
    """context: title, customer, record (Subscription or None), renewal, rows (Held),
    panel_url, panel_loaded."""
    actor = actor_of(request)
    customer, products = customer_of(actor, customer_id), Product.objects.filter(pk=product_id)
    found = visible_subscriptions(actor).filter(customer=customer, product__in=products).first()
    renewal = renewal_of(found, clock.today()) if found else None
    context = {
        "title": _("In force"),
        "customer": customer,
        "record": found,
        "renewal": renewal,
        "rows": held_on(actor, found, renewal.held_on) if found and renewal else [],
        "panel_url": request.path,
        "panel_loaded": True,
    }
    page = "ims/held_panel.html"
    return render_page_or_fragment(request, page, "ims/_held_panel.html", context)


def held_on(actor: Actor, record: Subscription, day: datetime.date) -> Sequence[Held]:
    """Each resource in force on the day. Three statements."""
    until = running_until(record.customer_id, record.product_id, day)
    return [
        Held(module.module, resource, until.get(module.module.pk))
        for module in holdings_of(actor, record).on(day)
        for resource in module.resources
        if resource.quantity
    ]
