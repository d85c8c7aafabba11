"""Licence requests over the API. They are named by their number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Field, Query
from pydantic import StrictInt

from capphep.catalog.models import Module, Product
from capphep.crm.api.customers import customer_named
from capphep.crm.api.orders import order_named
from capphep.crm.queries.former import code_of_today
from capphep.platform.api import (
    ApiRequest,
    Input,
    Page,
    Patch,
    Principal,
    Problem,
    RecordId,
    Routes,
    Scope,
    located,
    page_of,
    pointing,
    seen_version,
    tagged,
)
from capphep.platform.api.routes import SEEN_IF_GIVEN
from capphep.provisioning import queries
from capphep.provisioning.actions import drafts, extras, sending, without_order
from capphep.provisioning.api.schemas import RequestFields, RequestOut, RequestQuery, RequestRow
from capphep.provisioning.api.shown import row_of, whole
from capphep.provisioning.api.typed import member_of, request_values
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Invalid, NotFound, gettext_noop

routes = Routes("Requests")


class OfProduct(Input):
    product: str = Field(max_length=40, description="code")


class ExtraFields(Input):
    """The module's own fields, see `extra_schema` of the module."""

    values: dict[str, str | StrictInt]


# --- reading -------------------------------------------------------------------------------------


@routes.read("/requests", Scope.REQUESTS_READ, Page[RequestRow])
def list_requests(request: ApiRequest, query: Query[RequestQuery]) -> Any:
    """List licence requests, newest first."""
    rows = queries.search_requests(_visible(request.auth), query.q)
    wanted = {
        "status": query.status,
        "kind": query.kind,
        "customer__budget_code": query.customer and code_of_today(query.customer),
        "order__order_no": query.order,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return page_of(rows, query, sort="-created_at", shape=row_of)


@routes.read("/requests/{request_no}", Scope.REQUESTS_READ, RequestOut)
def get_request(request: ApiRequest, request_no: str, response: HttpResponse) -> Any:
    """Read one request with its lines, evidence and rounds."""
    return request_answer(request.auth, request_no, response)


# --- opening -------------------------------------------------------------------------------------


@routes.create("/orders/{order_no}/request", Scope.REQUESTS_WRITE, RequestOut, 200)
def open_for_order(request: ApiRequest, order_no: str, response: HttpResponse) -> Any:
    """Open the order's request: the one that it has, or a new draft."""
    order = order_named(request.auth, order_no)
    opened = drafts.open_request(actor=request.auth.actor, order_id=order.pk)
    return _opened(request.auth, opened, response)


@routes.create("/customers/{budget_code}/trial", Scope.REQUESTS_WRITE, RequestOut, 200)
def open_trial(
    request: ApiRequest, budget_code: str, data: OfProduct, response: HttpResponse
) -> Any:
    """Open a request for a trial: the one that is open, or a new draft."""
    customer = customer_named(request.auth, budget_code)
    opened = without_order.open_trial(
        actor=request.auth.actor,
        customer_id=customer.pk,
        product_id=_product_id(request.auth, data.product),
    )
    return _opened(request.auth, opened, response)


@routes.create("/customers/{budget_code}/information-change", Scope.REQUESTS_WRITE, RequestOut, 200)
def open_information_change(
    request: ApiRequest, budget_code: str, data: OfProduct, response: HttpResponse
) -> Any:
    """Open a request to change information: the one that is open, or a new draft."""
    customer = customer_named(request.auth, budget_code)
    opened = without_order.open_info_change(
        actor=request.auth.actor,
        customer_id=customer.pk,
        product_id=_product_id(request.auth, data.product),
    )
    return _opened(request.auth, opened, response)


def _opened(principal: Principal, opened: LicenceRequest, response: HttpResponse) -> dict[str, Any]:
    located(response, f"/requests/{opened.request_no}")
    return request_answer(principal, opened.request_no, response)


def _product_id(principal: Principal, code: str) -> int:
    found = principal.within(Product.objects.filter(code=code), product="pk").first()
    if found is None:
        message = gettext_noop("There is no such product.")
        raise Invalid("product_unknown", message, field="product")
    return found.pk


# --- changing ------------------------------------------------------------------------------------


@routes.change("/requests/{request_no}", Scope.REQUESTS_WRITE, RequestOut)
def change_request(
    request: ApiRequest, request_no: str, data: Patch[RequestFields], response: HttpResponse
) -> Any:
    """Change what a draft, or a returned request, says; it may be incomplete."""
    version = seen_version(request)
    record = request_named(request.auth, request_no)
    drafts.save_draft(
        actor=request.auth.actor,
        request_id=record.pk,
        seen_version=version,
        values=request_values(record, data),
    )
    return request_answer(request.auth, request_no, response)


@routes.create(
    "/requests/{request_no}/lines/{position}/extra", Scope.REQUESTS_WRITE, RequestOut, 200
)
def fill_in_extra(
    request: ApiRequest,
    request_no: str,
    position: RecordId,
    data: ExtraFields,
    response: HttpResponse,
) -> Any:
    """Fill in the module's own fields of a line."""
    record = request_named(request.auth, request_no)
    line = record.lines.select_related("module").filter(position=position).first()
    if line is None:
        raise NotFound("line_not_found", gettext_noop("There is no such line."))
    values = {name: str(value) for name, value in data.values.items()}
    with pointing(lambda field: f"values/{field}" if field else ""):
        _require_known(values, line.module)
        extras.save_extra(
            actor=request.auth.actor, request_id=record.pk, line_id=line.pk, values=values
        )
    return request_answer(request.auth, request_no, response)


def _require_known(values: Mapping[str, str], module: Module) -> None:
    """A field that is misspelt is told, not left out. Raises Invalid ``extra_unknown``."""
    unknown = values.keys() - module.extra_schema.get("properties", {}).keys()
    if unknown:
        message = gettext_noop("The module has no field of this name.")
        raise Invalid("extra_unknown", message, field=min(unknown))


@routes.create("/requests/{request_no}/refresh-lines", Scope.REQUESTS_WRITE, RequestOut, 200)
def refresh_lines(request: ApiRequest, request_no: str, response: HttpResponse) -> Any:
    """Compute the lines anew from the order and what is in force (R1)."""
    record = request_named(request.auth, request_no)
    drafts.refresh_lines(actor=request.auth.actor, request_id=record.pk)
    return request_answer(request.auth, request_no, response)


# --- moving --------------------------------------------------------------------------------------


@routes.create(
    "/requests/{request_no}/send",
    Scope.REQUESTS_WRITE,
    RequestOut,
    200,
    refused={412: Problem},
    extra={"parameters": [SEEN_IF_GIVEN]},
)
def send(request: ApiRequest, request_no: str, response: HttpResponse) -> Any:
    """Check everything and send the request to the desk.

    With `If-Match` only the version that you saw. Pointers of refusals point into the request.
    """
    record = request_named(request.auth, request_no)
    version = seen_version(request) if request.headers.get("If-Match") else record.version
    with pointing(member_of):
        sending.send_request(
            actor=request.auth.actor, request_id=record.pk, seen_version=version, values={}
        )
    return request_answer(request.auth, request_no, response)


@routes.create("/requests/{request_no}/recall", Scope.REQUESTS_WRITE, RequestOut, 200)
def recall(request: ApiRequest, request_no: str, response: HttpResponse) -> Any:
    """Take a request back while it waits; its order is free again (R12)."""
    record = request_named(request.auth, request_no)
    sending.recall_request(actor=request.auth.actor, request_id=record.pk)
    return request_answer(request.auth, request_no, response)


@routes.create("/requests/{request_no}/discard", Scope.REQUESTS_WRITE, RequestOut, 200)
def discard(request: ApiRequest, request_no: str, response: HttpResponse) -> Any:
    """Give up a draft; it can still be read (R13)."""
    record = request_named(request.auth, request_no)
    drafts.discard_draft(actor=request.auth.actor, request_id=record.pk)
    return request_answer(request.auth, request_no, response)


# --- who may know --------------------------------------------------------------------------------


def request_named(principal: Principal, request_no: str) -> LicenceRequest:
    """The request, where the token and its user may know of it. Raises NotFound."""
    found = _visible(principal).filter(request_no=request_no).first()
    if found is None:
        raise queries.request_not_found()
    return found


def _visible(principal: Principal) -> QuerySet[LicenceRequest]:
    related = ("created_by", "sent_by", "decided_by", "sector")
    rows = queries.visible_requests(principal.actor).select_related(*related)
    return principal.within(rows, customer="customer", product="product")


def request_answer(principal: Principal, request_no: str, response: HttpResponse) -> dict[str, Any]:
    """The request as it stands now, a `RequestOut`."""
    found = request_named(principal, request_no)
    tagged(response, found.version)
    return whole(found)
