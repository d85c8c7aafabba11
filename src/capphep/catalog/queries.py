"""Reads of the catalogue."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from capphep.catalog import rules
from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import (
    AddOnEligibility,
    Item,
    ItemContent,
    Package,
    Product,
    TrialDefault,
)
from capphep.platform.prepared import prepared
from capphep.platform.queries import LARGEST_ID
from capphep.pure.errors import NotFound, gettext_noop
from capphep.pure.folding import fold
from capphep.pure.money import TaxRate, format_number

Rates: TypeAlias = Sequence[tuple[datetime.date, TaxRate]]
"""The rates of an item, each with its first day."""

# Beyond it, a key that somebody made up would be an error of the database.


def search_items(text: str, items: QuerySet[Item] | None = None) -> QuerySet[Item]:
    """The items whose code, name, package or product holds every word, accents aside."""
    found = Item.objects.all() if items is None else items
    for word in fold(text).split():
        found = found.filter(search_key__contains=word)
    return found


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
        package__kind=PackageKind.ADD_ON, package__is_active=True, package__items__is_active=True
    )
    rows = sold.order_by("product_id", "package_id").distinct()
    return rows.values_list("product_id", "package_id", "package__name")


def tax_rate_on(items: Iterable[Item], day: datetime.date) -> dict[int, TaxRate]:
    """RULE R10: the tax rate of each item on the day; an item without one is left out.

    No statement where the items' ``taxes`` are prefetched, one for each item otherwise.
    """
    return rates_on({item.pk: _rates(item) for item in items}, day)


def rates_on(rates_of: Mapping[int, Rates], day: datetime.date) -> dict[int, TaxRate]:
    """RULE R10: as `tax_rate_on`, of rates that are at hand."""
    rates = {item_id: rules.rate_on(rates, day) for item_id, rates in rates_of.items()}
    return {item_id: rate for item_id, rate in rates.items() if rate is not None}


def items_by_id(ids: Iterable[int]) -> dict[int, Item]:
    """The items that exist, with package, product and parts. Four statements."""
    possible = {pk for pk in ids if 0 < pk <= LARGEST_ID}
    return {
        item.pk: item
        for item in _offered(Item.objects.filter(pk__in=possible)).prefetch_related("prices")
    }


def item_of(item_id: int) -> Item:
    """The item with package, product, contents, taxes and prices. Raises NotFound."""
    found = items_by_id([item_id]).get(item_id)
    if not found:
        raise NotFound("item_not_found", gettext_noop("There is no such item."))
    return found


def listed_items() -> QuerySet[Item]:
    """All items for a list, with what its rows show. Three statements."""
    return _offered(Item.objects.all())


def listed_packages() -> QuerySet[Package]:
    """All packages for a list, each with how many of its items are sold (``sold_count``)."""
    sold = Count("items", filter=Q(items__is_active=True))
    return Package.objects.select_related("product").annotate(sold_count=sold)


def package_of(key: str) -> Package | None:
    """The package of an address; None where it names none."""
    is_key = key.isascii() and key.isdecimal() and int(key) <= LARGEST_ID
    packages = Package.objects.select_related("product")
    return packages.filter(pk=key).first() if is_key else None


def packages_by_product() -> list[Package]:
    """All packages on sale, to choose one. One statement."""
    packages = Package.objects.filter(is_active=True, product__is_active=True)
    return list(packages.select_related("product").order_by("product_id", "id"))


@dataclass(slots=True)
class PackageRow:
    """``is_ticked``: the owners of its product may add it (R8); ``was_ticked``: as stored."""

    package: Package
    is_ticked: bool
    was_ticked: bool


@dataclass(frozen=True, slots=True)
class PackagesOf:
    product: Product
    rows: list[PackageRow]


def packages_of_products() -> list[PackagesOf]:
    """Every product that has packages, with them. Three statements."""
    allowed = set(AddOnEligibility.objects.values_list("product_id", "package_id"))
    products = Product.objects.order_by("id").prefetch_related(
        Prefetch("packages", queryset=Package.objects.order_by("id"))
    )
    found = []
    for product in products:
        rows = [(each, (product.pk, each.pk) in allowed) for each in product.packages.all()]
        found.append(PackagesOf(product, [PackageRow(each, on, on) for each, on in rows]))
    return [one for one in found if one.rows]


def is_sold(item: Item) -> bool:
    return item.is_active and item.package.is_active and item.package.product.is_active


def by_sold(items: QuerySet[Item], *, sold: bool) -> QuerySet[Item]:
    """Only those that are sold, or only those that no longer are."""
    condition = Q(is_active=True, package__is_active=True, package__product__is_active=True)
    return items.filter(condition if sold else ~condition)


def by_resource(items: QuerySet[Item], values: Sequence[str]) -> QuerySet[Item]:
    """Only those that give one of the resources, named by their keys."""
    keys = [value for value in values if value.isascii() and value.isdecimal()]
    given = ItemContent.objects.filter(resource__in=[k for k in keys if int(k) <= LARGEST_ID])
    return items.filter(pk__in=given.values("item"))


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
    found = Product.objects.filter(pk=product_id).first() if product_id <= LARGEST_ID else None
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


def in_order(contents: QuerySet[ItemContent]) -> QuerySet[ItemContent]:
    """With modules and resources, in the order of the catalogue."""
    rows = contents.select_related("module", "resource")
    return rows.order_by("module__position", "module_id", "id")


def in_order_of_catalogue() -> QuerySet[ItemContent]:
    """All contents of items, in the order of the catalogue."""
    return in_order(ItemContent.objects.all())


def _offered(items: QuerySet[Item]) -> QuerySet[Item]:
    contents = in_order_of_catalogue()
    return items.select_related("package__product").prefetch_related(
        Prefetch("contents", queryset=contents), "taxes"
    )


def _rates(item: Item) -> Rates:
    return [(tax.from_day, TaxRate(tax.rate)) for tax in item.taxes.all()]
