"""Where a plan contradicts what this installation has already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from capphep.catalog.models import Item, Product, Resource
from capphep.catalog.plans import CataloguePlan, Mistake, ProductPlan, ResourcePlan
from capphep.pure.errors import gettext_noop
from capphep.pure.folding import fold


def clashes(plan: CataloguePlan) -> Iterator[Mistake]:
    """Where the plan contradicts what this installation has already. Three statements.

    A name that another record bears would make two of one name; an item belongs to one
    product for life, because orders of that product refer to it.
    """
    yield from _taken_names(plan.resources, Resource.objects.all())
    yield from _taken_names(plan.products, Product.objects.all())
    homes = dict(Item.objects.values_list("sku", "package__product__code"))
    for product, _, item in plan.items():
        home = homes.get(item.sku, product.code)
        if home != product.code:
            message = gettext_noop("The item “%(value)s” belongs to the product “%(product)s”.")
            params = {"value": item.sku, "product": home}
            yield Mistake(item.line, "other_product", message, params=params)


def _taken_names(
    plans: Iterable[ResourcePlan | ProductPlan], records: QuerySet[Resource] | QuerySet[Product]
) -> Iterator[Mistake]:
    codes = {fold(name): code for code, name in records.values_list("code", "name")}
    for plan in plans:
        code = codes.get(fold(plan.name), plan.code)
        if plan.name and code != plan.code:
            message = gettext_noop("“%(value)s” is already the name of “%(code)s”.")
            params = {"value": plan.name, "code": code}
            yield Mistake(plan.line, "name_taken", message, params=params)
