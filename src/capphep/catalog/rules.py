"""The rules of the catalogue: pure functions over plain values."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from capphep.catalog.kinds import OrderPurpose, PackageKind
from capphep.pure.errors import Invalid, Refusal, gettext_noop
from capphep.pure.money import TaxRate

NOTHING_COMES: Final[Mapping[int, datetime.date]] = MappingProxyType({})
# By product, the packages that its owners may add: package id to name.
AllowedPackages = Mapping[int, Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class OfferedPackage:
    """A package as rule R8 looks at it."""

    id: int
    kind: str
    product_id: int
    product_name: str


def eligibility(
    package: OfferedPackage,
    owned: Collection[int],
    lapsed: Collection[int],
    allowed: AllowedPackages,
    purpose: str = OrderPurpose.SALE,
    *,
    coming: Mapping[int, datetime.date] = NOTHING_COMES,
) -> Refusal | None:
    """RULE R8: why this customer may not order the package; None where nothing speaks against it.

    ``owned`` are the products that the customer has in force, ``lapsed`` those that it had
    once, ``coming`` those that only begin, on that day. In a sale, who owns a product buys only
    the add-ons that ``allowed`` lists for it; an add-on needs the product in force; a base
    package is the new sale to who does not own it, now or later. In a renewal, every package of
    a product that the customer has or had is open, base packages too.

    Codes: not_eligible, no_subscription, begins_later, nothing_to_renew.
    """
    if purpose == OrderPurpose.RENEWAL:
        has_had = package.product_id in owned or package.product_id in lapsed
        return None if has_had else _nothing_to_renew(package)
    if package.product_id in owned:
        packages = allowed.get(package.product_id, {})
        is_allowed = package.kind == PackageKind.ADD_ON and package.id in packages
        return None if is_allowed else _only_add_ons(package, packages)
    if package.product_id in coming:
        return _begins_later(package, coming[package.product_id])
    if package.kind == PackageKind.BASE:
        return None
    return _no_subscription(package, has_lapsed=package.product_id in lapsed)


def rate_on(rates: Iterable[tuple[datetime.date, TaxRate]], day: datetime.date) -> TaxRate | None:
    """RULE R10: the tax rate in force on the day: that of the latest first day not after it.

    ``rates`` are pairs of a first day and a rate. None before the first of them.
    """
    begun = [pair for pair in rates if pair[0] <= day]
    return max(begun, key=lambda pair: pair[0])[1] if begun else None


def _only_add_ons(package: OfferedPackage, packages: Mapping[int, str]) -> Refusal:
    if not packages:
        message = gettext_noop("Owners of %(product)s cannot buy further packages.")
        return _refused("not_eligible", message, product=package.product_name)
    message = gettext_noop("Owners of %(product)s may only add the packages %(packages)s.")
    names = ", ".join(packages.values())
    return _refused("not_eligible", message, product=package.product_name, packages=names)


def _no_subscription(package: OfferedPackage, *, has_lapsed: bool) -> Refusal:
    if has_lapsed:
        message = gettext_noop(
            "The customer's subscription of %(product)s has lapsed: order a renewal."
        )
    else:
        message = gettext_noop(
            "The customer has no subscription of %(product)s in force: offer a new sale."
        )
    return _refused("no_subscription", message, product=package.product_name)


def _begins_later(package: OfferedPackage, first_day: datetime.date) -> Refusal:
    if package.kind == PackageKind.BASE:
        code = "begins_later"
        message = gettext_noop(
            "A sale of %(product)s to the customer is approved already and begins on %(day)s: "
            "order add-on packages from that day on."
        )
    else:
        code = "no_subscription"
        message = gettext_noop(
            "The customer's subscription of %(product)s only begins on %(day)s: "
            "order add-on packages from that day on."
        )
    return _refused(code, message, product=package.product_name, day=f"{first_day:%d/%m/%Y}")


def _nothing_to_renew(package: OfferedPackage) -> Refusal:
    message = gettext_noop(
        "The customer never had a subscription of %(product)s: there is nothing to renew."
    )
    return _refused("nothing_to_renew", message, product=package.product_name)


def _refused(code: str, message: str, **params: object) -> Refusal:
    return Invalid(code, message, rule="R8", field="item", params=params)
