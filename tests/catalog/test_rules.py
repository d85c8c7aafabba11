"""R8: what a customer may buy, decided by data. R10: the tax rate on a day."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from capphep.catalog.kinds import OrderPurpose, PackageKind
from capphep.catalog.rules import OfferedPackage, eligibility, rate_on
from capphep.pure.errors import Refusal
from capphep.pure.money import TaxRate

IGOV, IHOS = 1, 2
BASE = OfferedPackage(10, PackageKind.BASE, IGOV, "iGOV")
ACCOUNTING = OfferedPackage(11, PackageKind.ADD_ON, IGOV, "iGOV")
OFFICE = OfferedPackage(12, PackageKind.ADD_ON, IGOV, "iGOV")
WITHDRAWN = OfferedPackage(13, PackageKind.ADD_ON, IGOV, "iGOV")
HOSPITAL = OfferedPackage(20, PackageKind.BASE, IHOS, "iHOS")
ALLOWED = {IGOV: {11: "Kế toán", 12: "Văn phòng số (VPS)"}}
ONLY_ADD_ONS = "Owners of iGOV may only add the packages Kế toán, Văn phòng số (VPS)."


def decided(
    package: OfferedPackage, owned: set[int] | None = None, lapsed: set[int] | None = None
) -> Refusal | None:
    return eligibility(package, owned or set(), lapsed or set(), ALLOWED)


def test_an_owner_may_buy_the_listed_add_ons() -> None:
    assert decided(ACCOUNTING, {IGOV}) is None
    assert decided(OFFICE, {IGOV}) is None


def test_an_owner_may_not_buy_the_base_package_again() -> None:
    refusal = decided(BASE, {IGOV})
    assert refusal and refusal.code == "not_eligible" and refusal.rule == "R8"
    assert str(refusal) == ONLY_ADD_ONS


def test_an_owner_may_not_buy_an_add_on_that_is_not_listed() -> None:
    refusal = decided(WITHDRAWN, {IGOV})
    assert refusal and refusal.code == "not_eligible"
    assert str(refusal) == ONLY_ADD_ONS


def test_an_owner_of_a_product_without_add_ons_is_told_so() -> None:
    refusal = decided(HOSPITAL, {IHOS})
    assert refusal and refusal.code == "not_eligible"
    assert str(refusal) == "Owners of iHOS cannot buy further packages."


def test_what_is_sold_already_and_begins_later_is_waited_for() -> None:
    coming = {IGOV: datetime.date(2027, 1, 10)}
    said = {
        package.kind: eligibility(package, (), {IGOV}, ALLOWED, coming=coming)
        for package in (BASE, ACCOUNTING)
    }
    base, add_on = said[PackageKind.BASE], said[PackageKind.ADD_ON]
    assert base and base.code == "begins_later" and "begins on 10/01/2027" in str(base)
    assert add_on and add_on.code == "no_subscription" and "10/01/2027" in str(add_on)
    assert eligibility(HOSPITAL, (), (), ALLOWED, coming=coming) is None


def test_without_a_subscription_only_the_base_package_is_sold() -> None:
    assert decided(BASE) is None
    refusal = decided(ACCOUNTING)
    assert refusal and refusal.code == "no_subscription"
    assert "offer a new sale" in str(refusal)


def test_after_a_lapse_a_renewal_is_offered_instead_of_an_add_on() -> None:
    refusal = decided(ACCOUNTING, lapsed={IGOV})
    assert refusal and refusal.code == "no_subscription"
    assert "has lapsed: order a renewal" in str(refusal)
    assert decided(BASE, lapsed={IGOV}) is None


def test_one_product_in_force_says_nothing_about_another() -> None:
    assert decided(HOSPITAL, {IGOV}) is None
    refusal = decided(ACCOUNTING, {IHOS})
    assert refusal and refusal.code == "no_subscription"


def renewed(
    package: OfferedPackage, owned: set[int] | None = None, lapsed: set[int] | None = None
) -> Refusal | None:
    return eligibility(package, owned or set(), lapsed or set(), ALLOWED, OrderPurpose.RENEWAL)


def test_a_renewal_may_hold_every_package_of_a_product_in_force_or_lapsed() -> None:
    for package in (BASE, ACCOUNTING, OFFICE, WITHDRAWN):
        assert renewed(package, owned={IGOV}) is None
        assert renewed(package, lapsed={IGOV}) is None


def test_what_a_customer_never_had_cannot_be_renewed() -> None:
    for refusal in (renewed(BASE), renewed(ACCOUNTING), renewed(HOSPITAL, {IGOV}, {IGOV})):
        assert refusal and (refusal.code, refusal.rule) == ("nothing_to_renew", "R8")
        assert refusal.field == "item" and "nothing to renew" in str(refusal)


products = st.sampled_from([IGOV, IHOS])
packages = st.builds(
    OfferedPackage,
    id=st.integers(10, 13),
    kind=st.sampled_from(list(PackageKind)),
    product_id=products,
    product_name=st.just("iGOV"),
)


@given(packages, st.sets(products), st.sets(products))
def test_exactly_the_base_of_what_is_not_owned_and_the_listed_add_ons_are_sold(
    package: OfferedPackage, owned: set[int], lapsed: set[int]
) -> None:
    is_owned = package.product_id in owned
    is_listed = package.id in ALLOWED.get(package.product_id, {})
    is_add_on = package.kind == PackageKind.ADD_ON
    may_buy = (is_owned and is_add_on and is_listed) or (not is_owned and not is_add_on)
    assert (decided(package, owned, lapsed) is None) == may_buy


@given(packages, st.sets(products), st.sets(products))
def test_exactly_what_belongs_to_a_product_that_is_or_was_owned_is_renewed(
    package: OfferedPackage, owned: set[int], lapsed: set[int]
) -> None:
    assert (renewed(package, owned, lapsed) is None) == (package.product_id in owned | lapsed)


@given(packages, st.sets(products), st.sets(products))
def test_what_is_refused_is_refused_with_a_reason_that_names_the_product(
    package: OfferedPackage, owned: set[int], lapsed: set[int]
) -> None:
    for decide in (decided, renewed):
        refusal = decide(package, owned, lapsed)
        assert refusal is None or (refusal.rule == "R8" and "iGOV" in str(refusal))


def test_the_rate_in_force_is_the_latest_that_has_begun() -> None:
    rates = [
        (datetime.date(2026, 7, 1), TaxRate.EIGHT),
        (datetime.date(2020, 1, 1), TaxRate.EXEMPT),
    ]
    assert rate_on(rates, datetime.date(2019, 12, 31)) is None
    assert rate_on(rates, datetime.date(2020, 1, 1)) is TaxRate.EXEMPT
    assert rate_on(rates, datetime.date(2026, 6, 30)) is TaxRate.EXEMPT
    assert rate_on(rates, datetime.date(2026, 7, 1)) is TaxRate.EIGHT


@given(
    st.dictionaries(st.dates(), st.sampled_from(list(TaxRate)), max_size=5),
    st.dates(),
)
def test_a_rate_holds_until_the_next_one_begins(
    rates: dict[datetime.date, TaxRate], day: datetime.date
) -> None:
    begun = [first for first in rates if first <= day]
    assert rate_on(rates.items(), day) == (rates[max(begun)] if begun else None)
