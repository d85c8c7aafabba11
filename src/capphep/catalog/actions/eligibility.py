"""Which packages the owners of a product may add (R8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from capphep.catalog.actions.records import begin, record_of, seen, write
from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import AddOnEligibility, Package, Product
from capphep.platform.roles import Actor


@transaction.atomic
def set_add_ons(
    *, actor: Actor, versions: Mapping[int, int], allowed: Mapping[int, Collection[int]]
) -> list[Product]:
    """RULE R8: let the owners of each product add these packages, and no others.

    ``versions`` are those of the products that the person saw; one that is left out of
    ``allowed`` may add nothing. Returns the products that changed; orders that exist stay.
    Raises Forbidden, NotFound; Stale.
    """
    begin(actor)
    changed = []
    for product_id, version in sorted(versions.items()):
        product = record_of(Product, product_id)
        own = product.packages.filter(kind=PackageKind.ADD_ON).order_by("id")
        wanted = [each for each in own if each.pk in allowed.get(product_id, ())]
        before, after = _names(_allowed(product)), _names(wanted)
        if before != after:
            seen(product, version)
            write(actor, product, {}, parts=({"add_ons": before}, {"add_ons": after}))
            _replace(product, wanted)
            changed.append(product)
    return changed


def open_to_owners(package: Package) -> None:
    """A new add-on is for the owners of its product, until somebody says otherwise."""
    rows = AddOnEligibility.objects.filter(package=package)
    if package.kind != PackageKind.ADD_ON:
        rows.delete()
    elif not rows.exists():
        AddOnEligibility.objects.create(product_id=package.product_id, package=package)


def _allowed(product: Product) -> list[Package]:
    rows = product.eligibilities.select_related("package").order_by("package_id")
    return [each.package for each in rows]


def _names(packages: Collection[Package]) -> str:
    return ", ".join(package.name for package in packages)


def _replace(product: Product, wanted: Collection[Package]) -> None:
    product.eligibilities.all().delete()
    AddOnEligibility.objects.bulk_create(
        AddOnEligibility(product=product, package=package) for package in wanted
    )
