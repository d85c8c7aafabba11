"""Reads of the catalogue."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext

from capphep.catalog import rules
from capphep.catalog.kinds import OrderPurpose, PackageKind
from capphep.catalog.models import (
    AddOnEligibility,
    Item,
    ItemContent,
    ItemTax,
    Package,
    Product,
    TrialDefault,
)
from capphep.platform.prepared import prepared
from capphep.pure.errors import Invalid, NotFound, Refusal, gettext_noop
from capphep.pure.folding import fold
from capphep.pure.money import TaxRate, format_number

Rates: TypeAlias = Sequence[tuple[datetime.date, TaxRate]]
"""The rates of an item, each with its first day."""

MOST_GOODS: Final = 200
# Beyond it, a key that somebody made up would be an error of the database.
_LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Goods:
    """An item as one customer is offered it on one day.

    ``unit_price`` is in whole đồng before tax, ``refusal`` says why this customer may not
    order it (R8). Where no tax rate is in force yet, ``refusal`` says so and ``tax_rate``
    is the first one to come.
    """

    item_id: int
    sku: str
    name: str
    package_name: str
    product: Product
    unit_price: int
    tax_rate: TaxRate
    term_months: int
    contents: str
    refusal: Refusal | None

    @property
    def product_name(self) -> str:
        return self.product.name


def search_items(text: str, items: QuerySet[Item] | None = None) -> QuerySet[Item]:
    """The items whose code, name, package or product holds every word, accents aside."""
    found = Item.objects.all() if items is None else items
    for word in fold(text).split():
        found = found.filter(search_key__contains=word)
    return found


def goods(
    text: str,
    owned: Collection[int],
    lapsed: Collection[int],
    day: datetime.date,
    purpose: str = OrderPurpose.SALE,
) -> list[Goods]:
    """RULE R8: the active items that match, those that the customer may order first.

    ``owned`` and ``lapsed`` are ids of the products that the customer has in force, or had
    once, ``purpose`` is that of the order. At most MOST_GOODS rows, four statements.
    """
    sold = Item.objects.filter(is_active=True, package__product__is_active=True)
    rows = (
        search_items(text, sold)
        .select_related("package__product")
        .order_by(
            _open_first(owned, lapsed, purpose),
            "package__product_id",
            "package_id",
            "unit_price",
            "id",
        )
    )
    return _as_goods(list(rows[:MOST_GOODS]), owned, lapsed, day, purpose)


def goods_by_id(
    ids: Iterable[int],
    owned: Collection[int],
    lapsed: Collection[int],
    day: datetime.date,
    purpose: str = OrderPurpose.SALE,
    *,
    with_contents: bool = True,
) -> dict[int, Goods]:
    """RULE R8: those of the items that exist, by id; one that is no longer sold is refused.

    Four statements, three where the contents are not shown.
    """
    items = _items([pk for pk in set(ids) if pk > 0])
    found = _as_goods(items, owned, lapsed, day, purpose, with_contents=with_contents)
    return {one.item_id: one for one in found}


@prepared
def _items(ids: list[int]) -> QuerySet[Item]:
    return Item.objects.filter(pk__in=ids).select_related("package__product").order_by("id")


def eligibility_table() -> dict[int, dict[int, str]]:
    """RULE R8: by product, the add-on packages that its owners may buy. One statement.

    Only packages of which something is sold, in the order of the catalogue.
    """
    table: dict[int, dict[int, str]] = defaultdict(dict)
    for product_id, package_id, name in _add_ons():
        table[product_id][package_id] = name
    return dict(table)


@prepared
def _add_ons() -> QuerySet[AddOnEligibility, tuple[int, int, str]]:
    sold = AddOnEligibility.objects.filter(
        package__kind=PackageKind.ADD_ON, package__items__is_active=True
    )
    rows = sold.order_by("product_id", "package_id").distinct()
    return rows.values_list("product_id", "package_id", "package__name")


def tax_rate_on(items: Iterable[Item], day: datetime.date) -> dict[int, TaxRate]:
    """RULE R10: the tax rate of each item on the day; an item without one is left out.

    No statement where the items' ``taxes`` are prefetched, one for each item otherwise.
    """
    return _rates_on({item.pk: _rates(item) for item in items}, day)


def _rates_on(rates_of: Mapping[int, Rates], day: datetime.date) -> dict[int, TaxRate]:
    rates = {item_id: rules.rate_on(rates, day) for item_id, rates in rates_of.items()}
    return {item_id: rate for item_id, rate in rates.items() if rate is not None}


@prepared
def _taxes(item_ids: list[int]) -> QuerySet[ItemTax, tuple[int, datetime.date, str]]:
    taxes = ItemTax.objects.filter(item_id__in=item_ids).order_by("from_day")
    return taxes.values_list("item_id", "from_day", "rate")


@prepared
def _contents(item_ids: list[int]) -> QuerySet[ItemContent]:
    return _in_order(ItemContent.objects.filter(item_id__in=item_ids))


def items_by_id(ids: Iterable[int]) -> dict[int, Item]:
    """The items that exist, with package, product, contents and taxes. Three statements."""
    possible = {pk for pk in ids if 0 < pk <= _LARGEST_ID}
    return {item.pk: item for item in _offered(Item.objects.filter(pk__in=possible))}


def item_of(item_id: int) -> Item:
    """The item with package, product, contents and taxes. Raises NotFound."""
    found = items_by_id([item_id]).get(item_id)
    if not found:
        raise NotFound("item_not_found", gettext_noop("There is no such item."))
    return found


def listed_items() -> QuerySet[Item]:
    """All items for a list, with what its rows show. Three statements."""
    return _offered(Item.objects.all())


def is_sold(item: Item) -> bool:
    return item.is_active and item.package.product.is_active


def by_sold(items: QuerySet[Item], *, sold: bool) -> QuerySet[Item]:
    """Only those that are sold, or only those that no longer are."""
    condition = Q(is_active=True, package__product__is_active=True)
    return items.filter(condition if sold else ~condition)


def buyers_of(item: Item) -> str:
    """RULE R8: who may buy the item, as a sentence. At most one statement."""
    product = item.package.product
    if item.package.kind == PackageKind.BASE:
        return gettext("Customers without a subscription of %s in force") % product.name
    if item.package_id in eligibility_table().get(product.pk, {}):
        return gettext("Customers with a subscription of %s in force") % product.name
    return gettext("Nobody")


def renewers_of(item: Item) -> str:
    """RULE R8: who may order the item in a renewal, as a sentence."""
    return gettext("Customers that have or had a subscription of %s") % item.package.product.name


def contents_of(item: Item) -> str:
    """What one package of the item adds, on one line."""
    return contents_text(list(item.contents.all()))


def contents_text(contents: Sequence[ItemContent]) -> str:
    """What one package adds: "50 Người dùng"; with the modules' names where there are several."""
    by_module: dict[str, list[str]] = defaultdict(list)
    for content in contents:
        by_module[content.module.name].append(
            f"{format_number(content.units)} {content.resource.name}"
        )
    if len(by_module) == 1:
        return ", ".join(*by_module.values())
    return "; ".join(f"{module}: {', '.join(parts)}" for module, parts in by_module.items())


def product_of(product_id: int) -> Product:
    """Raises NotFound."""
    found = Product.objects.filter(pk=product_id).first() if product_id <= _LARGEST_ID else None
    if not found:
        raise NotFound("product_not_found", gettext_noop("There is no such product."))
    return found


def trial_products() -> list[Product]:
    """The products that are offered for trial, in the order of the catalogue. One statement."""
    return list(Product.objects.filter(is_active=True, trial_months__isnull=False).order_by("id"))


def trial_defaults(product_id: int) -> list[TrialDefault]:
    """What a trial of the product grants, with modules and resources. One statement.

    In the order of the product's modules; empty where it is not offered for trial.
    """
    return list(
        TrialDefault.objects.filter(module__product_id=product_id)
        .select_related("module", "resource")
        .order_by("module__position", "module_id", "id")
    )


def _in_order(contents: QuerySet[ItemContent]) -> QuerySet[ItemContent]:
    rows = contents.select_related("module", "resource")
    return rows.order_by("module__position", "module_id", "id")


def _offered(items: QuerySet[Item]) -> QuerySet[Item]:
    contents = _in_order(ItemContent.objects.all())
    return items.select_related("package__product").prefetch_related(
        Prefetch("contents", queryset=contents), "taxes"
    )


def _open_first(owned: Collection[int], lapsed: Collection[int], purpose: str) -> Case:
    """Sorts as R8 will decide in almost every case, so that MOST_GOODS cuts off the refused."""
    if purpose == OrderPurpose.RENEWAL:
        is_open = Q(package__product_id__in=[*owned, *lapsed])
    else:
        is_owned = Q(package__product_id__in=list(owned))
        is_open = (is_owned & Q(package__kind=PackageKind.ADD_ON)) | (
            ~is_owned & Q(package__kind=PackageKind.BASE)
        )
    return Case(When(is_open, then=Value(0)), default=Value(1), output_field=IntegerField())


def _as_goods(
    items: Sequence[Item],
    owned: Collection[int],
    lapsed: Collection[int],
    day: datetime.date,
    purpose: str,
    *,
    with_contents: bool = True,
) -> list[Goods]:
    ids = [item.pk for item in items]
    allowed, taxes = (
        eligibility_table(),
        defaultdict[int, list[tuple[datetime.date, TaxRate]]](list),
    )
    for item_id, from_day, rate in _taxes(ids):
        taxes[item_id].append((from_day, TaxRate(rate)))
    rates = _rates_on(taxes, day)
    contents = _contents_in_words(ids) if with_contents else {}
    return [
        _one_of_goods(
            item,
            rates.get(item.pk) or _first_rate(taxes[item.pk]),
            _not_sold(item, rates)
            or rules.eligibility(_offered_package(item.package), owned, lapsed, allowed, purpose),
            contents.get(item.pk, ""),
        )
        for item in items
    ]


def _contents_in_words(item_ids: list[int]) -> dict[int, str]:
    by_item: dict[int, list[ItemContent]] = defaultdict(list)
    for content in _contents(item_ids):
        by_item[content.item_id].append(content)
    return {item_id: contents_text(contents) for item_id, contents in by_item.items()}


def _one_of_goods(item: Item, rate: TaxRate, refusal: Refusal | None, contents: str) -> Goods:
    package = item.package
    return Goods(
        item_id=item.pk,
        sku=item.sku,
        name=item.name,
        package_name=package.name,
        product=package.product,
        unit_price=item.unit_price,
        tax_rate=rate,
        term_months=item.term_months,
        contents=contents,
        refusal=refusal,
    )


def _not_sold(item: Item, rates: Collection[int]) -> Refusal | None:
    params = {"sku": item.sku}
    if not is_sold(item):
        message = gettext_noop("%(sku)s is no longer sold.")
        return Invalid("not_sold", message, rule="R13", field="item", params=params)
    if item.pk not in rates:
        message = gettext_noop("%(sku)s has no tax rate on this day.")
        return Invalid("no_tax_rate", message, rule="R10", field="item", params=params)
    return None


def _offered_package(package: Package) -> rules.OfferedPackage:
    return rules.OfferedPackage(
        id=package.pk,
        kind=package.kind,
        product_id=package.product_id,
        product_name=package.product.name,
    )


def _rates(item: Item) -> Rates:
    return [(tax.from_day, TaxRate(tax.rate)) for tax in item.taxes.all()]


def _first_rate(rates: Rates) -> TaxRate:
    return min(rates)[1] if rates else TaxRate.EXEMPT
