"""Modules of products, and the resources that are counted, entered and changed on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from capphep.catalog import code_rules
from capphep.catalog.actions.records import (
    begin,
    check_free,
    note_created,
    record_of,
    seen,
    write,
)
from capphep.catalog.models import Module, Product, Resource
from capphep.platform.roles import Actor
from capphep.pure.problems import Problems


@dataclass(frozen=True, slots=True)
class PartInput:
    """A module or a resource as it was typed; ``unit`` is a resource's: "người", "GB"."""

    code: str
    name: str
    unit: str = ""


@transaction.atomic
def create_module(*, actor: Actor, product_id: int, typed: PartInput) -> Module:
    """Enter a module after the product's others. Raises Forbidden, NotFound; Invalids."""
    begin(actor)
    product = record_of(Product, product_id)
    others = dict(product.modules.values_list("code", "name"))
    last = product.modules.aggregate(last=Max("position"))["last"] or 0
    values = {"product": product, **_checked(typed, others, is_new=True), "position": last + 1}
    module = Module.objects.create(**values, updated_by_id=actor.pk)
    note_created(actor, module, values)
    return module


@transaction.atomic
def edit_module(*, actor: Actor, module_id: int, seen_version: int, typed: PartInput) -> Module:
    """Rename a module; its code stays. Raises Forbidden, NotFound; Stale; Invalids."""
    begin(actor)
    module = record_of(Module, module_id)
    seen(module, seen_version)
    siblings = module.product.modules.exclude(pk=module.pk)
    write(actor, module, _checked(typed, dict(siblings.values_list("code", "name")), is_new=False))
    return module


@transaction.atomic
def move_module(*, actor: Actor, module_id: int, up: bool) -> Module:
    """Show the module one place earlier, or later. Raises Forbidden, NotFound."""
    begin(actor)
    module = record_of(Module, module_id)
    rows = list(Module.objects.filter(product=module.product_id).order_by("position", "id"))
    place = rows.index(module)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        for position, each in enumerate(rows, 1):
            write(actor, each, {"position": position})
    return module


@transaction.atomic
def create_resource(*, actor: Actor, typed: PartInput) -> Resource:
    """Enter something that is counted, for all products. Raises Forbidden; Invalids."""
    begin(actor)
    others = dict(Resource.objects.values_list("code", "name"))
    values = _checked(typed, others, is_new=True, has_unit=True)
    resource = Resource.objects.create(**values, updated_by_id=actor.pk)
    note_created(actor, resource, values)
    return resource


@transaction.atomic
def edit_resource(
    *, actor: Actor, resource_id: int, seen_version: int, typed: PartInput
) -> Resource:
    """Rename a resource or its unit; its code stays.

    Raises Forbidden, NotFound; Stale; Invalids.
    """
    begin(actor)
    resource = record_of(Resource, resource_id)
    seen(resource, seen_version)
    others = dict(Resource.objects.exclude(pk=resource.pk).values_list("code", "name"))
    write(actor, resource, _checked(typed, others, is_new=False, has_unit=True))
    return resource


def _checked(
    typed: PartInput, others: Mapping[str, str], *, is_new: bool, has_unit: bool = False
) -> dict[str, Any]:
    problems, values = Problems(), dict[str, Any]()
    if is_new:
        with problems.noted():
            values["code"] = code_rules.code(typed.code)
            check_free(problems, others, values["code"], "code")
    with problems.noted():
        values["name"] = code_rules.line(typed.name, "name", code_rules.LONGEST_NAME)
        by_name = {name: code for code, name in others.items()}
        check_free(problems, by_name, values["name"], "name")
    if has_unit:
        with problems.noted():
            values["unit"] = code_rules.line(typed.unit, "unit", code_rules.LONGEST_CODE)
    problems.raise_any()
    return values
