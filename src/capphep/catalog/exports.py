"""The catalogue as the file that `imports` reads: loading it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from django.db.models import Prefetch

from capphep.catalog import schema_history
from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import Item, Module, Package, Product, Resource, TrialDefault
from capphep.catalog.queries import in_order_of_catalogue

Node = dict[str, Any]
_HEAD = "# The catalogue as it stands; loading this file again changes nothing.\n"


class _Flow(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """A catalogue file has no anchors."""
        return True


_Dumper.add_representer(
    _Flow,
    lambda dumper, data: dumper.represent_mapping(
        "tag:yaml.org,2002:map", data.items(), flow_style=True
    ),
)


def catalogue_file() -> bytes:
    """Everything that there is, what is no longer sold with ``active: no``. Eleven statements.

    What came before (earlier editions of items, fields that are no longer asked for) is no part
    of it.
    """
    node = {
        "resources": [
            _Flow(code=each.code, name=each.name, unit=each.unit)
            for each in Resource.objects.order_by("id")
        ],
        "products": [_product(each) for each in _products()],
    }
    text = yaml.dump(node, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return (_HEAD + text).encode()


def _products() -> Iterator[Product]:
    contents = Prefetch("contents", queryset=in_order_of_catalogue())
    items = Item.objects.order_by("id").prefetch_related(contents, "taxes", "prices")
    trials = TrialDefault.objects.select_related("resource").order_by("id")
    modules = Module.objects.order_by("position", "id").prefetch_related(
        Prefetch("trial_defaults", queryset=trials)
    )
    packages = Package.objects.order_by("id").prefetch_related(Prefetch("items", queryset=items))
    yield from Product.objects.order_by("id").prefetch_related(
        Prefetch("modules", queryset=modules),
        Prefetch("packages", queryset=packages),
        "eligibilities",
    )


def _product(product: Product) -> Node:
    packages = list(product.packages.all())
    added = {each.package_id for each in product.eligibilities.all()}
    node: Node = {
        "code": product.code,
        "name": product.name,
        "modules": [_module(each) for each in product.modules.all()],
        "packages": [_package(each, each.pk in added) for each in packages],
        "add_ons": [each.code for each in packages if _is_added(each, added)],
        "co_terminates": product.co_terminates,
        "active": product.is_active,
    }
    return node | _trial(product)


def _is_added(package: Package, added: set[int]) -> bool:
    return package.pk in added and package.kind == PackageKind.ADD_ON


def _trial(product: Product) -> Node:
    if product.trial_months is None:
        return {}
    contents = [
        _Flow(module=module.code, resource=each.resource.code, units=each.quantity)
        for module in product.modules.all()
        for each in module.trial_defaults.all()
    ]
    return {"trial": {"months": product.trial_months, "contents": contents}}


def _module(module: Module) -> Node:
    schema = schema_history.asked(module.extra_schema)
    if not schema:
        return _Flow(code=module.code, name=module.name)
    return {"code": module.code, "name": module.name, "extra_schema": schema}


def _package(package: Package, is_added: bool) -> Node:
    node: Node = {"code": package.code, "name": package.name, "kind": package.kind}
    if package.kind == PackageKind.ADD_ON and not is_added:
        node["renewal_only"] = True
    if not package.is_active:
        node["active"] = False
    return node | {"items": [_item(each) for each in package.items.all()]}


def _item(item: Item) -> Node:
    taxes = sorted(item.taxes.all(), key=lambda tax: tax.from_day)
    prices = sorted(item.prices.all(), key=lambda price: price.from_day)
    node: Node = {
        "sku": item.sku,
        "name": item.name,
        "price": item.unit_price,
        "months": item.term_months,
        "tax": [_Flow({"rate": tax.rate, "from": tax.from_day}) for tax in taxes],
    }
    if prices:
        coming = [_Flow({"price": each.unit_price, "from": each.from_day}) for each in prices]
        node["prices"] = coming
    if item.note:
        node["note"] = item.note
    if not item.is_active:
        node["active"] = False
    contents = [
        _Flow(module=each.module.code, resource=each.resource.code, units=each.units)
        for each in item.contents.all()
    ]
    return node | {"contents": contents}
