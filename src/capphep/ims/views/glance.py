"""What a customer has and what is under way, at a glance, while somebody writes an order for it."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from capphep.crm.queries.customers import customer_of
from capphep.entitlements.queries import visible_subscriptions
from capphep.ims.views.renewals import held_on
from capphep.platform import clock
from capphep.platform.signed_in import actor_of
from capphep.provisioning.queries import visible_requests
from capphep.provisioning.states import OPEN

_MOST_PRODUCTS: Final = 4
_MOST_REQUESTS: Final = 5


def customer_glance(request: HttpRequest, customer_id: int) -> HttpResponse:
    """context: products as [(Subscription, rows as `renewals.Held`)], requests."""
    actor, today = actor_of(request), clock.today()
    customer = customer_of(actor, customer_id)
    subscriptions = visible_subscriptions(actor).filter(customer=customer).order_by("product_id")
    requests = visible_requests(actor).filter(customer=customer, status__in=OPEN).order_by("-id")
    context = {
        "products": [
            (each, held_on(actor, each, today)) for each in subscriptions[:_MOST_PRODUCTS]
        ],
        "requests": requests[:_MOST_REQUESTS],
    }
    return render(request, "ims/_customer_glance.html", context)
