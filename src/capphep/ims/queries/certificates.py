"""What a certificate says beside its licence's own content, and which licence an order has."""

from __future__ import annotations

from capphep.crm.models import Order
from capphep.crm.queries.orders import order_of, visible_orders
from capphep.entitlements.models import Licence, LicenceCause
from capphep.entitlements.queries import licence_not_found, licences_on_paper
from capphep.platform.roles import Actor
from capphep.provisioning.models import LicenceRequest


def licence_of_order(actor: Actor, order_id: int) -> Licence:
    """The licence that the order's approved request caused, for who may see the order.

    Raises NotFound where there is no such order, or no licence of it yet.
    """
    order = order_of(actor, order_id)
    requests = LicenceRequest.objects.filter(order=order)
    issued = licences_on_paper().filter(
        cause=LicenceCause.APPROVAL, request_no__in=requests.values("request_no")
    )
    found = issued.order_by("-version").first()
    if not found:
        raise licence_not_found()
    return found


def order_of_licence(actor: Actor, licence: Licence) -> Order | None:
    """The order behind the licence's request, where there is one that the actor may see."""
    if not licence.request_no:
        return None
    requests = LicenceRequest.objects.filter(request_no=licence.request_no, order__isnull=False)
    return visible_orders(actor).filter(pk__in=requests.values("order")).first()


def replaced_by(licence: Licence) -> Licence | None:
    """The licence that this one replaced when it was issued."""
    earlier = Licence.objects.filter(
        subscription=licence.subscription_id, version__lt=licence.version
    )
    return earlier.order_by("-version").defer("content", "file").first()
