"""Opportunities and sales projects over the API."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Field, Query, Schema
from pydantic import StrictInt

from capphep.crm.actions.opportunities import (
    create_opportunity,
    edit_opportunity,
    move_opportunity,
)
from capphep.crm.api.named import customer_id_of, project_id_of
from capphep.crm.models import Opportunity, SalesProject
from capphep.crm.queries.former import code_of_today
from capphep.crm.queries.sales import (
    opportunity_not_found,
    project_of,
    search_opportunities,
    search_projects,
    visible_opportunities,
    visible_projects,
)
from capphep.crm.sales_rules import OpportunityInput
from capphep.crm.states import OpportunityStage
from capphep.platform.api import (
    ApiRequest,
    Input,
    LocalDay,
    Page,
    PageQuery,
    Patch,
    Principal,
    RecordId,
    Routes,
    Scope,
    located,
    merged,
    page_of,
    seen_version,
    tagged,
)

routes = Routes("Opportunities")
_OWN: Final = ("name", "expected_amount", "expected_on", "note")


class OpportunityFields(Input):
    name: str
    customer: str = Field(description="budget code")
    project: str = Field("", description="code of the sales project")
    expected_amount: StrictInt | None = Field(None, description="whole đồng")
    expected_on: LocalDay | None = Field(None, description="local day")
    note: str = ""


class OpportunityOut(OpportunityFields):
    id: int
    customer_name: str
    stage: OpportunityStage
    salesperson: str
    version: int
    created_at: datetime.datetime
    updated_at: datetime.datetime


class OpportunityQuery(PageQuery):
    q: str = Field("", max_length=200, description="words of name, customer or budget code")
    customer: str = Field("", max_length=20, description="budget code")
    stage: OpportunityStage | None = None


@routes.read("/opportunities", Scope.OPPORTUNITIES_READ, Page[OpportunityOut])
def list_opportunities(request: ApiRequest, query: Query[OpportunityQuery]) -> Any:
    """List opportunities, newest first."""
    rows = search_opportunities(_visible(request.auth), query.q)
    if query.customer:
        rows = rows.filter(customer__budget_code=code_of_today(query.customer))
    if query.stage:
        rows = rows.filter(stage=query.stage)
    return page_of(rows, query, sort="-created_at", shape=_shown)


@routes.create("/opportunities", Scope.OPPORTUNITIES_WRITE, OpportunityOut)
def enter_opportunity(request: ApiRequest, data: OpportunityFields, response: HttpResponse) -> Any:
    """Enter an opportunity of the user of the token."""
    made = create_opportunity(
        actor=request.auth.actor, typed=_typed(request.auth, data.model_dump())
    )
    located(response, f"/opportunities/{made.pk}")
    return _answer(made, response)


@routes.read("/opportunities/{opportunity_id}", Scope.OPPORTUNITIES_READ, OpportunityOut)
def get_opportunity(request: ApiRequest, opportunity_id: RecordId, response: HttpResponse) -> Any:
    """Read one opportunity."""
    return _answer(_one(request.auth, opportunity_id), response)


@routes.change("/opportunities/{opportunity_id}", Scope.OPPORTUNITIES_WRITE, OpportunityOut)
def change_opportunity(
    request: ApiRequest,
    opportunity_id: RecordId,
    data: Patch[OpportunityFields],
    response: HttpResponse,
) -> Any:
    """Change an opportunity."""
    version = seen_version(request)
    before = _one(request.auth, opportunity_id)
    changed = edit_opportunity(
        actor=request.auth.actor,
        opportunity_id=before.pk,
        seen_version=version,
        typed=_typed(request.auth, merged(_shown(before), data), before),
    )
    return _answer(changed, response)


@routes.create(
    "/opportunities/{opportunity_id}/win", Scope.OPPORTUNITIES_WRITE, OpportunityOut, 200
)
def win(request: ApiRequest, opportunity_id: RecordId, response: HttpResponse) -> Any:
    """Note that an opportunity was won."""
    return _moved(request.auth, opportunity_id, "win", response)


@routes.create(
    "/opportunities/{opportunity_id}/lose", Scope.OPPORTUNITIES_WRITE, OpportunityOut, 200
)
def lose(request: ApiRequest, opportunity_id: RecordId, response: HttpResponse) -> Any:
    """Note that an opportunity was lost."""
    return _moved(request.auth, opportunity_id, "lose", response)


@routes.create(
    "/opportunities/{opportunity_id}/reopen", Scope.OPPORTUNITIES_WRITE, OpportunityOut, 200
)
def reopen(request: ApiRequest, opportunity_id: RecordId, response: HttpResponse) -> Any:
    """Open an opportunity again."""
    return _moved(request.auth, opportunity_id, "reopen", response)


def _moved(
    principal: Principal, opportunity_id: int, verb: str, response: HttpResponse
) -> dict[str, Any]:
    found = _one(principal, opportunity_id)
    moved = move_opportunity(actor=principal.actor, opportunity_id=found.pk, verb=verb)
    return _answer(moved, response)


def _visible(principal: Principal) -> QuerySet[Opportunity]:
    rows = visible_opportunities(principal.actor)
    rows = rows.select_related("customer", "project", "salesperson")
    return principal.within(rows, customer="customer")


def _one(principal: Principal, opportunity_id: int) -> Opportunity:
    found = _visible(principal).filter(pk=opportunity_id).first()
    if found is None:
        raise opportunity_not_found()
    return found


def _typed(
    principal: Principal, data: dict[str, Any], before: Opportunity | None = None
) -> OpportunityInput:
    amount = data["expected_amount"]
    return OpportunityInput(
        name=data["name"],
        customer_id=customer_id_of(
            principal, data["customer"], before.customer if before else None
        ),
        project_id=project_id_of(data["project"], before.project if before else None),
        expected_amount="" if amount is None else amount,
        expected_on=data["expected_on"],
        note=data["note"],
    )


def _shown(opportunity: Opportunity) -> dict[str, Any]:
    own = ("id", *_OWN, "stage", "version", "created_at", "updated_at")
    values: dict[str, Any] = {name: getattr(opportunity, name) for name in own}
    return values | {
        "customer": opportunity.customer.budget_code,
        "customer_name": opportunity.customer.name,
        "project": opportunity.project.code if opportunity.project else "",
        "salesperson": opportunity.salesperson.full_name,
    }


def _answer(opportunity: Opportunity, response: HttpResponse) -> dict[str, Any]:
    tagged(response, opportunity.version)
    return _shown(opportunity)


# --- sales projects ------------------------------------------------------------------------------


class SalesProjectOut(Schema):
    id: int
    code: str = Field(description="what orders and opportunities name it by")
    name: str
    first_day: datetime.date | None
    last_day: datetime.date | None
    note: str
    is_active: bool
    version: int


class SalesProjectQuery(PageQuery):
    q: str = Field("", max_length=200, description="words of code or name")


@routes.read("/sales-projects", Scope.OPPORTUNITIES_READ, Page[SalesProjectOut])
def list_projects(request: ApiRequest, query: Query[SalesProjectQuery]) -> Any:
    """List sales projects, newest first."""
    rows = search_projects(visible_projects(request.auth.actor), query.q)
    return page_of(rows, query, sort="-created_at", shape=_project_shown)


@routes.read("/sales-projects/{project_id}", Scope.OPPORTUNITIES_READ, SalesProjectOut)
def get_project(request: ApiRequest, project_id: RecordId, response: HttpResponse) -> Any:
    """Read one sales project."""
    found = project_of(request.auth.actor, project_id)
    tagged(response, found.version)
    return _project_shown(found)


def _project_shown(project: SalesProject) -> dict[str, Any]:
    return {name: getattr(project, name) for name in SalesProjectOut.model_fields}
