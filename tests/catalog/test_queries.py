"""What the order screens ask: which goods, at what price and tax, and why not."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capphep.catalog import goods, queries
from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Item, ItemContent, ItemTax, Module, Product
from capphep.pure.errors import NotFound
from capphep.pure.money import TaxRate
from tests.factories import SmallCatalogue

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 25)


def skus(text: str, owned: set[int] | None = None) -> list[str]:
    return [one.sku for one in goods.goods(text, owned or set(), set(), DAY)]


def test_goods_are_found_by_code_name_package_and_product_without_accents(
    catalogue: SmallCatalogue,
) -> None:
    assert skus("igov-kt-1") == ["IGOV-KT-1"]
    assert skus("VPS nguoi dung") == ["IGOV-VPS-50"]
    assert skus("người dùng 50") == ["IGOV-VPS-50"]
    assert skus("van phong") == ["IGOV-VPS-50"]
    assert skus("ke toan 5") == []
    assert set(skus("")) == {"IGOV-BASE", "IGOV-KT-1", "IGOV-VPS-50", "IHOS-BASE"}
    assert skus("100%") == skus("_") == []


def test_goods_say_what_they_are(catalogue: SmallCatalogue) -> None:
    (one,) = goods.goods("vps", {catalogue.igov.pk}, set(), DAY)
    assert one == goods.Goods(
        item_id=catalogue.users_50.pk,
        sku="IGOV-VPS-50",
        name="VPS 50 người dùng",
        package_name="Văn phòng số",
        product=catalogue.igov,
        unit_price=5_000_000,
        tax_rate=TaxRate.EXEMPT,
        term_months=12,
        contents="50 Người dùng",
        refusal=None,
        edition=1,
    )


def test_contents_of_several_modules_name_the_modules(catalogue: SmallCatalogue) -> None:
    ItemContent.objects.create(
        item=catalogue.base, module=catalogue.office, resource=catalogue.storage, units=1000
    )
    (one,) = goods.goods("igov-base", set(), set(), DAY)
    assert one.contents == "Kế toán: 1 Bộ sổ kế toán; Văn phòng số: 20 Người dùng, 1.000 Dung lượng"


def test_an_owner_sees_the_add_ons_first_and_why_the_rest_is_closed(
    catalogue: SmallCatalogue,
) -> None:
    found = goods.goods("igov", {catalogue.igov.pk}, set(), DAY)
    assert [(one.sku, one.refusal and one.refusal.code) for one in found] == [
        ("IGOV-KT-1", None),
        ("IGOV-VPS-50", None),
        ("IGOV-BASE", "not_eligible"),
    ]
    assert found[-1].refusal and found[-1].refusal.params == {
        "product": "iGOV",
        "packages": "Kế toán, Văn phòng số",
    }


def test_without_a_subscription_the_add_ons_are_closed(catalogue: SmallCatalogue) -> None:
    found = {one.sku: one.refusal for one in goods.goods("", set(), set(), DAY)}
    assert found["IGOV-BASE"] is None and found["IHOS-BASE"] is None
    refusal = found["IGOV-KT-1"]
    assert refusal and refusal.code == "no_subscription" and "new sale" in str(refusal)
    lapsed = goods.goods("kt-1", set(), {catalogue.igov.pk}, DAY)[0].refusal
    assert lapsed and "renewal" in str(lapsed)


@pytest.mark.parametrize("lapsed", [False, True])
def test_a_renewal_offers_all_of_the_product_first_and_says_why_not_the_rest(
    lapsed: bool, catalogue: SmallCatalogue
) -> None:
    product = {catalogue.ihos.pk}
    owned, over = (set(), product) if lapsed else (product, set())
    found = goods.goods("", owned, over, DAY, OrderPurpose.RENEWAL)
    assert [(one.sku, one.refusal.code if one.refusal else "") for one in found] == [
        ("IHOS-BASE", ""),
        ("IGOV-BASE", "nothing_to_renew"),
        ("IGOV-KT-1", "nothing_to_renew"),
        ("IGOV-VPS-50", "nothing_to_renew"),
    ]


def test_what_was_ordered_in_a_renewal_is_open_or_says_why_it_is_not(
    catalogue: SmallCatalogue,
) -> None:
    Item.objects.filter(pk=catalogue.books_1.pk).update(is_active=False)
    ids = [catalogue.base.pk, catalogue.books_1.pk, catalogue.ihos_base.pk]
    found = goods.goods_by_id(ids, {catalogue.igov.pk}, set(), DAY, OrderPurpose.RENEWAL)
    codes = [refusal.code if refusal else "" for refusal in (found[pk].refusal for pk in ids)]
    assert codes == ["", "not_sold", "nothing_to_renew"]


def test_what_is_not_sold_is_not_offered_but_explained_where_it_was_ordered(
    catalogue: SmallCatalogue,
) -> None:
    Item.objects.filter(sku="IGOV-KT-1").update(is_active=False)
    assert "IGOV-KT-1" not in skus("", {catalogue.igov.pk})
    pk = catalogue.books_1.pk
    found = goods.goods_by_id([pk, 999_999], {catalogue.igov.pk}, set(), DAY)
    assert list(found) == [pk]
    refusal = found[pk].refusal
    assert refusal and refusal.code == "not_sold"


def test_a_product_off_the_market_is_not_offered(catalogue: SmallCatalogue) -> None:
    catalogue.ihos.is_active = False
    catalogue.ihos.save()
    assert "IHOS-BASE" not in skus("")


def test_an_item_without_a_tax_rate_on_the_day_cannot_be_ordered(
    catalogue: SmallCatalogue,
) -> None:
    ItemTax.objects.filter(item=catalogue.books_1).update(rate="8", from_day="2027-01-01")
    (one,) = goods.goods("kt-1", {catalogue.igov.pk}, set(), DAY)
    assert one.refusal and one.refusal.code == "no_tax_rate"
    assert one.tax_rate is TaxRate.EIGHT
    (later,) = goods.goods("kt-1", {catalogue.igov.pk}, set(), datetime.date(2027, 1, 1))
    assert later.refusal is None


def test_a_package_of_which_nothing_is_sold_is_not_named(catalogue: SmallCatalogue) -> None:
    Item.objects.filter(sku="IGOV-KT-1").update(is_active=False)
    table = queries.eligibility_table()
    assert list(table[catalogue.igov.pk].values()) == ["Văn phòng số"]


def test_goods_cost_the_same_however_many_there_are(catalogue: SmallCatalogue) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            goods.goods("", {catalogue.igov.pk}, set(), DAY)
        return len(seen)

    few = count()
    package = catalogue.users_50.package
    Item.objects.bulk_create(
        Item(package=package, sku=f"X-{n}", name="X", search_key="x", unit_price=n, term_months=1)
        for n in range(300)
    )
    assert count() == few == 4
    assert len(goods.goods("", set(), set(), DAY)) == goods.MOST_GOODS


def test_tax_rates_of_prefetched_items_need_no_statement(catalogue: SmallCatalogue) -> None:
    items = queries.items_by_id([catalogue.base.pk, catalogue.users_50.pk])
    with CaptureQueriesContext(connection) as seen:
        assert set(queries.tax_rate_on(items.values(), DAY).values()) == {TaxRate.EXEMPT}
    assert len(seen) == 0


def test_an_unknown_item_is_not_found(catalogue: SmallCatalogue) -> None:
    assert queries.item_of(catalogue.base.pk).sku == "IGOV-BASE"
    with pytest.raises(NotFound):
        queries.item_of(999_999)


def test_products_for_trial_are_those_that_are_sold_and_have_months_of_trial(
    catalogue: SmallCatalogue,
) -> None:
    assert queries.trial_products() == [catalogue.igov]
    Product.objects.filter(pk=catalogue.ihos.pk).update(trial_months=3)
    assert queries.trial_products() == [catalogue.igov, catalogue.ihos]
    Product.objects.filter(pk=catalogue.igov.pk).update(is_active=False)
    assert queries.trial_products() == [catalogue.ihos]


def test_what_a_trial_grants_is_in_the_order_of_the_modules(catalogue: SmallCatalogue) -> None:
    Module.objects.filter(pk=catalogue.accounting.pk).update(position=9)
    with CaptureQueriesContext(connection) as captured:
        granted = [
            (each.module.name, each.quantity, each.resource.unit)
            for each in queries.trial_defaults(catalogue.igov.pk)
        ]
    assert granted == [("Văn phòng số", 100, "người"), ("Kế toán", 1, "bộ sổ")]
    assert len(captured) == 1
    assert queries.trial_defaults(catalogue.ihos.pk) == []
