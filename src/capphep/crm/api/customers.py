"""Customers over the API. They are named by their budget code."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Field, Query, Schema

from capphep.crm.actions.customers import (
    create_customer,
    deactivate_customer,
    edit_customer,
    reactivate_customer,
)
from capphep.crm.actions.duplicates import PossibleDuplicates
from capphep.crm.customer_rules import TYPED, CustomerInput
from capphep.crm.duplicate_rules import Confirmed
from capphep.crm.models import CodeKind, Customer, Level, OrgType, PublicUnitKind, Sector
from capphep.crm.queries.customers import (
    customer_not_found,
    search_customers,
    visible_customers,
)
from capphep.crm.queries.former import named
from capphep.platform.api import (
    ApiRequest,
    Input,
    Page,
    PageQuery,
    Patch,
    Principal,
    Routes,
    Scope,
    located,
    merged,
    page_of,
    seen_version,
    tagged,
)
from capphep.platform.api.inputs import WHOLE
from capphep.platform.api.problems import Problem, problem
from capphep.platform.personal import Email, Phone
from capphep.pure.errors import Conflict, Invalid, gettext_noop

routes = Routes("Customers")


class CustomerFields(Input):
    """What is said of a unit. Codes may be written with spaces or points (R11)."""

    name: str = Field(description="at most 250 characters")
    org_type: OrgType
    public_unit_kind: PublicUnitKind
    level: Annotated[Level, WHOLE] = Field(
        Level.COMMUNE, description="1 central, 2 province, 4 commune"
    )
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
    confirm: list[str] = Field(
        [], description="the budget codes that the 409 named, when they are other units (D1)"
    )
    confirm_reason: str = Field("", description="why, where a tax code is the same")


class CustomerChange(CustomerFields):
    confirm: list[str] = Field([], description="as on entering a customer (D1)")
    confirm_reason: str = ""


class AlikeOut(Schema):
    budget_code: str
    name: str
    in_charge: str = Field(description="the salesperson; empty for the common pool")
    alike: str = Field(description="`tax_code` or `name`")


class PossibleDuplicate(Problem):
    """It may be the same unit as one of these: look, then send `confirm` with it."""

    confirm: list[str]
    customers: list[AlikeOut]


_ALIKE: Final = {409: PossibleDuplicate}


class CustomerOut(CustomerFields):
    phone: Phone = ""
    email: Email = ""
    budget_code: str
    is_active: bool
    merged_into: str = Field(
        description="budget code of the customer that this one turned out to be"
    )
    successor: str = Field(description="budget code of the unit that carries on its work")
    succeeded_on: datetime.date | None = Field(description="since that local day")
    version: int = Field(description="counts changes; the ETag")
    created_at: datetime.datetime
    updated_at: datetime.datetime


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


@routes.create("/customers", Scope.CUSTOMERS_WRITE, CustomerOut, refused=_ALIKE)
def enter_customer(request: ApiRequest, data: NewCustomer, response: HttpResponse) -> Any:
    """Enter a customer; it belongs to the user of the token."""
    request.auth.require_unbound()
    sent = data.model_dump()
    typed, confirmed = _typed(request.auth, sent), _confirmed(sent)
    try:
        made = create_customer(actor=request.auth.actor, typed=typed, confirmed=confirmed)
    except PossibleDuplicates as found:
        return _asked(found)
    located(response, f"/customers/{made.budget_code}")
    return _answer(made, response)


@routes.change("/customers/{budget_code}", Scope.CUSTOMERS_WRITE, CustomerOut, refused=_ALIKE)
def change_customer(
    request: ApiRequest, budget_code: str, data: Patch[CustomerChange], response: HttpResponse
) -> Any:
    """Change a customer."""
    version = seen_version(request)
    customer = customer_named(request.auth, budget_code)
    try:
        changed = edit_customer(
            actor=request.auth.actor,
            customer_id=customer.pk,
            seen_version=version,
            typed=_typed(request.auth, merged(shown(customer), data), customer),
            confirmed=_confirmed(data.model_dump(exclude_unset=True)),
        )
    except PossibleDuplicates as found:
        return _asked(found)
    return _answer(changed, response)


class FormerCodeOut(Schema):
    kind: CodeKind
    value: str
    first_day: datetime.date | None
    last_day: datetime.date | None
    reason: str


@routes.read("/customers/{budget_code}/former-codes", Scope.CUSTOMERS_READ, list[FormerCodeOut])
def list_former_codes(request: ApiRequest, budget_code: str) -> Any:
    """List former codes and names of a customer, the latest first."""
    customer = customer_named(request.auth, budget_code)
    rows = customer.former_codes.order_by("-last_day", "-pk")
    return [{name: getattr(one, name) for name in FormerCodeOut.model_fields} for one in rows[:500]]


@routes.create("/customers/{budget_code}/deactivate", Scope.CUSTOMERS_WRITE, CustomerOut, 200)
def stop_following(request: ApiRequest, budget_code: str, response: HttpResponse) -> Any:
    """Stop following a customer (R13: instead of deleting it)."""
    customer = customer_named(request.auth, budget_code)
    changed = deactivate_customer(actor=request.auth.actor, customer_id=customer.pk)
    return _answer(changed, response)


@routes.create("/customers/{budget_code}/reactivate", Scope.CUSTOMERS_WRITE, CustomerOut, 200)
def follow_again(request: ApiRequest, budget_code: str, response: HttpResponse) -> Any:
    """Follow a customer again."""
    customer = customer_named(request.auth, budget_code)
    changed = reactivate_customer(actor=request.auth.actor, customer_id=customer.pk)
    return _answer(changed, response)


def customer_named(principal: Principal, budget_code: str) -> Customer:
    """The customer, where the token and its user may know of it. Raises NotFound."""
    rows = _visible(principal)
    found = named(rows, budget_code)
    if found is None:
        raise customer_not_found()
    return found


def _visible(principal: Principal) -> QuerySet[Customer]:
    rows = visible_customers(principal.actor).select_related(
        "parent", "sector", "merged_into", "successor"
    )
    return principal.within(rows, customer="pk")


def _typed(
    principal: Principal, data: dict[str, Any], before: Customer | None = None
) -> CustomerInput:
    """Raises Invalid ``parent_unknown``, ``sector_unknown``."""
    values = {name: data[name] for name in TYPED}
    parent, sector = data["parent"], data["sector"]
    values["parent_id"] = _parent_id(principal, parent, before) if parent else None
    values["sector_id"] = _sector_id(sector) if sector else None
    return CustomerInput(**values)


def _confirmed(sent: Mapping[str, Any]) -> Confirmed:
    return Confirmed(frozenset(sent.get("confirm", ())), sent.get("confirm_reason", ""))


def _asked(found: PossibleDuplicates) -> HttpResponse:
    customers = [
        {
            "budget_code": one.customer.budget_code,
            "name": one.customer.name,
            "in_charge": one.customer.owner.full_name if one.customer.owner else "",
            "alike": one.alike.value,
        }
        for one in found.found
    ]
    field = "confirm_reason" if found.field else "confirm"
    told = Conflict(found.code, found.message, rule=found.rule, field=field, params=found.params)
    return problem(409, [told], confirm=found.codes, customers=customers)


def _parent_id(principal: Principal, budget_code: str, before: Customer | None) -> int:
    """What stands there already may stay."""
    if before is not None and before.parent and before.parent.budget_code == budget_code:
        return before.parent.pk
    found = _visible(principal).filter(budget_code=budget_code).first()
    if found is None:
        message = gettext_noop("There is no such customer.")
        raise Invalid("parent_unknown", message, field="parent")
    return found.pk


def _sector_id(name: str) -> int:
    found = Sector.objects.filter(name=name).first()
    if found is None:
        raise Invalid("sector_unknown", gettext_noop("There is no such sector."), field="sector")
    return found.pk


def shown(customer: Customer) -> dict[str, Any]:
    """The customer as a `CustomerOut`; its parent and sector must be at hand."""
    own = (*TYPED, "is_active", "version", "created_at", "updated_at")
    values: dict[str, Any] = {name: getattr(customer, name) for name in own}
    return values | {
        "parent": customer.parent.budget_code if customer.parent else "",
        "sector": customer.sector.name if customer.sector else "",
        "successor": customer.successor.budget_code if customer.successor else "",
        "succeeded_on": customer.succeeded_on,
        "merged_into": customer.merged_into.budget_code if customer.merged_into else "",
    }


def _answer(customer: Customer, response: HttpResponse) -> dict[str, Any]:
    tagged(response, customer.version)
    return shown(customer)
