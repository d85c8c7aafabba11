"""Customers over the API. They are named by their budget code."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Field, Query, Schema

from capphep.crm.actions.customers import create_customer, edit_customer
from capphep.crm.customer_rules import CustomerInput
from capphep.crm.models import Customer, Sector
from capphep.crm.queries.customers import (
    customer_not_found,
    search_customers,
    visible_customers,
)
from capphep.platform.api import (
    ApiRequest,
    Page,
    PageQuery,
    Principal,
    Routes,
    Scope,
    page_of,
    seen_version,
    tagged,
)
from capphep.pure.errors import Invalid, gettext_noop

routes = Routes("Customers")
_OWN: Final = (
    *("name", "org_type", "public_unit_kind", "level", "chapter_code", "tax_code"),
    *("province", "commune", "address", "phone", "email", "note"),
)


class CustomerFields(Schema):
    """What is said of a unit. Codes may be written with spaces or points (R11)."""

    name: str = Field(max_length=250)
    org_type: str = Field(description="central, province, commune")
    public_unit_kind: str = Field(description="committee, department, education, other")
    level: int = Field(4, description="1 central, 2 province, 4 commune")
    parent: str = Field("", description="budget code of the governing unit")
    sector: str = Field("", description="name of the sector")
    chapter_code: str = ""
    tax_code: str = ""
    province: str = ""
    commune: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""


class NewCustomer(CustomerFields):
    budget_code: str = Field(description="7 digits, unique for life")


class CustomerOut(CustomerFields):
    budget_code: str
    is_active: bool
    version: int = Field(description="counts changes; the ETag")


class CustomerPatch(Schema):
    """What changes; a member that is left out stays."""

    name: str | None = None
    org_type: str | None = None
    public_unit_kind: str | None = None
    level: int | None = None
    parent: str | None = None
    sector: str | None = None
    chapter_code: str | None = None
    tax_code: str | None = None
    province: str | None = None
    commune: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    note: str | None = None


class CustomerQuery(PageQuery):
    q: str = Field("", max_length=200, description="words of code, name or tax code")


@routes.read("/customers", Scope.CUSTOMERS_READ, Page[CustomerOut])
def list_customers(request: ApiRequest, query: Query[CustomerQuery]) -> Any:
    """List customers, newest first."""
    found = search_customers(_visible(request.auth), query.q)
    return page_of(found, query, sort="-created_at", shape=shown)


@routes.read("/customers/{budget_code}", Scope.CUSTOMERS_READ, CustomerOut)
def get_customer(request: ApiRequest, budget_code: str, response: HttpResponse) -> Any:
    """Read one customer."""
    return _answer(customer_named(request.auth, budget_code), response)


@routes.create("/customers", Scope.CUSTOMERS_WRITE, CustomerOut)
def enter_customer(request: ApiRequest, data: NewCustomer, response: HttpResponse) -> Any:
    """Enter a customer; it belongs to the user of the token."""
    request.auth.require_unbound()
    typed = _typed(request.auth, data.dict())
    return _answer(create_customer(actor=request.auth.actor, typed=typed), response)


@routes.change("/customers/{budget_code}", Scope.CUSTOMERS_WRITE, CustomerOut)
def change_customer(
    request: ApiRequest, budget_code: str, data: CustomerPatch, response: HttpResponse
) -> Any:
    """Change a customer."""
    version = seen_version(request)
    customer = customer_named(request.auth, budget_code)
    sent = {name: value for name, value in data.dict().items() if value is not None}
    changed = edit_customer(
        actor=request.auth.actor,
        customer_id=customer.pk,
        seen_version=version,
        typed=_typed(request.auth, shown(customer) | sent),
    )
    return _answer(changed, response)


def customer_named(principal: Principal, budget_code: str) -> Customer:
    """The customer, where the token and its user may know of it. Raises NotFound."""
    found = _visible(principal).filter(budget_code=budget_code).first()
    if found is None:
        raise customer_not_found()
    return found


def _visible(principal: Principal) -> QuerySet[Customer]:
    rows = visible_customers(principal.actor).select_related("parent", "sector")
    return principal.within(rows, customer="pk")


def _typed(principal: Principal, data: dict[str, Any]) -> CustomerInput:
    """Raises Invalid ``parent_unknown``, ``sector_unknown``."""
    values = {name: data[name] for name in ("budget_code", *_OWN)}
    if data["parent"]:
        parent = _visible(principal).filter(budget_code=data["parent"]).first()
        if parent is None:
            message = gettext_noop("There is no such customer.")
            raise Invalid("parent_unknown", message, field="parent")
        values["parent_id"] = parent.pk
    if data["sector"]:
        sector = Sector.objects.filter(name=data["sector"]).first()
        if sector is None:
            message = gettext_noop("There is no such sector.")
            raise Invalid("sector_unknown", message, field="sector")
        values["sector_id"] = sector.pk
    return CustomerInput(**values)


def shown(customer: Customer) -> dict[str, Any]:
    """The customer as a `CustomerOut`; its parent and sector must be at hand."""
    values: dict[str, Any] = {name: getattr(customer, name) for name in ("budget_code", *_OWN)}
    return values | {
        "parent": customer.parent.budget_code if customer.parent else "",
        "sector": customer.sector.name if customer.sector else "",
        "is_active": customer.is_active,
        "version": customer.version,
    }


def _answer(customer: Customer, response: HttpResponse) -> dict[str, Any]:
    tagged(response, customer.version)
    return shown(customer)
