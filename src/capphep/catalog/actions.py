"""Writes of the catalogue: it is loaded as a whole, from a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction

from capphep.catalog import plans, queries
from capphep.catalog.models import (
    AddOnEligibility,
    Item,
    ItemContent,
    ItemTax,
    Module,
    Package,
    Product,
    Resource,
)
from capphep.catalog.plans import CataloguePlan, ItemPlan, ProductPlan
from capphep.platform import audit
from capphep.platform.models import Installation
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalids
from capphep.pure.folding import fold

M = TypeVar("M", bound=models.Model)
Values = dict[str, Any]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, counted in records: an item with its contents and taxes is one."""

    created: int
    updated: int
    unchanged: int

    def __str__(self) -> str:
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"


@transaction.atomic
def load_catalogue(*, actor: Actor, plan: CataloguePlan) -> Loaded:
    """Make the catalogue read as the plan says; running it again changes nothing.

    An item that the plan does not have is no longer sold (R13); nothing else that it does
    not have is touched, and nothing is deleted. Raises Invalids of Mistake.
    """
    require(actor, Permission.CATALOGUE_WRITE)
    # Two loads at once take turns: each sees what the other made.
    list(Installation.objects.select_for_update())
    found = [*plans.mistakes(plan), *queries.clashes(plan)]
    if found:
        raise Invalids(found)
    loading = _Loading()
    _load(plan, loading)
    audit.record(actor, loading.changes)
    return loading.loaded


def _load(plan: CataloguePlan, loading: _Loading) -> None:
    resources = _load_resources(plan, loading)
    products = _load_products(plan, loading)
    modules = _load_modules(plan, products, loading)
    packages = _load_packages(plan, products, loading)
    _load_items(plan, packages, modules, resources, loading)
    _load_eligibility(plan, products, packages, loading)


# --- one kind of record after the other --------------------------------------------------------


@dataclass(slots=True)
class _Loading:
    """What has been done so far."""

    changes: list[audit.Change] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def loaded(self) -> Loaded:
        return Loaded(self.created, self.updated, self.unchanged)

    def note_created(self, record: models.Model, values: Values) -> None:
        self.created += 1
        self.changes.append(audit.Change(record, "created", after=_audited(values)))

    def note_compared(self, record: models.Model, before: Values, after: Values) -> bool:
        """True where the record differs from what the plan says."""
        if before == after:
            self.unchanged += 1
            return False
        self.updated += 1
        old, new = audit.differences(_audited(before), _audited(after))
        if new:
            verb = "deactivated" if new == {"is_active": False} else "edited"
            self.changes.append(audit.Change(record, verb, before=old, after=new))
        return True


def _load_resources(plan: CataloguePlan, loading: _Loading) -> dict[Key, Resource]:
    wanted: dict[Key, Values] = {
        (each.code,): {"code": each.code, "name": each.name, "unit": each.unit}
        for each in plan.resources
    }
    return _sync(Resource, wanted, lambda record: (record.code,), loading)


def _load_products(plan: CataloguePlan, loading: _Loading) -> dict[Key, Product]:
    wanted: dict[Key, Values] = {
        (each.code,): {"code": each.code, "name": each.name, "is_active": each.is_active}
        for each in plan.products
    }
    return _sync(Product, wanted, lambda record: (record.code,), loading)


def _load_modules(
    plan: CataloguePlan, products: Mapping[Key, Product], loading: _Loading
) -> dict[Key, Module]:
    wanted: dict[Key, Values] = {
        (product.code, module.code): {
            "product": products[product.code,],
            "code": module.code,
            "name": module.name,
            "position": position,
            "extra_schema": dict(module.extra_schema),
        }
        for product in plan.products
        for position, module in enumerate(product.modules, 1)
    }
    return _sync(Module, wanted, lambda record: (record.product.code, record.code), loading)


def _load_packages(
    plan: CataloguePlan, products: Mapping[Key, Product], loading: _Loading
) -> dict[Key, Package]:
    wanted: dict[Key, Values] = {
        (product.code, package.code): {
            "product": products[product.code,],
            "code": package.code,
            "name": package.name,
            "kind": package.kind,
        }
        for product in plan.products
        for package in product.packages
    }
    return _sync(Package, wanted, lambda record: (record.product.code, record.code), loading)


def _load_eligibility(
    plan: CataloguePlan,
    products: Mapping[Key, Product],
    packages: Mapping[Key, Package],
    loading: _Loading,
) -> None:
    wanted: dict[Key, Values] = {
        (product.code, reference.code): {
            "product": products[product.code,],
            "package": packages[product.code, reference.code],
        }
        for product in plan.products
        for reference in product.add_ons
    }
    _sync(
        AddOnEligibility, wanted, lambda record: (record.product.code, record.package.code), loading
    )


def _sync(
    model: type[M], wanted: Mapping[Key, Values], key_of: Callable[[M], Key], loading: _Loading
) -> dict[Key, M]:
    """Create or update the records; returns all that there are, by key. Three statements."""
    parents = [each.name for each in model._meta.fields if each.is_relation]
    records = model._default_manager.select_related(*parents) if parents else model._default_manager
    by_key = {key_of(record): record for record in records.all()}
    new = {key: model(**values) for key, values in wanted.items() if key not in by_key}
    changed = []
    for key, values in wanted.items():
        if key in by_key and loading.note_compared(
            by_key[key], _values(by_key[key], values), values
        ):
            _set(by_key[key], values)
            changed.append(by_key[key])
    _write(model, list(new.values()), changed, list(next(iter(wanted.values()), ())))
    for key, record in new.items():
        loading.note_created(record, wanted[key])
    return by_key | new


# --- items with their contents and taxes -------------------------------------------------------


def _load_items(
    plan: CataloguePlan,
    packages: Mapping[Key, Package],
    modules: Mapping[Key, Module],
    resources: Mapping[Key, Resource],
    loading: _Loading,
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
        elif loading.note_compared(record, _values(record, values) | _stored_parts(record), after):
            _set(record, values)
            changed.append(record)
    _write(Item, [record for record, _ in new], changed, _ITEM_FIELDS)
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


def _withdraw(records: Iterable[Item], loading: _Loading) -> None:
    """RULE R13: what the plan no longer has is inactive, not deleted."""
    sold = [record for record in records if record.is_active]
    for record in sold:
        loading.note_compared(record, {"is_active": True}, {"is_active": False})
        record.is_active = False
    Item.objects.bulk_update(sold, ["is_active"])


# --- helpers -----------------------------------------------------------------------------------


def _write(model: type[M], new: Sequence[M], changed: Sequence[M], fields: Sequence[str]) -> None:
    model._default_manager.bulk_create(new)
    if changed:
        model._default_manager.bulk_update(changed, fields, batch_size=200)


def _values(record: models.Model, values: Values) -> Values:
    return {name: getattr(record, name) for name in values}


def _set(record: models.Model, values: Values) -> None:
    for name, value in values.items():
        setattr(record, name, value)


def _audited(values: Values) -> Values:
    """Records become their codes or names: the audit trail is read years later."""
    return {
        name: str(value) if isinstance(value, models.Model) else value
        for name, value in values.items()
        if name != "search_key"
    }
