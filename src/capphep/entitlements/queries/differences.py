"""Whether what is stored of balances and ownership is what the grants say (R2)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Exists, OuterRef, QuerySet

from capphep.catalog.models import Module, Resource
from capphep.crm.models import OwnedProduct
from capphep.entitlements import rules
from capphep.entitlements.models import BalanceStep, CheckDocument, Subscription
from capphep.entitlements.queries.checks import NOTHING, check_document
from capphep.entitlements.queries.grants import granted_to
from capphep.platform.queries import pk_batches

StepsByDay: TypeAlias = dict[tuple[rules.Key, datetime.date], int]
Days: TypeAlias = set[tuple[datetime.date, datetime.date]]


@dataclass(frozen=True, slots=True)
class Balances:
    """The steps of each resource, the days of ownership and what checks read of a subscription."""

    steps: StepsByDay
    owned: Days
    read_by_checks: str


def ledger_differences() -> Iterator[str]:
    """Sentences that name each stored balance and span that is not what the grants say."""
    for ids in pk_batches(Subscription.objects.all()):
        for sentences in differing(ids).values():
            yield from sentences


def differing(subscription_ids: Collection[int]) -> dict[int, list[str]]:
    """What differs at these subscriptions, by the id of each that does not agree.

    Five statements, and two for the names where anything differs.
    """
    subscriptions = Subscription.objects.filter(pk__in=subscription_ids).order_by("id")
    found = list(subscriptions.select_related("customer", "product"))
    expected, stored = _expected(found), _stored(found)
    return {
        one.pk: _sentences(one, expected[one.pk], stored[one.pk])
        for one in found
        if expected[one.pk] != stored[one.pk]
    }


def ownership_without_subscription() -> QuerySet[OwnedProduct]:
    """Spans of ownership behind which there is no ledger at all."""
    own = Subscription.objects.filter(customer=OuterRef("customer"), product=OuterRef("product"))
    rows = OwnedProduct.objects.filter(~Exists(own)).select_related("customer", "product")
    return rows.order_by("id")


def _expected(subscriptions: Collection[Subscription]) -> Mapping[int, Balances]:
    granted = granted_to([one.pk for one in subscriptions])
    spans = granted.spans
    return {
        one.pk: Balances(
            _by_day(rules.steps(spans[one.pk])),
            set(rules.owned_days(spans[one.pk])),
            # Nothing was ever granted: whether that is written down or not is the same.
            _told(check_document(one, granted)) if _is_asked(one, spans) else "",
        )
        for one in subscriptions
    }


def _is_asked(one: Subscription, spans: Mapping[int, object]) -> bool:
    return bool(spans[one.pk]) and one.customer.merged_into_id is None


def _told(read: CheckDocument) -> str:
    return f"{read.budget_code} {read.product_code} version {read.version} {read.document}"


def _by_day(steps: Mapping[rules.Key, list[rules.Step]]) -> StepsByDay:
    return {(key, step.from_day): step.quantity for key, found in steps.items() for step in found}


def _stored(subscriptions: Collection[Subscription]) -> Mapping[int, Balances]:
    read = {
        one.subscription_id: _told(one)
        for one in CheckDocument.objects.filter(subscription__in=subscriptions)
        if one.document != NOTHING
    }
    balances = {one.pk: Balances({}, set(), read.get(one.pk, "")) for one in subscriptions}
    for step in BalanceStep.objects.filter(subscription__in=subscriptions):
        key = (step.module_id, step.resource_id)
        balances[step.subscription_id].steps[key, step.from_day] = step.quantity
    ids = {(one.customer_id, one.product_id): one.pk for one in subscriptions}
    customers = [one.customer_id for one in subscriptions]
    for span in OwnedProduct.objects.filter(customer__in=customers):
        own = ids.get((span.customer_id, span.product_id))
        if own:
            balances[own].owned.add((span.first_day, span.last_day))
    return balances


def _sentences(subscription: Subscription, expected: Balances, stored: Balances) -> list[str]:
    name = f"{subscription.customer.budget_code} {subscription.product.code}"
    modules = dict(Module.objects.values_list("pk", "code"))
    resources = dict(Resource.objects.values_list("pk", "code"))
    differing = {
        step
        for step in expected.steps.keys() | stored.steps.keys()
        if expected.steps.get(step) != stored.steps.get(step)
    }
    steps = [
        f"BALANCE {name} {modules[module]} {resources[resource]} from {day}:"
        f" expected {_or_none(expected.steps.get(((module, resource), day)))},"
        f" found {_or_none(stored.steps.get(((module, resource), day)))}"
        for (module, resource), day in sorted(differing)
    ]
    owned = [
        f"OWNERSHIP {name} {first} to {last}: "
        + ("expected, not found" if (first, last) in expected.owned else "found, not expected")
        for first, last in sorted(expected.owned ^ stored.owned)
    ]
    checks = [
        f"CHECKS {name}: expected {expected.read_by_checks or 'nothing'},"
        f" found {stored.read_by_checks or 'nothing'}"
    ]
    return steps + owned + checks * (expected.read_by_checks != stored.read_by_checks)


def _or_none(quantity: int | None) -> str:
    return "no step" if quantity is None else str(quantity)
