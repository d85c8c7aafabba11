"""Products, each with what a trial of it grants, which is a part of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from capphep.catalog.actions.loading import Key, Loading, Parts, Values, sync
from capphep.catalog.models import Module, Product, Resource, TrialDefault
from capphep.catalog.plans import CataloguePlan, ContentPlan, ProductPlan

# By the code of a product, what a trial of it grants: "module/resource" to quantity.
Trials = Mapping[str, Mapping[str, int]]


def stored_trials() -> Trials:
    """What trials grant until now. One statement."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for each in TrialDefault.objects.select_related("module__product", "resource"):
        place = f"{each.module.code}/{each.resource.code}"
        found[each.module.product.code][place] = each.quantity
    return found


def load_products(plan: CataloguePlan, trials: Trials, loading: Loading) -> dict[Key, Product]:
    wanted: dict[Key, Values] = {(each.code,): _values(each) for each in plan.products}
    parts = Parts(
        planned={(each.code,): {"trial": _planned(each)} for each in plan.products},
        stored={(each.code,): {"trial": dict(trials.get(each.code, {}))} for each in plan.products},
    )
    return sync(Product, wanted, lambda record: (record.code,), loading, parts)


def load_trials(
    plan: CataloguePlan,
    trials: Trials,
    modules: Mapping[Key, Module],
    resources: Mapping[Key, Resource],
) -> None:
    """Write anew what trials grant, where it is not as planned. At most three statements."""
    changed = [each for each in plan.products if trials.get(each.code, {}) != _planned(each)]
    codes = [product.code for product in changed]
    TrialDefault.objects.filter(module__product__code__in=codes).delete()
    TrialDefault.objects.bulk_create(
        TrialDefault(
            module=modules[product.code, each.module],
            resource=resources[each.resource,],
            quantity=each.units,
        )
        for product in changed
        for each in _contents(product)
    )


def _values(product: ProductPlan) -> Values:
    return {
        "code": product.code,
        "name": product.name,
        "is_active": product.is_active,
        "co_terminates": product.co_terminates,
        "trial_months": product.trial.months if product.trial else None,
    }


def _planned(product: ProductPlan) -> dict[str, int]:
    return {f"{each.module}/{each.resource}": each.units for each in _contents(product)}


def _contents(product: ProductPlan) -> tuple[ContentPlan, ...]:
    return product.trial.contents if product.trial else ()
