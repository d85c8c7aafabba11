"""Products, entered and changed on the screen, each with what a trial of it grants (R13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from capphep.catalog import code_rules
from capphep.catalog.actions.items import renew_search_keys
from capphep.catalog.actions.products import stored_trials
from capphep.catalog.actions.records import (
    begin,
    check_free,
    note_created,
    record_of,
    seen,
    write,
)
from capphep.catalog.actions.units import Units, named, read_units
from capphep.catalog.models import Item, Product, TrialDefault
from capphep.platform.roles import Actor
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.problems import Problems


@dataclass(frozen=True, slots=True)
class ProductInput:
    """A product as it was typed; without months it is not offered for trial.

    ``trial`` are units by (module id, resource id).
    """

    code: str
    name: str
    co_terminates: bool
    trial_months: str
    trial: Mapping[tuple[int, int], str]


@transaction.atomic
def create_product(*, actor: Actor, typed: ProductInput) -> Product:
    """Enter a product; modules, and with them a trial, come afterwards.

    Raises Forbidden; Invalids at the fields of `ProductInput`.
    """
    begin(actor)
    problems, values = Problems(), dict[str, Any]()
    others = dict(Product.objects.values_list("code", "name"))
    with problems.noted():
        values["code"] = code_rules.code(typed.code)
        check_free(problems, others, values["code"], "code")
    values |= {"name": _name(typed, others, problems), "co_terminates": typed.co_terminates}
    problems.raise_any()
    product = Product.objects.create(**values, updated_by_id=actor.pk)
    note_created(actor, product, values)
    return product


@transaction.atomic
def edit_product(
    *, actor: Actor, product_id: int, seen_version: int, typed: ProductInput
) -> Product:
    """Change a product and its trial; its code stays. No running trial or term changes.

    Raises Forbidden, NotFound; Stale; Invalids at the fields of `ProductInput`, of what a
    trial grants at ``units_<module>_<resource>``.
    """
    begin(actor)
    product = record_of(Product, product_id)
    seen(product, seen_version)
    problems = Problems()
    others = dict(Product.objects.exclude(pk=product.pk).values_list("code", "name"))
    values: dict[str, Any] = {"name": _name(typed, others, problems)}
    values |= {"co_terminates": typed.co_terminates, "trial_months": _months(typed, problems)}
    trial = _trial(typed, product, problems)
    problems.raise_any()
    is_renamed = values["name"] != product.name
    before = dict(stored_trials().get(product.code, {}))
    if write(actor, product, values, parts=({"trial": before}, {"trial": named(trial)})):
        _write_trial(product, trial)
    if is_renamed:
        renew_search_keys(Item.objects.filter(package__product=product))
    return product


@transaction.atomic
def set_product_active(*, actor: Actor, product_id: int, is_active: bool) -> Product:
    """RULE R13: end the sale of all its items, and back. Raises Forbidden, NotFound."""
    begin(actor)
    product = record_of(Product, product_id)
    verb = "reactivated" if is_active else "deactivated"
    write(actor, product, {"is_active": is_active}, verb=verb)
    return product


def _name(typed: ProductInput, others: Mapping[str, str], problems: Problems) -> str:
    name = ""
    with problems.noted():
        name = code_rules.line(typed.name, "name", code_rules.LONGEST_NAME)
    check_free(problems, {other: code for code, other in others.items()}, name, "name")
    return name


def _months(typed: ProductInput, problems: Problems) -> int | None:
    months = None
    if typed.trial_months.strip():
        with problems.noted(field="trial_months"):
            months = code_rules.months(typed.trial_months)
    return months


def _trial(typed: ProductInput, product: Product, problems: Problems) -> Units:
    if not typed.trial_months.strip():
        return []
    found = read_units(typed.trial, product.pk, problems)
    if not found and not problems.refusals:
        message = gettext_noop("Say what a trial grants, or leave its months empty.")
        problems.add(Invalid("trial_required", message, field="trial_months"))
    return found


def _write_trial(product: Product, trial: Units) -> None:
    TrialDefault.objects.filter(module__product=product).delete()
    TrialDefault.objects.bulk_create(
        TrialDefault(module=module, resource=resource, quantity=units)
        for module, resource, units in trial
    )
