"""Drafting a request: opening it from an order, its fields, its module lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from capphep.catalog import schemas
from capphep.catalog.models import Module, Package
from capphep.crm.models import Order
from capphep.crm.queries.customers import owned_products
from capphep.crm.queries.orders import order_of
from capphep.platform import audit, clock, numbers, versions
from capphep.platform.roles import Actor, Permission, require
from capphep.provisioning import queries, rules
from capphep.provisioning.actions.evidence import copy_evidence
from capphep.provisioning.actions.locks import lock_own
from capphep.provisioning.actions.status import move_request
from capphep.provisioning.models import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.states import LIVE, RequestKind
from capphep.pure.errors import Forbidden, Invalid, gettext_noop

KEPT_AFTER_REJECTION = (
    "sector_id",
    "level",
    "note",
    "unit_name",
    "unit_tax_code",
    "unit_address",
    "unit_phone",
    "unit_email",
    "admin_name",
    "admin_position",
    "admin_phone",
    "admin_email",
    "write_back",
)


@transaction.atomic
def open_request(*, actor: Actor, order_id: int) -> LicenceRequest:
    """The order's live request, or a new draft filled from order, customer and contact.

    After a rejection the new draft begins with what the rejected request held, its
    evidence included. Raises Forbidden where the order is not the actor's own, and
    Invalid ``no_subscription`` or ``already_owned`` (R8).
    """
    require(actor, Permission.REQUEST_WRITE)
    order_of(actor, order_id)
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("customer", "product")
        .get(pk=order_id)
    )
    live = order.requests.filter(status__in=LIVE).first()
    if live:
        return live
    if order.salesperson_id != actor.pk:
        raise Forbidden(
            "not_own_order",
            gettext_noop("Only the salesperson of this order may raise a request from it."),
        )
    request = _new_draft(actor, order)
    rejected = queries.last_rejected(order)
    plan_lines(request, _extras(rejected) if rejected else {})
    if rejected:
        copy_evidence(rejected, request)
    audit.record(actor, [audit.Change(request, "created", after={"order": order.order_no})])
    return request


def kind_of(order: Order) -> RequestKind:
    """The request kind that the order and the subscription in force lead to (R8)."""
    kinds = Package.objects.filter(items__in=order.lines.values("item")).values_list(
        "kind", flat=True
    )
    in_force, lapsed = owned_products(order.customer, clock.today())
    return rules.request_kind(
        set(kinds),
        purpose=order.purpose,
        owns_product=order.product_id in in_force,
        owned_once=order.product_id in lapsed,
    )


def _new_draft(actor: Actor, order: Order) -> LicenceRequest:
    values = _prefilled(order)
    rejected = queries.last_rejected(order)
    if rejected:
        values |= {name: getattr(rejected, name) for name in KEPT_AFTER_REJECTION}
    return LicenceRequest.objects.create(
        request_no=numbers.next_number(numbers.REQUEST, clock.today()),
        order=order,
        customer=order.customer,
        product=order.product,
        kind=kind_of(order),
        budget_code=order.budget_code,
        amount=order.total,
        team_id=order.team_id,
        created_by_id=order.salesperson_id,
        updated_by_id=actor.pk,
        **values,
    )


def _prefilled(order: Order) -> dict[str, Any]:
    customer = order.customer
    return {
        "sector_id": customer.sector_id,
        "level": customer.level,
        "unit_name": customer.name,
        "unit_tax_code": customer.tax_code,
        "unit_address": customer.address,
        "unit_phone": customer.phone,
        "unit_email": customer.email,
        "admin_name": order.contact_name,
        "admin_position": order.contact_position,
        "admin_phone": order.contact_phone,
        "admin_email": order.contact_email,
    }


@transaction.atomic
def save_draft(
    *, actor: Actor, request_id: int, seen_version: int, values: Mapping[str, Any]
) -> LicenceRequest:
    """Keep the draft's fields as they are, complete or not. Raises `versions.Stale`."""
    request = lock_own(actor, request_id, "send")
    write_fields(actor, request, seen_version, values)
    return request


def write_fields(
    actor: Actor, request: LicenceRequest, seen_version: int, values: Mapping[str, Any]
) -> None:
    before, after = versions.write(request, seen_version, values, actor)
    if after:
        audit.record(actor, [audit.Change(request, "edited", before, after)])


@transaction.atomic
def refresh_lines(*, actor: Actor, request_id: int) -> LicenceRequest:
    """RULE R1: *Cập nhật thông tin nghiệp vụ* – plan the lines anew from order and ledger.

    What was typed in (+) stays with its module. Kind and amount follow the order.
    """
    request = lock_own(actor, request_id, "send")
    follow_order(request)
    plan_lines(request, _extras(request))
    audit.record(actor, [audit.Change(request, "lines_refreshed")])
    return request


def follow_order(request: LicenceRequest) -> None:
    """Take over what the order says now: kind, budget code, amount."""
    if not request.order:
        return
    request.kind = kind_of(request.order)
    request.budget_code = request.order.budget_code
    request.amount = request.order.total
    request.save(update_fields=["kind", "budget_code", "amount"])


def plan_lines(request: LicenceRequest, extras: Mapping[int, dict[str, object]]) -> None:
    """Give the request the module lines that its order asks for today.

    Lines that stay the same keep their rows: somebody may have one open.
    """
    planned = queries.planned_lines(request, clock.today())
    lines = list(request.lines.all())
    if [_spanned(line) for line in lines] == [_spanned(line) for line in planned]:
        RequestQuantity.objects.filter(line__in=lines).delete()
    else:
        lines = _new_lines(request, planned, extras)
    RequestQuantity.objects.bulk_create(
        _quantity(record, quantity)
        for record, line in zip(lines, planned, strict=True)
        for quantity in line.quantities
    )


def _spanned(line: RequestLine | rules.PlannedLine) -> tuple[object, ...]:
    return line.module_id, line.months, line.ends_with, line.follows


def _new_lines(
    request: LicenceRequest,
    planned: Sequence[rules.PlannedLine],
    extras: Mapping[int, dict[str, object]],
) -> list[RequestLine]:
    request.lines.all().delete()
    return RequestLine.objects.bulk_create(
        RequestLine(
            request=request,
            position=position,
            module_id=line.module_id,
            months=line.months,
            ends_with=line.ends_with,
            follows=line.follows,
            extra=extras.get(line.module_id, {}),
        )
        for position, line in enumerate(planned, start=1)
    )


def _quantity(line: RequestLine, planned: rules.PlannedQuantity) -> RequestQuantity:
    return RequestQuantity(
        line=line,
        resource_id=planned.resource_id,
        base=planned.base.quantity,
        added=planned.added,
        total=planned.total,
        base_request_no=planned.base.request_no,
        lapsed=planned.base.lapsed,
    )


def _extras(request: LicenceRequest) -> dict[int, dict[str, object]]:
    return dict(request.lines.values_list("module", "extra"))


@transaction.atomic
def save_extra(
    *, actor: Actor, request_id: int, line_id: int, values: Mapping[str, str]
) -> RequestLine:
    """Keep what was typed in the line's (+) dialog, checked by the module's schema.

    Raises Invalids with the schema's fields.
    """
    request = lock_own(actor, request_id, "send")
    line = line_of(request, line_id)
    before, line.extra = line.extra, schemas.clean_values(line.module.extra_schema, values)
    line.save(update_fields=["extra"])
    _record_extra(actor, request, line.module, before, line.extra)
    return line


@transaction.atomic
def spread_budget_code(*, actor: Actor, request_id: int) -> None:
    """Give the budget code of the first line that has one to the lines that lack it."""
    request = lock_own(actor, request_id, "send")
    lines = list(queries.lines_of(request))
    code, lacking = budget_code_offer(lines)
    for line, name in lacking:
        before, line.extra = line.extra, {**line.extra, name: code}
        line.save(update_fields=["extra"])
        _record_extra(actor, request, line.module, before, line.extra)


def budget_code_offer(lines: list[RequestLine]) -> tuple[str, list[tuple[RequestLine, str]]]:
    """The code that one line has and the (line, field) pairs that lack one; "" if nothing."""
    fields = [
        (line, field.name)
        for line in lines
        for field in schemas.fields_of(line.module.extra_schema, "vi")
        if field.kind == "budget_code"
    ]
    code = next((str(line.extra[name]) for line, name in fields if line.extra.get(name)), "")
    lacking = [(line, name) for line, name in fields if not line.extra.get(name)]
    return (code, lacking) if code and lacking else ("", [])


def line_of(request: LicenceRequest, line_id: int) -> RequestLine:
    line = queries.lines_of(request).filter(pk=line_id).first()
    if not line:
        raise Invalid(
            "line_gone",
            gettext_noop("This line was replaced meanwhile; please open it again."),
        )
    return line


def _record_extra(
    actor: Actor,
    request: LicenceRequest,
    module: Module,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    audit.record(
        actor,
        [
            audit.Change(
                request, "extra_saved", {module.name: dict(before)}, {module.name: dict(after)}
            )
        ],
    )


@transaction.atomic
def discard_draft(*, actor: Actor, request_id: int) -> LicenceRequest:
    """Give up a draft; its number stays used and its content readable (R13)."""
    request = lock_own(actor, request_id, "discard")
    audit.record(actor, move_request(actor, request, "discard"))
    return request
