"""A customer at a glance beside an order's form: what it owns, what is under way, whose it is."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from capphep.crm.queries import customers as queries
from capphep.crm.queries.orders import visible_orders
from capphep.crm.states import LicenceStatus
from capphep.crm.views.orders import status_of
from capphep.platform import clock
from capphep.platform.addresses import url_if_any
from capphep.platform.signed_in import actor_of

_MOST_ORDERS: Final = 3
_UNDER_WAY: Final = (
    LicenceStatus.NOT_REQUESTED,
    LicenceStatus.PENDING,
    LicenceStatus.RETURNED,
)


def customer_glance(request: HttpRequest, pk: int) -> HttpResponse:
    """context: customer, owned as [(Owned, is_in_force)], last_order, open_orders as [(Order,
    Status)], held_url."""
    actor = actor_of(request)
    found = queries.customer_of(actor, pk)
    followed = visible_orders(actor).filter(customer=found, is_active=True)
    orders = followed.order_by("-created_at", "-id")
    under_way = orders.filter(licence_status__in=_UNDER_WAY)[:_MOST_ORDERS]
    context = {
        "customer": found,
        "owned": [(each, each.last_day >= clock.today()) for each in queries.owned_ever(found)],
        "last_order": orders.first(),
        "open_orders": [(each, status_of(each)) for each in under_way],
        "held_url": url_if_any("ims:customer_glance", found.pk),
    }
    return render(request, "crm/_customer_glance.html", context)
