"""What a unit was called before, and which unit carries on its work (R11, D3)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from capphep.crm.actions.code_lock import hold_codes
from capphep.crm.actions.records import write_changes
from capphep.crm.customer_rules import required
from capphep.crm.models import CodeKind, Customer, CustomerCode
from capphep.crm.queries.customers import customer_for_update, visible_customers
from capphep.platform import audit
from capphep.platform.roles import Actor, Permission, require
from capphep.pure import codes
from capphep.pure.errors import Invalid, gettext_noop
from capphep.pure.folding import clean, fold

_LONGEST = {"value": 250, "reason": 300}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerInput:
    """A former code or name as typed; days are local, both included, unknown where None."""

    kind: str
    value: str
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None
    reason: str = ""


@transaction.atomic
def add_former_code(*, actor: Actor, customer_id: int, typed: FormerInput) -> CustomerCode:
    """RULE D3: note what the unit was known by before; it is found by that from then on.

    A budget code that a customer has, or that another unit had, is refused (R11). Raises
    Forbidden, NotFound; Invalid ``former_code_taken``, ``former_code_backwards``, and what is
    wrong with the code.
    """
    require(actor, Permission.CUSTOMER_WRITE)
    customer = customer_for_update(actor, customer_id)
    value = _normalised(typed)
    if typed.first_day and typed.last_day and typed.last_day < typed.first_day:
        message = gettext_noop("The last day lies before the first.")
        raise Invalid("former_code_backwards", message, rule="D3", field="last_day")
    _check_free(typed.kind, value)
    code = CustomerCode(
        customer=customer,
        kind=typed.kind,
        value=value,
        key=fold(value),
        first_day=typed.first_day,
        last_day=typed.last_day,
        reason=clean(typed.reason)[: _LONGEST["reason"]],
        created_by_id=actor.pk,
    )
    try:
        with transaction.atomic():
            code.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error
    after = {"value": value, "first_day": typed.first_day, "last_day": typed.last_day}
    said = {name: each for name, each in {**after, "reason": code.reason}.items() if each}
    audit.record(actor, [audit.Change(customer, "former_code_added", after=said)])
    return code


@transaction.atomic
def set_successor(
    *,
    actor: Actor,
    customer_id: int,
    seen_version: int,
    successor_id: int | None,
    day: datetime.date | None,
    note: str = "",
) -> Customer:
    """RULE D3: since the local day another unit carries on this one's work; None takes it back.

    What the unit has stays its own. Raises Forbidden, NotFound, Stale; Invalid
    ``successor_unknown``, ``successor_circle``, ``required``.
    """
    require(actor, Permission.CUSTOMER_WRITE)
    customer = customer_for_update(actor, customer_id)
    successor = _successor(actor, customer, successor_id)
    if successor is not None and day is None:
        raise required("succeeded_on")
    values = {
        "successor": successor,
        "succeeded_on": day if successor else None,
        "succession_note": clean(note)[: _LONGEST["reason"]] if successor else "",
    }
    write_changes(actor, customer, seen_version, values, "succession")
    return customer


def _normalised(typed: FormerInput) -> str:
    if typed.kind not in CodeKind.values:
        raise required("kind")
    if typed.kind == CodeKind.BUDGET_CODE:
        return _at_value(codes.budget_code, typed.value)
    if typed.kind == CodeKind.TAX_CODE:
        return _at_value(codes.tax_code, typed.value)
    name = clean(typed.value)[: _LONGEST["value"]]
    if not name:
        raise required("value")
    return name


def _at_value(read: Callable[[str], str], typed: str) -> str:
    try:
        return read(typed)
    except Invalid as refusal:
        raise Invalid(
            refusal.code, refusal.message, rule=refusal.rule, field="value", params=refusal.params
        ) from refusal


def _check_free(kind: str, value: str) -> None:
    if kind != CodeKind.BUDGET_CODE:
        return
    hold_codes(value)
    former = CustomerCode.objects.filter(kind=kind, value=value)
    if former.exists() or Customer.objects.filter(budget_code=value).exists():
        raise _taken()


def _taken() -> Invalid:
    message = gettext_noop("A customer has this budget code, or had it before.")
    return Invalid("former_code_taken", message, rule="R11", field="value")


def _successor(actor: Actor, customer: Customer, successor_id: int | None) -> Customer | None:
    if successor_id is None:
        return None
    found = visible_customers(actor).filter(pk=successor_id).first()
    if found is None:
        message = gettext_noop("There is no such customer.")
        raise Invalid("successor_unknown", message, rule="D3", field="successor")
    seen: set[int] = set()
    at: int | None = found.pk
    while at is not None and at not in seen:
        if at == customer.pk:
            message = gettext_noop("A unit is not succeeded by itself, nor by one it succeeds.")
            raise Invalid("successor_circle", message, rule="D3", field="successor")
        seen.add(at)
        at = Customer.objects.values_list("successor_id", flat=True).get(pk=at)
    return found
