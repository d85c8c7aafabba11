"""How many units of which resource for which module, as they were typed into a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from capphep.catalog.models import Module, Resource
from capphep.pure.problems import Problems
from capphep.pure.quantities import parse_quantity

Units: TypeAlias = list[tuple[Module, Resource, int]]


def read_units(typed: Mapping[tuple[int, int], str], product_id: int, problems: Problems) -> Units:
    """What stands in the cells of the product's modules, by (module id, resource id).

    What is no quantity is noted at ``units_<module>_<resource>``.
    """
    modules = Module.objects.filter(product=product_id).in_bulk()
    resources, found = Resource.objects.in_bulk(), []
    for (module_id, resource_id), text in typed.items():
        module, resource = modules.get(module_id), resources.get(resource_id)
        if not text.strip() or module is None or resource is None:
            continue
        with problems.noted(field=f"units_{module_id}_{resource_id}"):
            found.append((module, resource, parse_quantity(text)))
    return found


def named(units: Units) -> dict[str, int]:
    """As the audit trail keeps them: "module/resource" to units."""
    return {f"{module.code}/{resource.code}": count for module, resource, count in units}
