"""Packages, entered and changed on the screen (R13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from capphep.catalog import code_rules
from capphep.catalog.actions.eligibility import open_to_owners
from capphep.catalog.actions.items import renew_search_keys
from capphep.catalog.actions.records import (
    begin,
    check_free,
    note_created,
    record_of,
    seen,
    write,
)
from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import Package, Product
from capphep.platform.roles import Actor
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.problems import Problems


@dataclass(frozen=True, slots=True)
class PackageInput:
    product_id: int
    code: str
    name: str
    kind: str


@transaction.atomic
def create_package(*, actor: Actor, typed: PackageInput) -> Package:
    """Enter a package of a product. Raises Forbidden, NotFound; Invalids at `PackageInput`."""
    begin(actor)
    product, problems = record_of(Product, typed.product_id), Problems()
    others = dict(product.packages.values_list("code", "name"))
    values: dict[str, Any] = {"product": product, "code": ""}
    with problems.noted():
        values["code"] = code_rules.code(typed.code)
    check_free(problems, others, values["code"], "code")
    values |= _package_values(typed, others, problems)
    problems.raise_any()
    package = Package.objects.create(**values, updated_by_id=actor.pk)
    open_to_owners(package)
    note_created(actor, package, values)
    return package


@transaction.atomic
def edit_package(
    *, actor: Actor, package_id: int, seen_version: int, typed: PackageInput
) -> Package:
    """Rename a package; code and product stay, and its kind once it has items.

    Raises Forbidden, NotFound; Stale; Invalids at `PackageInput`.
    """
    begin(actor)
    package = record_of(Package, package_id)
    seen(package, seen_version)
    siblings = package.product.packages.exclude(pk=package.pk)
    problems, kind = Problems(), package.kind
    values = _package_values(typed, dict(siblings.values_list("code", "name")), problems)
    if values["kind"] != package.kind and package.items.exists():
        message = gettext_noop("A package with items keeps its kind: enter another package.")
        problems.add(Invalid("kind_fixed", message, rule="R8", field="kind"))
    problems.raise_any()
    if write(actor, package, values):
        if package.kind != kind:
            open_to_owners(package)
        renew_search_keys(package.items.all())
    return package


@transaction.atomic
def set_package_active(*, actor: Actor, package_id: int, is_active: bool) -> Package:
    """RULE R13: end the sale of everything in the package, and back.

    Raises Forbidden, NotFound.
    """
    begin(actor)
    package = record_of(Package, package_id)
    verb = "reactivated" if is_active else "deactivated"
    write(actor, package, {"is_active": is_active}, verb=verb)
    return package


def _package_values(
    typed: PackageInput, others: Mapping[str, str], problems: Problems
) -> dict[str, Any]:
    name = ""
    with problems.noted():
        name = code_rules.line(typed.name, "name", code_rules.LONGEST_NAME)
    by_name = {other: code for code, other in others.items()}
    check_free(problems, by_name, name, "name")
    if typed.kind not in PackageKind.values:
        problems.add(Invalid("bad_kind", gettext_noop("Choose the kind."), field="kind"))
    return {"name": name, "kind": typed.kind}
