"""A catalogue as plain values, as a file describes it, and what has to hold in it.

Every value knows the line of the file that it stands on, so that a mistake can be shown
where it was made. Codes are unique within: resources, products and items among all;
modules and packages in their product. So are names, by which other files refer to them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from capphep.catalog.kinds import PackageKind
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import fold
from capphep.pure.money import TaxRate


class HasLine(Protocol):
    @property
    def line(self) -> int: ...


T = TypeVar("T", bound=HasLine)

# Stands for a first day that could not be read.
NO_DAY: Final = datetime.date.min


class Mistake(Invalid):
    """A refusal of what stands on one line of a catalogue file."""

    def __init__(
        self,
        line: int,
        code: str,
        message: str,
        *,
        rule: str = "",
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code, message, rule=rule, field=f"line-{line}", params=params)
        self.line = line


@dataclass(frozen=True, slots=True)
class Reference:
    """The code of something that is described elsewhere in the file."""

    code: str
    line: int


@dataclass(frozen=True, slots=True)
class ResourcePlan:
    code: str
    name: str
    unit: str
    line: int


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """``extra_schema`` is valid and `schemas.numbered`."""

    code: str
    name: str
    extra_schema: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class ContentPlan:
    module: str
    resource: str
    units: int
    line: int


@dataclass(frozen=True, slots=True)
class TaxPlan:
    rate: TaxRate
    from_day: datetime.date
    line: int


@dataclass(frozen=True, slots=True)
class PricePlan:
    """A price from a coming day on; one whose day has come is the item's own."""

    price: int
    from_day: datetime.date
    line: int


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """``price`` is in whole đồng before tax, ``prices`` are those to come."""

    sku: str
    name: str
    price: int
    months: int
    note: str
    contents: tuple[ContentPlan, ...]
    taxes: tuple[TaxPlan, ...]
    line: int
    prices: tuple[PricePlan, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """Where ``renewal_only``, an add-on that nobody adds: its owners renew it (R8)."""

    code: str
    name: str
    kind: str
    items: tuple[ItemPlan, ...]
    line: int
    is_active: bool = True
    renewal_only: bool = False


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """What a trial of the product grants, and for how many months."""

    months: int
    contents: tuple[ContentPlan, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """``add_ons`` are the packages that the product's owners may add (R8).

    Where ``co_terminates``, an addition ends with the running term of its module (R9).
    Without a ``trial`` the product is not offered for trial.
    """

    code: str
    name: str
    is_active: bool
    co_terminates: bool
    trial: TrialPlan | None
    modules: tuple[ModulePlan, ...]
    packages: tuple[PackagePlan, ...]
    add_ons: tuple[Reference, ...]
    line: int


@dataclass(frozen=True, slots=True)
class CataloguePlan:
    resources: tuple[ResourcePlan, ...] = field(default=())
    products: tuple[ProductPlan, ...] = field(default=())

    def items(self) -> Iterator[tuple[ProductPlan, PackagePlan, ItemPlan]]:
        """Every item with the package and the product that it belongs to."""
        for product in self.products:
            for package in product.packages:
                for item in package.items:
                    yield product, package, item


def mistakes(plan: CataloguePlan) -> Iterator[Mistake]:
    """What contradicts itself in the plan: codes or names twice, references to nothing.

    An empty code or name was refused where it was read; it is not reported again.
    """
    yield from _codes_and_names(plan.resources)
    yield from _codes_and_names(plan.products)
    yield from _twice((item for _, _, item in plan.items()), lambda item: item.sku)
    resources = {resource.code for resource in plan.resources}
    for product in plan.products:
        yield from _codes_and_names(product.modules)
        yield from _codes_and_names(product.packages)
        yield from _add_ons(product)
        modules = {module.code for module in product.modules}
        yield from _contents(product.trial.contents if product.trial else (), modules, resources)
        for package in product.packages:
            for item in package.items:
                yield from _contents(item.contents, modules, resources)
                yield from _twice(item.taxes, _first_day)
                yield from _twice(item.prices, _first_day)


def _codes_and_names(
    plans: Iterable[ResourcePlan | ProductPlan | ModulePlan | PackagePlan],
) -> Iterator[Mistake]:
    found = list(plans)
    yield from _twice(found, lambda plan: plan.code)
    yield from _twice(found, lambda plan: plan.name)


def _twice(plans: Iterable[T], text_of: Callable[[T], str]) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for plan in plans:
        text, line = text_of(plan), getattr(plan, "line", 0)
        if text and fold(text) in first:
            message = gettext_noop("“%(value)s” stands already on line %(first)s.")
            yield Mistake(
                line, "twice", message, params={"value": text, "first": first[fold(text)]}
            )
        first.setdefault(fold(text), line)


def _add_ons(product: ProductPlan) -> Iterator[Mistake]:
    """RULE R8: the packages that an owner may add exist, are add-ons, and no add-on is missing."""
    kinds = {package.code: package.kind for package in product.packages}
    listed = {reference.code for reference in product.add_ons}
    yield from _twice(product.add_ons, lambda reference: reference.code)
    for reference in product.add_ons:
        if reference.code and kinds.get(reference.code) != PackageKind.ADD_ON:
            message = gettext_noop("%(product)s has no add-on package “%(value)s”.")
            params = {"product": product.name, "value": reference.code}
            yield Mistake(reference.line, "unknown_package", message, rule="R8", params=params)
    for package in product.packages:
        is_listed = package.code in listed
        if package.renewal_only and (is_listed or package.kind != PackageKind.ADD_ON):
            message = gettext_noop(
                "“%(value)s” is “renewal_only”: such a package is an add-on outside “add_ons”."
            )
            params = {"value": package.code}
            yield Mistake(package.line, "renewal_only", message, rule="R8", params=params)
        elif package.kind == PackageKind.ADD_ON and not is_listed and not package.renewal_only:
            message = gettext_noop(
                "Nobody may buy the add-on package “%(value)s”: list it in “add_ons”."
            )
            params = {"value": package.code}
            yield Mistake(package.line, "not_eligible", message, rule="R8", params=params)


def _contents(
    contents: Iterable[ContentPlan], modules: set[str], resources: set[str]
) -> Iterator[Mistake]:
    found = list(contents)
    yield from _twice(found, _place)
    for content in found:
        if content.module and content.module not in modules:
            message = gettext_noop("The product has no module “%(value)s”.")
            yield _unknown(content, "unknown_module", message, content.module)
        if content.resource and content.resource not in resources:
            message = gettext_noop("There is no resource “%(value)s”.")
            yield _unknown(content, "unknown_resource", message, content.resource)


def _place(content: ContentPlan) -> str:
    complete = content.module and content.resource
    return f"{content.module}/{content.resource}" if complete else ""


def _first_day(tax: TaxPlan | PricePlan) -> str:
    return "" if tax.from_day == NO_DAY else tax.from_day.isoformat()


def _unknown(content: ContentPlan, code: str, message: str, value: str) -> Mistake:
    return Mistake(content.line, code, message, params={"value": value})
