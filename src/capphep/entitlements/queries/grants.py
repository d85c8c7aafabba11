"""What was granted, and what of it is in force."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import QuerySet

from capphep.catalog.models import Module, Product, Resource
from capphep.crm.models import Customer
from capphep.entitlements import rules
from capphep.entitlements.models import (
    ADDITIONS,
    OPPOSITES,
    TRIALS,
    BalanceStep,
    Grant,
    GrantKind,
    Subscription,
)
from capphep.platform.prepared import prepared
from capphep.pure.months import Term


def span_of(grant: Grant) -> rules.Span:
    return rules.Span(
        key=(grant.module_id, grant.resource_id),
        quantity=grant.quantity,
        first_day=grant.first_day,
        last_day=grant.last_day,
        request_no=grant.request_no,
        is_trial=grant.kind in TRIALS,
    )


def spans_of(customer_id: int, product_id: int) -> list[rules.Span]:
    """All that the customer was ever granted of the product, in that order. One statement.

    What was undone was never so: neither it nor its opposite is among them.
    """
    return _standing(_granted(customer_id, product_id))


@dataclass(frozen=True, slots=True)
class Granted:
    """All that was ever granted to some subscriptions, in that order, by their ids.

    Without what was undone. ``codes`` are those of module and resource.
    """

    spans: dict[int, list[rules.Span]]
    codes: dict[rules.Key, tuple[str, str]]


def granted_to(ids: list[int]) -> Granted:
    """All that was ever granted to these subscriptions. One statement."""
    columns: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    codes: dict[rules.Key, tuple[str, str]] = {}
    for *span, module, resource in _granted_to(ids):
        columns[span[0]].append(tuple(span))
        codes[span[1], span[2]] = (module, resource)
    return Granted({one: _standing(columns.get(one, ())) for one in ids}, codes)


_SPAN: Final = (
    "subscription_id",
    "module_id",
    "resource_id",
    "quantity",
    "first_day",
    "last_day",
    "request_no",
    "kind",
)


@prepared
def _granted(customer_id: int, product_id: int) -> QuerySet[Grant, tuple[Any, ...]]:
    grants = Grant.objects.filter(
        subscription__customer_id=customer_id, subscription__product_id=product_id
    )
    return grants.order_by("id").values_list(*_SPAN)


@prepared
def _granted_to(ids: list[int]) -> QuerySet[Grant, tuple[Any, ...]]:
    grants = Grant.objects.filter(subscription_id__in=ids).order_by("id")
    return grants.values_list(*_SPAN, "module__code", "resource__code")


def _standing(granted: Iterable[tuple[Any, ...]]) -> list[rules.Span]:
    found: list[rules.Span] = []
    for columns in granted:
        span = _span(*columns)
        entered = replace(span, quantity=-span.quantity)
        if columns[-1] == GrantKind.UNDONE and entered in found:
            found.remove(entered)
        else:
            found.append(span)
    return found


def _span(
    _subscription: int,
    module_id: int,
    resource_id: int,
    quantity: int,
    first_day: datetime.date,
    last_day: datetime.date,
    request_no: str,
    kind: str,
) -> rules.Span:
    key = (module_id, resource_id)
    return rules.Span(key, quantity, first_day, last_day, request_no, kind in TRIALS)


def bases(customer_id: int, product_id: int, day: datetime.date) -> dict[rules.Key, rules.Base]:
    """RULE R1: what the customer has of each resource on the day. One statement."""
    return rules.bases(spans_of(customer_id, product_id), day)


def running_until(
    customer_id: int, product_id: int, day: datetime.date
) -> dict[int, datetime.date]:
    """RULE R9: until when each module runs without a gap, by module id. One statement."""
    return rules.running_until(spans_of(customer_id, product_id), day)


@dataclass(frozen=True, slots=True)
class Addition:
    """A grant that adds, the days of it that are left, and what took back the others."""

    grant: Grant
    left: Term | None
    ended_by: Grant | None


def additions_of(grants: Iterable[Grant]) -> list[Addition]:
    """RULE R2: the additions among the grants, each with what is left of it.

    ``grants`` hold with each addition whatever took it back.
    """
    granted = list(grants)
    ends: dict[tuple[str, int, str], Grant] = {}
    for grant in granted:
        key = (grant.source, grant.resource_id, grant.kind)
        ends[key] = min(grant, ends.get(key, grant), key=lambda one: one.first_day)
    found = []
    for grant in granted:
        if grant.kind in ADDITIONS:
            possible = (
                ends.get((grant.source, grant.resource_id, kind)) for kind in _ended_by(grant.kind)
            )
            found_ends = [end for end in possible if end]
            end = min(found_ends, key=lambda one: one.first_day, default=None)
            term = Term(grant.first_day, grant.last_day)
            found.append(Addition(grant, rules.rest(term, end.first_day if end else None), end))
    return found


def _ended_by(kind: str) -> tuple[str, ...]:
    if kind == GrantKind.OPENING:
        return (GrantKind.UNDONE, GrantKind.MOVED_OUT)
    moved = GrantKind.TRIAL_OUT if kind in TRIALS else GrantKind.MOVED_OUT
    return (OPPOSITES[kind], moved) if kind in OPPOSITES else (moved,)


def rests(
    grants: Iterable[Grant], from_day: datetime.date | None = None
) -> Iterator[tuple[Grant, Term]]:
    """RULE R2: each addition of which days are left, all or those from a day on, with them."""
    for addition in additions_of(grants):
        left = addition.left and rules.rest(addition.left, None, from_day)
        if left:
            yield addition.grant, left


def opposites(grants: Iterable[Grant], from_day: datetime.date, day: datetime.date) -> list[Grant]:
    """RULE R2: what takes back, from a day on, all that is left of the grants; not saved.

    ``day`` is the local day of the decision. What was in force before capphep stays.
    """
    return [
        Grant(
            subscription_id=grant.subscription_id,
            kind=OPPOSITES[grant.kind],
            request_no=grant.request_no,
            module_id=grant.module_id,
            resource_id=grant.resource_id,
            quantity=-grant.quantity,
            first_day=left.first,
            last_day=left.last,
            source=grant.source,
            granted_on=day,
        )
        for grant, left in rests(grants, from_day)
        if grant.kind in OPPOSITES
    ]


def quantity_in_force(
    customer: Customer, product: Product, module: Module, resource: Resource, day: datetime.date
) -> int:
    """What the customer may use on the day: one indexed row."""
    step = (
        BalanceStep.objects.filter(
            subscription__customer=customer,
            subscription__product=product,
            module=module,
            resource=resource,
            from_day__lte=day,
        )
        .order_by("-from_day")
        .first()
    )
    return step.quantity if step else 0


def is_anything_in_force(subscription: Subscription, from_day: datetime.date) -> bool:
    """Whether any resource is in force on the day or later, trials too. One statement."""
    spans = [span_of(grant) for grant in subscription.grants.all()]
    return any(last >= from_day for _, last in rules.owned_spans(rules.steps(spans)))
