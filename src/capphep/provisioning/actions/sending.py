"""Sending a request to the desk, and taking it back while it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from capphep.crm.actions.completion import NewContact, complete_customer, completed_events
from capphep.crm.models import Customer, Order
from capphep.crm.queries.customers import ownership_of
from capphep.platform import audit, clock, outbox
from capphep.platform.prepared import prepared
from capphep.platform.roles import Actor
from capphep.provisioning import options, plans, queries, rules
from capphep.provisioning.actions.drafts import write_fields
from capphep.provisioning.actions.information import (
    information_problems,
    keep_before,
    missing_administrator,
)
from capphep.provisioning.actions.locks import lock_own
from capphep.provisioning.actions.rounds import Parts, parts_of
from capphep.provisioning.actions.status import move_request
from capphep.provisioning.events import asked_for, moved_events
from capphep.provisioning.kind_rules import check_first_day
from capphep.provisioning.kinds import kind_now
from capphep.provisioning.models import LicenceRequest, RequestLine
from capphep.provisioning.states import RequestKind
from capphep.provisioning.term_rules import check_start
from capphep.pure.errors import Invalid, Invalids, Refusal, gettext_noop
from capphep.pure.workdays import add_workdays

Compared: TypeAlias = tuple[int, object, dict[int, tuple[int, int]]]
"""A module line as it is compared: module, term, and (base, added) by resource."""


@transaction.atomic
def send_request(
    *, actor: Actor, request_id: int, seen_version: int, values: Mapping[str, Any]
) -> LicenceRequest:
    """Keep the fields, check everything and send the request to the desk, in one step.

    The order is locked with it: an edit that comes later finds it frozen (R12).
    Raises Invalids with every reason at its field, Conflict where the request was sent
    already (R4), `versions.Stale`.
    """
    request = lock_own(actor, request_id, "send")
    if values.get("write_back", request.write_back):
        # Before the order: who changes a customer goes on to its orders.
        [request.customer] = _locked_customer(request.customer_id)
    if request.order_id:
        [request.order] = _locked_order(request.order_id)
    write_fields(actor, request, seen_version, values)
    parts = parts_of(request)
    problems = problems_of(request, parts)
    if problems:
        raise Invalids(problems)
    if request.kind == RequestKind.INFO_CHANGE:
        keep_before(request)
    changes = move_request(
        actor,
        request,
        "send",
        content=parts.content(request),
        sent_by_id=actor.pk,
        sent_at=timezone.now(),
        due_on=add_workdays(clock.today(), options.TARGET_WORKING_DAYS.value()),
    )
    events = moved_events("request.sent", request, changes, lines=asked_for(parts.lines))
    if request.write_back and request.kind != RequestKind.INFO_CHANGE:
        completed = _write_back(actor, request)
        changes += completed
        events += completed_events(request.customer, completed)
    audit.record(actor, changes)
    outbox.enqueue(events)
    return request


@prepared
def _locked_customer(customer_id: int) -> QuerySet[Customer]:
    return Customer.objects.select_for_update(no_key=True).filter(pk=customer_id)


@prepared
def _locked_order(order_id: int) -> QuerySet[Order]:
    return Order.objects.select_for_update().filter(pk=order_id)


@transaction.atomic
def recall_request(*, actor: Actor, request_id: int) -> LicenceRequest:
    """RULE R12: *Thu hồi yêu cầu* – back to a draft while it waits; the order is free again."""
    request = lock_own(actor, request_id, "recall")
    changes = move_request(actor, request, "recall")
    audit.record(actor, changes)
    outbox.enqueue(moved_events("request.recalled", request, changes))
    return request


def problems_of(request: LicenceRequest, parts: Parts) -> list[Refusal]:
    """Every reason why the request cannot be sent as it stands, each at its field."""
    if request.kind == RequestKind.INFO_CHANGE:
        return list(information_problems(request))
    lines = parts.lines
    if request.order and not request.order.is_active:
        # Nothing else about it matters before it is followed again.
        return [_given_up()]
    wrong_start = list(_wrong_start(request))
    refusals: list[Refusal] = [
        # The lines follow the first day: with a wrong one there is nothing to compare.
        *(wrong_start or _unplanned(request, lines)),
        *_missing_fields(request),
        *(refusal for line in lines for refusal in _missing_extra(line)),
    ]
    if rules.needs_evidence(request.kind) and options.EVIDENCE_REQUIRED.value():
        kinds = {str(evidence["kind"]) for evidence in parts.evidence}
        refusals += rules.missing_evidence(kinds)
    return refusals


def _given_up() -> Invalid:
    """RULE R13: as `crm.rules.check_followed`, at the goods that the order asks for."""
    message = gettext_noop(
        "The order of this request is no longer followed: follow it again, then send."
    )
    return Invalid("order_inactive", message, rule="R13", field="lines")


def _unplanned(request: LicenceRequest, lines: list[RequestLine]) -> Iterable[Refusal]:
    """RULE R1: the lines must be those that the order asks for on what is in force today."""
    basis = plans.basis_of(request)
    try:
        follows_order = _follows_order(request, basis)
    except Invalid as refusal:
        refusal.field = "lines"
        yield refusal
        return
    if not follows_order or _planned(request, basis) != _stored(lines):
        yield Invalid(
            "lines_outdated",
            gettext_noop(
                "The order or the customer's resources have changed: "
                "press “Update module information” and look at the lines again."
            ),
            rule="R1",
            field="lines",
        )


def _follows_order(request: LicenceRequest, basis: plans.Basis) -> bool:
    """Whether the request still says what its order says. Raises Invalid (R8)."""
    kind, order = kind_now(request, basis, clock.today()), request.order
    facts = (request.kind, request.amount, request.budget_code)
    return not order or facts == (kind, order.total, order.budget_code)


def _planned(request: LicenceRequest, basis: plans.Basis) -> list[Compared]:
    return [
        _compared(line, {q.resource_id: (q.base.quantity, q.added) for q in line.quantities})
        for line in plans.planned_lines(request, basis, clock.today())
    ]


def _stored(lines: list[RequestLine]) -> list[Compared]:
    return [
        _compared(line, {q.resource_id: (q.base, q.added) for q in line.quantities.all()})
        for line in lines
    ]


def _compared(
    line: RequestLine | rules.PlannedLine, quantities: dict[int, tuple[int, int]]
) -> Compared:
    # The months up to a running term's end shrink by themselves while a draft lies.
    months = None if line.ends_with else line.months
    return line.module_id, (months, line.ends_with, line.follows), quantities


def _missing_fields(request: LicenceRequest) -> Iterable[Refusal]:
    required = {
        "level": gettext_noop("Choose the level."),
        "sector": gettext_noop("Choose the sector."),
        "unit_name": gettext_noop("Enter the name of the unit."),
    }
    for field, message in required.items():
        if not getattr(request, field):
            yield Invalid("field_required", message, field=field)
    yield from missing_administrator(request)


def _wrong_start(request: LicenceRequest) -> Iterable[Refusal]:
    """RULE R8, R9: a later first day that cannot be."""
    first_day = request.start_on
    if not first_day:
        return
    try:
        check_start(first_day, clock.today())
        owned = ownership_of(request.customer_id, request.product_id, first_day)
        check_first_day(request.kind, owned, first_day)
    except Invalid as refusal:
        yield refusal


def _missing_extra(line: RequestLine) -> Iterable[Refusal]:
    missing = queries.missing_extra(line)
    if missing:
        yield Invalid(
            "extra_incomplete",
            gettext_noop("%(module)s: press (+) and complete the additional information."),
            field=f"line-{line.position}",
            params={"module": line.module.name, "missing": missing},
        )


def _write_back(actor: Actor, request: LicenceRequest) -> list[audit.Change]:
    values = {
        "tax_code": request.unit_tax_code,
        "address": request.unit_address,
        "phone": request.unit_phone,
        "email": request.unit_email,
    }
    contact = NewContact(
        full_name=request.admin_name,
        position=request.admin_position,
        phone=request.admin_phone,
        email=request.admin_email,
    )
    return complete_customer(actor=actor, customer=request.customer, values=values, contact=contact)
