"""Which gauge a reported row means: names in, keys out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from capphep.catalog.models import Module, Resource
from capphep.crm.models import Customer
from capphep.crm.queries.former import codes_of_today
from capphep.entitlements.models import Subscription
from capphep.entitlements.usage_rules import UsageKey
from capphep.pure.errors import Invalid, Refusal, gettext_noop

_BATCH: Final = 500
# What no code looks like is not asked for: a database refuses some of it.
_CODE: Final = re.compile(r"[-\w]{1,40}", re.ASCII)

Owner: TypeAlias = tuple[str, int]
"""Budget code and product id."""


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """One measurement, as a product names it: its own codes, and the customer's budget code."""

    budget_code: str
    product: str
    module: str
    resource: str
    in_use: int
    measured_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Within:
    """The product and the customer that somebody may report of; None for all."""

    product_id: int | None = None
    customer_id: int | None = None


EVERYTHING: Final = Within()


def gauges_of(rows: Sequence[ReportedRow], within: Within) -> list[UsageKey | Refusal]:
    """The gauge of each row, or why there is none, in their order.

    RULE D3: a former code, also that of a merged customer, means the unit of today.
    Codes: customer_unknown, module_unknown, resource_unknown, subscription_unknown. Two
    statements, and at most four for 500 customers.
    """
    names = _Names(rows, within)
    return [names.gauge(row) for row in rows]


class _Names:
    def __init__(self, rows: Sequence[ReportedRow], within: Within) -> None:
        self._modules = _modules(_codes(row.module for row in rows), within)
        self._resources = _resources(_codes(row.resource for row in rows))
        codes = _codes(row.budget_code for row in rows)
        self._subscriptions = _subscriptions(sorted(codes), within)
        with_some = {budget_code for budget_code, _product in self._subscriptions}
        self._today = codes_of_today(codes - with_some)
        today = set(self._today.values()) - with_some
        self._subscriptions |= _subscriptions(sorted(today), within)
        with_some = {budget_code for budget_code, _product in self._subscriptions}
        left = {self._today.get(code, code) for code in codes} - with_some
        self._customers = with_some | _customers(sorted(left), within)

    def gauge(self, row: ReportedRow) -> UsageKey | Refusal:
        customer = self._today.get(row.budget_code, row.budget_code)
        if customer not in self._customers:
            return _refused("customer_unknown", gettext_noop("There is no such customer."))
        module = self._modules.get((row.product, row.module))
        if not module:
            return _refused("module_unknown", gettext_noop("There is no such module."), "module")
        resource = self._resources.get(row.resource)
        if not resource:
            message = gettext_noop("There is no such resource.")
            return _refused("resource_unknown", message, "resource")
        module_id, product_id = module
        subscription = self._subscriptions.get((customer, product_id))
        if not subscription:
            message = gettext_noop("The customer has no subscription of the product.")
            return _refused("subscription_unknown", message)
        return subscription, module_id, resource


def _codes(texts: Iterable[str]) -> set[str]:
    return {text for text in set(texts) if _CODE.fullmatch(text)}


def _resources(codes: Collection[str]) -> dict[str, int]:
    return dict(Resource.objects.filter(code__in=codes).values_list("code", "pk"))


def _modules(codes: Collection[str], within: Within) -> dict[tuple[str, str], tuple[int, int]]:
    """Module id and product id by the codes of product and module."""
    found = Module.objects.filter(code__in=codes)
    if within.product_id is not None:
        found = found.filter(product=within.product_id)
    rows = found.values_list("product__code", "code", "pk", "product_id")
    return {(product, code): (pk, product_id) for product, code, pk, product_id in rows}


def _subscriptions(codes: Sequence[str], within: Within) -> dict[Owner, int]:
    found: dict[Owner, int] = {}
    for batch in _batches(codes):
        rows = Subscription.objects.filter(
            customer__budget_code__in=batch, customer__merged_into=None
        )
        if within.customer_id is not None:
            rows = rows.filter(customer=within.customer_id)
        values = rows.values_list("customer__budget_code", "product_id", "pk")
        found |= {(code, product_id): pk for code, product_id, pk in values}
    return found


def _customers(codes: Sequence[str], within: Within) -> set[str]:
    found: set[str] = set()
    for batch in _batches(codes):
        rows = Customer.objects.filter(budget_code__in=batch)
        if within.customer_id is not None:
            rows = rows.filter(pk=within.customer_id)
        found |= set(rows.values_list("budget_code", flat=True))
    return found


def _batches(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (codes[start : start + _BATCH] for start in range(0, len(codes), _BATCH))


def _refused(code: str, message: str, field: str = "budget_code") -> Refusal:
    return Invalid(code, message, field=field)
