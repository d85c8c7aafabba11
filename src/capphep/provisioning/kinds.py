"""The kind of a request: what it follows from, and whether it may still be (R8)."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet

from capphep.catalog.models import Product
from capphep.crm.models import Customer, Order, OrderLine
from capphep.crm.queries.customers import ownership_of
from capphep.entitlements.queries import spans_of
from capphep.platform.prepared import prepared
from capphep.provisioning import kind_rules
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestKind
from capphep.provisioning.term_rules import Holdings, Timing
from capphep.pure.errors import Invalid, gettext_noop


def kind_of(order: Order, day: datetime.date) -> RequestKind:
    """RULE R8: the kind that the order and what its customer has on the day lead to.

    Two statements. Raises Invalid as `kind_rules.request_kind` does.
    """
    return kind_rules.request_kind(
        set(_package_kinds(order.pk)),
        purpose=order.purpose,
        owned=ownership_of(order.customer_id, order.product_id, day),
    )


@prepared
def _package_kinds(order_id: int) -> QuerySet[OrderLine, str]:
    return OrderLine.objects.filter(order_id=order_id).values_list("item__package__kind", flat=True)


def kind_now(request: LicenceRequest, day: datetime.date) -> RequestKind:
    """RULE R8: the kind that the request has to have on the day: it may have lain for weeks.

    Raises Invalid where the customer may no longer have what it asks for.
    """
    if request.order:
        return kind_of(request.order, day)
    if request.kind == RequestKind.TRIAL:
        check_trial(request.customer, request.product, day)
    elif request.kind == RequestKind.INFO_CHANGE:
        check_info_change(request.customer, request.product, day)
    return RequestKind(request.kind)


def check_trial(customer: Customer, product: Product, day: datetime.date) -> None:
    """RULE R8: whether the customer may try the product. One statement.

    Raises Invalid ``not_for_trial`` and as `kind_rules.check_trial` does.
    """
    if not product.trial_months or not product.is_active:
        message = gettext_noop("%(product)s is not offered for trial.")
        raise Invalid("not_for_trial", message, rule="R8", params={"product": product.name})
    _check(RequestKind.TRIAL, customer, product, day)


def check_info_change(customer: Customer, product: Product, day: datetime.date) -> None:
    """RULE R8: whether there is a subscription whose information may change. One statement.

    Raises Invalid ``nothing_in_force``.
    """
    _check(RequestKind.INFO_CHANGE, customer, product, day)


def _check(kind: RequestKind, customer: Customer, product: Product, day: datetime.date) -> None:
    holdings = Holdings(spans_of(customer.pk, product.pk))
    kind_rules.check_kind(product.name, holdings, Timing(kind, day))
