"""Items, each with the contents and taxes that are its parts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet

from capphep.catalog.actions import editions
from capphep.catalog.actions.loading import Key, Loading, Values, assign, values_of, write
from capphep.catalog.models import (
    FormerContent,
    Item,
    ItemContent,
    ItemPrice,
    ItemTax,
    Module,
    Package,
    Resource,
)
from capphep.catalog.plans import CataloguePlan, ItemPlan, PricePlan, ProductPlan
from capphep.platform import clock
from capphep.pure.collation import vietnamese_key
from capphep.pure.folding import fold


def load_items(
    plan: CataloguePlan,
    packages: Mapping[Key, Package],
    modules: Mapping[Key, Module],
    resources: Mapping[Key, Resource],
    loading: Loading,
) -> None:
    existing = _items_with_parts()
    wanted = {item.sku: (product, item) for product, _, item in plan.items()}
    new: list[tuple[Item, Values]] = []
    changed: list[Item] = []
    former: list[FormerContent] = []
    for product, package, item in plan.items():
        values = _item_values(packages[product.code, package.code], product, item)
        after, record = values | _planned_parts(item), existing.get(item.sku)
        if record is None:
            new.append((Item(**values), after))
        elif loading.note_compared(record, values_of(record, values) | stored_parts(record), after):
            if editions.differs(record, values["term_months"], after["contents"]):
                former += editions.retired(record)
                record.edition += 1
            assign(record, values)
            changed.append(record)
    FormerContent.objects.bulk_create(former)
    write(Item, [record for record, _ in new], changed, _ITEM_FIELDS)
    for record, after in new:
        loading.note_created(record, after)
    _replace_parts([*(record for record, _ in new), *changed], wanted, modules, resources)
    _withdraw([record for sku, record in existing.items() if sku not in wanted], loading)


def _items_with_parts() -> dict[str, Item]:
    records = Item.objects.select_related("package").prefetch_related(
        "contents__module", "contents__resource", "taxes", "prices"
    )
    return {record.sku: record for record in records}


_ITEM_FIELDS = (
    "package",
    "sku",
    "name",
    "search_key",
    "sort_key",
    "unit_price",
    "term_months",
    "note",
    "edition",
    "is_active",
)


def _item_values(package: Package, product: ProductPlan, item: ItemPlan) -> Values:
    return {
        "package": package,
        "sku": item.sku,
        "name": item.name,
        **item_keys(item.sku, item.name, package.name, product.name),
        "unit_price": price_on(item, clock.today()),
        "term_months": item.months,
        "note": item.note,
        "is_active": item.is_active,
    }


def item_keys(sku: str, name: str, package: str, product: str) -> dict[str, str]:
    """The derived columns: what one box finds an item by, and its place in order."""
    return {
        "search_key": search_key(sku, name, package, product),
        "sort_key": vietnamese_key(name),
    }


def search_key(*parts: str) -> str:
    """Code, names of item, package and product: what one box finds."""
    return fold(" ".join(parts))[: Item._meta.get_field("search_key").max_length]


def renew_search_keys(items: QuerySet[Item]) -> None:
    """After their package or their product was renamed."""
    records = list(items.select_related("package__product"))
    for item in records:
        names = (item.sku, item.name, item.package.name, item.package.product.name)
        item.search_key = search_key(*names)
    Item.objects.bulk_update(records, ["search_key"])


def price_on(item: ItemPlan, day: datetime.date) -> int:
    """The price of the last of the planned days that has come, else the item's own."""
    begun = [each for each in item.prices if each.from_day <= day]
    return max(begun, key=lambda each: each.from_day).price if begun else item.price


def _coming(item: ItemPlan) -> list[PricePlan]:
    return [each for each in item.prices if each.from_day > clock.today()]


def _planned_parts(item: ItemPlan) -> Values:
    return {
        "contents": {f"{each.module}/{each.resource}": each.units for each in item.contents},
        "taxes": {each.from_day.isoformat(): each.rate.value for each in item.taxes},
        "prices": {each.from_day.isoformat(): each.price for each in _coming(item)},
    }


def stored_parts(record: Item) -> Values:
    return {
        "contents": {
            f"{each.module.code}/{each.resource.code}": each.units for each in record.contents.all()
        },
        "taxes": {each.from_day.isoformat(): each.rate for each in record.taxes.all()},
        "prices": {each.from_day.isoformat(): each.unit_price for each in record.prices.all()},
    }


def _replace_parts(
    records: Sequence[Item],
    wanted: Mapping[str, tuple[ProductPlan, ItemPlan]],
    modules: Mapping[Key, Module],
    resources: Mapping[Key, Resource],
) -> None:
    """Contents, taxes and coming prices are parts of the item, written anew with it."""
    ItemContent.objects.filter(item__in=records).delete()
    ItemTax.objects.filter(item__in=records).delete()
    ItemPrice.objects.filter(item__in=records).delete()
    ItemContent.objects.bulk_create(
        ItemContent(
            item=record,
            module=modules[wanted[record.sku][0].code, each.module],
            resource=resources[each.resource,],
            units=each.units,
        )
        for record in records
        for each in wanted[record.sku][1].contents
    )
    ItemTax.objects.bulk_create(
        ItemTax(item=record, rate=each.rate.value, from_day=each.from_day)
        for record in records
        for each in wanted[record.sku][1].taxes
    )
    ItemPrice.objects.bulk_create(
        ItemPrice(item=record, unit_price=each.price, from_day=each.from_day)
        for record in records
        for each in _coming(wanted[record.sku][1])
    )


def _withdraw(records: Iterable[Item], loading: Loading) -> None:
    """RULE R13: what the plan no longer has is inactive, not deleted."""
    sold = [record for record in records if record.is_active]
    for record in sold:
        loading.note_compared(record, {"is_active": True}, {"is_active": False})
        record.is_active = False
    write(Item, [], sold, ["is_active"])
