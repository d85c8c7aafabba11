"""The kind of a request: what it follows from, and whether it may still be (R8)."""

from __future__ import annotations

import datetime

from capphep.catalog.models import Product
from capphep.crm.models import Customer, Order
from capphep.entitlements.queries import spans_of
from capphep.provisioning import kind_rules
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.plans import Basis
from capphep.provisioning.states import RequestKind
from capphep.provisioning.term_rules import Holdings, Timing
from capphep.pure.errors import Invalid, gettext_noop


def kind_of(order: Order, basis: Basis, day: datetime.date) -> RequestKind:
    """RULE R8: the kind that the order and what its customer has on the day lead to.

    Raises Invalid as `kind_rules.request_kind` does.
    """
    return kind_rules.request_kind(
        basis.package_kinds, purpose=order.purpose, owned=basis.holdings.owned(day)
    )


def kind_now(request: LicenceRequest, basis: Basis, day: datetime.date) -> RequestKind:
    """RULE R8: the kind that the request has to have on the day: it may have lain for weeks.

    Raises Invalid where the customer may no longer have what it asks for.
    """
    if request.order:
        return kind_of(request.order, basis, day)
    if request.kind == RequestKind.TRIAL:
        _check_offered(request.product)
    kind = RequestKind(request.kind)
    kind_rules.check_kind(request.product.name, basis.holdings, Timing(kind, day))
    return kind


def check_trial(customer: Customer, product: Product, day: datetime.date) -> None:
    """RULE R8: whether the customer may try the product. One statement.

    Raises Invalid ``not_for_trial`` and as `kind_rules.check_trial` does.
    """
    _check_offered(product)
    _check(RequestKind.TRIAL, customer, product, day)


def _check_offered(product: Product) -> None:
    if not product.trial_months or not product.is_active:
        message = gettext_noop("%(product)s is not offered for trial.")
        raise Invalid("not_for_trial", message, rule="R8", params={"product": product.name})


def check_info_change(customer: Customer, product: Product, day: datetime.date) -> None:
    """RULE R8: whether there is a subscription whose information may change. One statement.

    Raises Invalid ``nothing_in_force``.
    """
    _check(RequestKind.INFO_CHANGE, customer, product, day)


def _check(kind: RequestKind, customer: Customer, product: Product, day: datetime.date) -> None:
    holdings = Holdings(spans_of(customer.pk, product.pk))
    kind_rules.check_kind(product.name, holdings, Timing(kind, day))
