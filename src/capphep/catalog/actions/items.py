"""Items, each with the contents and taxes that are its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from capphep.catalog.actions.loading import Key, Loading, Values, assign, values_of, write
from capphep.catalog.models import Item, ItemContent, ItemTax, Module, Package, Resource
from capphep.catalog.plans import CataloguePlan, ItemPlan, ProductPlan
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
    for product, package, item in plan.items():
        values = _item_values(packages[product.code, package.code], product, item)
        after, record = values | _planned_parts(item), existing.get(item.sku)
        if record is None:
            new.append((Item(**values), after))
        elif loading.note_compared(
            record, values_of(record, values) | _stored_parts(record), after
        ):
            assign(record, values)
            changed.append(record)
    write(Item, [record for record, _ in new], changed, _ITEM_FIELDS)
    for record, after in new:
        loading.note_created(record, after)
    _replace_parts([*(record for record, _ in new), *changed], wanted, modules, resources)
    _withdraw([record for sku, record in existing.items() if sku not in wanted], loading)


def _items_with_parts() -> dict[str, Item]:
    records = Item.objects.select_related("package").prefetch_related(
        "contents__module", "contents__resource", "taxes"
    )
    return {record.sku: record for record in records}


_ITEM_FIELDS = (
    "package",
    "sku",
    "name",
    "search_key",
    "unit_price",
    "term_months",
    "note",
    "is_active",
)


def _item_values(package: Package, product: ProductPlan, item: ItemPlan) -> Values:
    key = fold(f"{item.sku} {item.name} {package.name} {product.name}")
    return {
        "package": package,
        "sku": item.sku,
        "name": item.name,
        "search_key": key[: Item._meta.get_field("search_key").max_length],
        "unit_price": item.price,
        "term_months": item.months,
        "note": item.note,
        "is_active": True,
    }


def _planned_parts(item: ItemPlan) -> Values:
    return {
        "contents": {f"{each.module}/{each.resource}": each.units for each in item.contents},
        "taxes": {each.from_day.isoformat(): each.rate.value for each in item.taxes},
    }


def _stored_parts(record: Item) -> Values:
    return {
        "contents": {
            f"{each.module.code}/{each.resource.code}": each.units for each in record.contents.all()
        },
        "taxes": {each.from_day.isoformat(): each.rate for each in record.taxes.all()},
    }


def _replace_parts(
    records: Sequence[Item],
    wanted: Mapping[str, tuple[ProductPlan, ItemPlan]],
    modules: Mapping[Key, Module],
    resources: Mapping[Key, Resource],
) -> None:
    """Contents and taxes are parts of the item, written anew with it. Four statements."""
    ItemContent.objects.filter(item__in=records).delete()
    ItemTax.objects.filter(item__in=records).delete()
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


def _withdraw(records: Iterable[Item], loading: Loading) -> None:
    """RULE R13: what the plan no longer has is inactive, not deleted."""
    sold = [record for record in records if record.is_active]
    for record in sold:
        loading.note_compared(record, {"is_active": True}, {"is_active": False})
        record.is_active = False
    Item.objects.bulk_update(sold, ["is_active"])
