"""Changing a unit's budget code: one action over every module that copies it (R11, D4).

It stands here because no other module knows all of them. What was decided – approved orders,
requests, licences – keeps the code that it said.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction

from capphep.crm.actions.recoding import give_code
from capphep.crm.events import code_changed_event, customer_event
from capphep.crm.models import Customer, Order
from capphep.crm.queries.customers import (
    customer_merged,
    customer_not_found,
    require_own,
    visible_customers,
)
from capphep.entitlements.actions.merging import lock_subscriptions
from capphep.entitlements.actions.recoding import follow_code
from capphep.entitlements.models import Subscription
from capphep.entitlements.queries import is_anything_in_force
from capphep.platform import audit, clock, outbox, versions
from capphep.platform.roles import Actor, Permission, may, require
from capphep.provisioning.actions.merging import lock_requests, waiting
from capphep.provisioning.actions.recoding import give_drafts_code
from capphep.provisioning.models import LicenceRequest
from capphep.pure import codes
from capphep.pure.cells import Raw
from capphep.pure.errors import Conflict, Forbidden, Invalid, Invalids, gettext_noop
from capphep.pure.folding import clean

_LONGEST_REASON = 300


def change_budget_code(
    *,
    actor: Actor,
    customer_id: int,
    seen_version: int,
    budget_code: Raw,
    reason: str,
    day: datetime.date | None = None,
    was_mistyped: bool = False,
) -> Customer:
    """RULE R11, D4: the unit has another budget code from the local day on, today where None.

    The code before is kept as a former one by which the unit is found and products are answered;
    not where it ``was_mistyped``, which only counts while nothing was ever sold under it. By who
    may write the customer; where it has a product in force, by who may merge customers.
    Raises Forbidden, NotFound, Stale; Invalid ``reason_required``, ``budget_code_same``,
    ``code_day_to_come`` and what is wrong with the code; Conflict ``customer_merged``,
    ``code_was_used``; Invalids ``budget_code_taken``, ``request_waits``.
    """
    code, why = codes.budget_code(budget_code), clean(reason)[:_LONGEST_REASON]
    if not why:
        raise Invalid("reason_required", gettext_noop("Give the reason."), field="reason")
    today = clock.today()
    if day and day > today:
        message = gettext_noop("The day lies ahead: change the code when it has come.")
        raise Invalid("code_day_to_come", message, rule="D3", field="day")
    with transaction.atomic():
        customer = _visible(actor, customer_id)
        # The order in which approvals lock, too: request, subscription, customer.
        requests = lock_requests(customer)
        subscriptions = lock_subscriptions(customer)
        customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        _check(actor, customer, seen_version, subscriptions)
        if was_mistyped:
            _check_unused(customer, requests, subscriptions)
        if refusals := waiting(customer):
            raise Invalids(refusals)
        _change(actor, customer, code, day or today, why, subscriptions, is_kept=not was_mistyped)
    return customer


def _visible(actor: Actor, customer_id: int) -> Customer:
    if not may(actor, Permission.CUSTOMER_MERGE):
        require(actor, Permission.CUSTOMER_WRITE)
    found = visible_customers(actor).filter(pk=customer_id).first()
    if found is None:
        raise customer_not_found()
    return found


def _check(
    actor: Actor, customer: Customer, seen_version: int, subscriptions: Sequence[Subscription]
) -> None:
    if customer.merged_into_id is not None:
        raise customer_merged()
    if not may(actor, Permission.CUSTOMER_MERGE):
        require_own(actor, customer)
        if any(is_anything_in_force(one, clock.today()) for one in subscriptions):
            message = gettext_noop(
                "This unit has products in force: its budget code is changed by a manager or an"
                " administrator."
            )
            raise Forbidden("code_in_force", message)
    if customer.version != seen_version:
        raise versions.Stale


def _check_unused(
    customer: Customer, requests: Sequence[LicenceRequest], subscriptions: Sequence[Subscription]
) -> None:
    if requests or subscriptions or Order.objects.filter(customer=customer).exists():
        message = gettext_noop(
            "Something was ordered or granted under this code: it stays as a former one."
        )
        raise Conflict("code_was_used", message, rule="D3")


def _change(
    actor: Actor,
    customer: Customer,
    code: str,
    day: datetime.date,
    reason: str,
    subscriptions: list[Subscription],
    *,
    is_kept: bool,
) -> None:
    before = customer.budget_code
    change = give_code(actor, customer, code, day, reason, is_kept=is_kept)
    give_drafts_code(customer)
    told = follow_code(subscriptions, customer, before, clock.today())
    audit.record(actor, [change])
    outbox.enqueue(
        [
            code_changed_event(customer, before, day),
            customer_event("customer.changed", customer),
            *told,
        ]
    )
