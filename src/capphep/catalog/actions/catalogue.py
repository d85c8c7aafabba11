"""Writes of the catalogue: it is loaded as a whole, from a plan."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from capphep.catalog import plans, schema_history
from capphep.catalog.actions.items import load_items
from capphep.catalog.actions.loading import Key, Loaded, Loading, Values, sync
from capphep.catalog.actions.products import load_products, load_trials, stored_trials
from capphep.catalog.clashes import clashes
from capphep.catalog.models import AddOnEligibility, Module, Package, Product, Resource
from capphep.catalog.plans import CataloguePlan
from capphep.catalog.previews import Preview, fingerprint_of, preview_of
from capphep.platform import audit
from capphep.platform.models import Installation
from capphep.platform.roles import Actor, Permission, require
from capphep.pure.errors import Invalids


@transaction.atomic
def load_catalogue(*, actor: Actor, plan: CataloguePlan) -> Loaded:
    """Make the catalogue read as the plan says; running it again changes nothing.

    An item that the plan does not have is no longer sold (R13), a product's trial that it
    does not have is no longer offered; nothing else that it does not have is touched.
    Raises Invalids of Mistake.
    """
    loading = _done(actor, plan)
    audit.record(actor, loading.changes)
    return loading.loaded


@transaction.atomic
def load_seen(*, actor: Actor, plan: CataloguePlan, seen: str) -> Loaded | Preview:
    """As `load_catalogue`, if that does what the person has seen; else what it would do now.

    ``seen`` is the fingerprint of that preview, "" before the first: then nothing is changed.
    Raises Invalids of Mistake.
    """
    loading = _done(actor, plan)
    if seen == fingerprint_of(loading):
        audit.record(actor, loading.changes)
        return loading.loaded
    preview = preview_of(loading)
    # It was done to find out what it does, and is taken back.
    transaction.set_rollback(True)
    return preview


def _done(actor: Actor, plan: CataloguePlan) -> Loading:
    require(actor, Permission.CATALOGUE_WRITE)
    # Two loads at once take turns: each sees what the other made.
    list(Installation.objects.select_for_update())
    found = [*plans.mistakes(plan), *clashes(plan)]
    if found:
        raise Invalids(found)
    loading = Loading()
    _load(plan, loading)
    return loading


def _load(plan: CataloguePlan, loading: Loading) -> None:
    resources = _load_resources(plan, loading)
    trials = stored_trials()
    products = load_products(plan, trials, loading)
    modules = _load_modules(plan, products, loading)
    load_trials(plan, trials, modules, resources)
    packages = _load_packages(plan, products, loading)
    load_items(plan, packages, modules, resources, loading)
    _load_eligibility(plan, products, packages, loading)


def _load_resources(plan: CataloguePlan, loading: Loading) -> dict[Key, Resource]:
    wanted: dict[Key, Values] = {
        (each.code,): {"code": each.code, "name": each.name, "unit": each.unit}
        for each in plan.resources
    }
    return sync(Resource, wanted, lambda record: (record.code,), loading)


def _load_modules(
    plan: CataloguePlan, products: Mapping[Key, Product], loading: Loading
) -> dict[Key, Module]:
    stored = {
        (product, code): schema
        for product, code, schema in Module.objects.values_list(
            "product__code", "code", "extra_schema"
        )
    }
    wanted: dict[Key, Values] = {
        (product.code, module.code): {
            "product": products[product.code,],
            "code": module.code,
            "name": module.name,
            "position": position,
            "extra_schema": schema_history.evolved(
                stored.get((product.code, module.code)), module.extra_schema, loading.at
            ),
        }
        for product in plan.products
        for position, module in enumerate(product.modules, 1)
    }
    return sync(Module, wanted, lambda record: (record.product.code, record.code), loading)


def _load_packages(
    plan: CataloguePlan, products: Mapping[Key, Product], loading: Loading
) -> dict[Key, Package]:
    wanted: dict[Key, Values] = {
        (product.code, package.code): {
            "product": products[product.code,],
            "code": package.code,
            "name": package.name,
            "kind": package.kind,
            "is_active": package.is_active,
        }
        for product in plan.products
        for package in product.packages
    }
    return sync(Package, wanted, lambda record: (record.product.code, record.code), loading)


def _load_eligibility(
    plan: CataloguePlan,
    products: Mapping[Key, Product],
    packages: Mapping[Key, Package],
    loading: Loading,
) -> None:
    wanted: dict[Key, Values] = {
        (product.code, reference.code): {
            "product": products[product.code,],
            "package": packages[product.code, reference.code],
        }
        for product in plan.products
        for reference in product.add_ons
    }
    sync(
        AddOnEligibility, wanted, lambda record: (record.product.code, record.package.code), loading
    )
    closed = [
        packages[product.code, package.code]
        for product in plan.products
        for package in product.packages
        if package.renewal_only
    ]
    ended = AddOnEligibility.objects.filter(package__in=closed)
    for each in ended.select_related("product", "package"):
        loading.note_removed(each, {"product": each.product, "package": each.package})
    ended.delete()
