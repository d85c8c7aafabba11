"""Drafting a request: opening it from an order, its fields, its module lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from capphep.crm.models import Customer, Order
from capphep.crm.queries.orders import order_for_update
from capphep.crm.rules import check_followed
from capphep.platform import audit, clock, numbers, outbox, rows, versions
from capphep.platform.roles import Actor, Permission, require
from capphep.provisioning import earlier, plans, queries, rules
from capphep.provisioning.actions.evidence import copy_evidence
from capphep.provisioning.actions.locks import lock_own
from capphep.provisioning.actions.status import move_request
from capphep.provisioning.events import moved_events, request_event
from capphep.provisioning.information import OF_ADMINISTRATOR
from capphep.provisioning.kinds import kind_of
from capphep.provisioning.models import LicenceRequest, RequestLine, RequestQuantity
from capphep.provisioning.states import ENDED, RequestKind
from capphep.pure.errors import Forbidden, gettext_noop

KEPT_AFTER_TRIAL = (
    "sector_id",
    "level",
    "unit_name",
    "unit_tax_code",
    "unit_address",
    "unit_phone",
    "unit_email",
    *OF_ADMINISTRATOR,
)
TAKEN_OVER = (*KEPT_AFTER_TRIAL, "note", "write_back")


@transaction.atomic
def open_request(*, actor: Actor, order_id: int) -> LicenceRequest:
    """The order's live request, or a new draft filled from order, customer and contact.

    After one that is over (rejected, expired, withdrawn) the new draft begins with what that
    one held, its evidence included; a sale after a trial with what the trial's held; a
    renewal with the administrator and the additional information of what it renews. Raises
    Forbidden where the order is not the actor's own, Conflict order_inactive (R13), and Invalid
    where the order asks for what the customer may not have (R8).
    """
    require(actor, Permission.REQUEST_WRITE)
    order = order_for_update(actor, order_id)
    live = queries.live_request(order)
    if live:
        return live
    if order.salesperson_id != actor.pk:
        raise Forbidden(
            "not_own_order",
            gettext_noop("Only the salesperson of this order may raise a request from it."),
        )
    check_followed(is_active=order.is_active)
    request = _of_order(order)
    basis = plans.basis_of(request)
    request.kind = kind_of(order, basis, clock.today())
    source = queries.last_ended(order) or earlier.trial_before(request)
    extras = _take_over(request, source)
    save_new(actor, request)
    _write_lines(request, plans.planned_lines(request, basis, clock.today()), extras)
    if source:
        copy_evidence(source, request)
    audit.record(actor, [audit.Change(request, "created", after={"order": order.order_no})])
    return request


def _of_order(order: Order) -> LicenceRequest:
    return LicenceRequest(
        order=order,
        customer=order.customer,
        product=order.product,
        budget_code=order.budget_code,
        amount=order.total,
        team_id=order.team_id,
        created_by_id=order.salesperson_id,
        **unit_of(order.customer),
        **_administrator_of(order),
    )


def _take_over(
    request: LicenceRequest, source: LicenceRequest | None
) -> dict[int, dict[str, object]]:
    """Fill in what was typed before; returns the additional information by module."""
    if source:
        _begin_with(request, source)
        return _extras(source)
    if request.kind != RequestKind.RENEWAL:
        return {}
    latest = earlier.last_approved(request.customer_id, request.product_id)
    if latest:
        request.sector_id = request.sector_id or latest.sector_id
        for name in OF_ADMINISTRATOR:
            setattr(request, name, getattr(latest, name))
    return earlier.extras_of(request.customer_id, request.product_id)


def _begin_with(request: LicenceRequest, source: LicenceRequest) -> None:
    """Take over what was typed before; after a trial as its latest request has it."""
    is_over = source.status in ENDED
    kept = TAKEN_OVER if is_over else KEPT_AFTER_TRIAL
    latest = source if is_over else earlier.last_approved(request.customer_id, request.product_id)
    for name in kept:
        setattr(request, name, getattr(latest, name))


def save_new(actor: Actor, request: LicenceRequest) -> None:
    """Give the new draft its number, write it and announce it."""
    request.request_no = numbers.next_number(numbers.REQUEST, clock.today())
    request.updated_by_id = actor.pk
    rows.insert([request])
    outbox.enqueue([request_event("request.created", request)])


def unit_of(customer: Customer) -> dict[str, Any]:
    """The customer's own data, as a request begins with them."""
    return {
        "sector_id": customer.sector_id,
        "level": customer.level,
        "unit_name": customer.name,
        "unit_tax_code": customer.tax_code,
        "unit_address": customer.address,
        "unit_phone": customer.phone,
        "unit_email": customer.email,
    }


def _administrator_of(order: Order) -> dict[str, str]:
    return {
        "admin_name": order.contact_name,
        "admin_position": order.contact_position,
        "admin_phone": order.contact_phone,
        "admin_email": order.contact_email,
    }


@transaction.atomic
def save_draft(
    *, actor: Actor, request_id: int, seen_version: int, values: Mapping[str, Any]
) -> LicenceRequest:
    """Keep the draft's fields as they are, complete or not. Raises `versions.Stale`.

    Another first day plans the lines anew: what is held on it, and until when, follows.
    """
    request = lock_own(actor, request_id, "send")
    start_before = request.start_on
    write_fields(actor, request, seen_version, values)
    if request.start_on != start_before:
        plan_lines(request, plans.basis_of(request), _extras(request))
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
    basis = plans.basis_of(request)
    follow_order(request, basis)
    plan_lines(request, basis, _extras(request))
    audit.record(actor, [audit.Change(request, "lines_refreshed")])
    return request


def follow_order(request: LicenceRequest, basis: plans.Basis) -> None:
    """Take over what the order says now: kind, budget code, amount."""
    if not request.order:
        return
    request.kind = kind_of(request.order, basis, clock.today())
    request.budget_code = request.order.budget_code
    request.amount = request.order.total
    request.save(update_fields=["kind", "budget_code", "amount"])


def plan_lines(
    request: LicenceRequest, basis: plans.Basis, extras: Mapping[int, dict[str, object]]
) -> None:
    """Give the request the module lines that its order asks for today.

    Lines that stay the same keep their rows: somebody may have one open.
    """
    planned = plans.planned_lines(request, basis, clock.today())
    lines = list(request.lines.all())
    if [_spanned(line) for line in lines] == [_spanned(line) for line in planned]:
        RequestQuantity.objects.filter(line__in=lines).delete()
        _write_quantities(lines, planned)
    else:
        request.lines.all().delete()
        _write_lines(request, planned, extras)


def _spanned(line: RequestLine | rules.PlannedLine) -> tuple[object, ...]:
    return line.module_id, line.months, line.ends_with, line.follows


def _write_lines(
    request: LicenceRequest,
    planned: Sequence[rules.PlannedLine],
    extras: Mapping[int, dict[str, object]],
) -> None:
    lines = rows.insert(
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
    _write_quantities(lines, planned)


def _write_quantities(lines: Sequence[RequestLine], planned: Sequence[rules.PlannedLine]) -> None:
    rows.insert(
        _quantity(record, quantity)
        for record, line in zip(lines, planned, strict=True)
        for quantity in line.quantities
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
def discard_draft(*, actor: Actor, request_id: int) -> LicenceRequest:
    """Give up a draft; its number stays used and its content readable (R13)."""
    request = lock_own(actor, request_id, "discard")
    changes = move_request(actor, request, "discard")
    audit.record(actor, changes)
    outbox.enqueue(moved_events("request.discarded", request, changes))
    return request
