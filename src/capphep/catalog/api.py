"""The catalogue over the API: codes that everything else names. Any token reads it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from ninja import Field, Query, Schema

from capphep.catalog.kinds import PackageKind
from capphep.catalog.models import Item, Module, Product, Resource
from capphep.catalog.queries import is_sold, listed_items, search_items, tax_rate_on
from capphep.platform import clock
from capphep.platform.api import ApiRequest, Page, PageQuery, Principal, Routes, page_of
from capphep.pure.money import TaxRate

routes = Routes("Catalogue")


class ProductOut(Schema):
    code: str
    name: str
    is_active: bool
    co_terminates: bool = Field(description="additions end with the module's running term (R9)")
    trial_months: int | None = Field(description="null: not offered for trial")


class ModuleOut(Schema):
    product: str = Field(description="code")
    code: str
    name: str
    extra_schema: dict[str, Any] = Field(
        description="JSON Schema of the module's own fields in a request"
    )


class ResourceOut(Schema):
    code: str
    name: str
    unit: str


class ContentOut(Schema):
    module: str
    resource: str
    units: int = Field(description="what one package adds")


class ItemOut(Schema):
    sku: str
    name: str
    product: str = Field(description="code")
    package: str
    package_kind: PackageKind
    unit_price: int = Field(description="whole đồng, before tax")
    tax_rate: TaxRate | None = Field(description="of today")
    term_months: int
    is_sold: bool
    contents: list[ContentOut]


class ItemQuery(PageQuery):
    q: str = Field("", max_length=200, description="words of code, name, package or product")


@routes.read("/products", None, Page[ProductOut])
def list_products(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """List products."""
    rows = request.auth.within(Product.objects.all(), product="pk")
    return page_of(rows, query, sort="code", shape=_product)


@routes.read("/modules", None, Page[ModuleOut])
def list_modules(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """List the modules of all products."""
    rows = Module.objects.select_related("product")
    return page_of(request.auth.within(rows, product="product"), query, sort="pk", shape=_module)


@routes.read("/resources", None, Page[ResourceOut])
def list_resources(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """List what is counted."""
    return page_of(Resource.objects.all(), query, sort="code", shape=_resource)


@routes.read("/items", None, Page[ItemOut])
def list_items(request: ApiRequest, query: Query[ItemQuery]) -> Any:
    """List what can be ordered, with what one package contains."""
    rows = search_items(query.q, _items(request.auth))
    return page_of(rows, query, sort="sku", shape=_item)


def _items(principal: Principal) -> QuerySet[Item]:
    return principal.within(listed_items(), product="package__product")


def _product(product: Product) -> dict[str, Any]:
    return {name: getattr(product, name) for name in ProductOut.model_fields}


def _module(module: Module) -> dict[str, Any]:
    own = ("code", "name", "extra_schema")
    return {name: getattr(module, name) for name in own} | {"product": module.product.code}


def _resource(resource: Resource) -> dict[str, Any]:
    return {name: getattr(resource, name) for name in ResourceOut.model_fields}


def _item(item: Item) -> dict[str, Any]:
    package = item.package
    own = ("sku", "name", "unit_price", "term_months")
    values: dict[str, Any] = {name: getattr(item, name) for name in own}
    return values | {
        "product": package.product.code,
        "package": package.name,
        "package_kind": package.kind,
        "tax_rate": tax_rate_on([item], clock.today()).get(item.pk),
        "is_sold": is_sold(item),
        "contents": [
            {
                "module": content.module.code,
                "resource": content.resource.code,
                "units": content.units,
            }
            for content in item.contents.all()
        ],
    }
