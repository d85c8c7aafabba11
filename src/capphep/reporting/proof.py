"""The figures are what the records say: each fact is read again, each sum added up again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model

from capphep.crm.models import Order
from capphep.entitlements.models import Subscription
from capphep.provisioning.models import LicenceRequest
from capphep.reporting import facts, sums
from capphep.reporting.keeping import FILLED_AT_ONCE
from capphep.reporting.models import AnswerFact, EndFact, OrderFact, RequestFact

_NOT_COMPARED: Final = {"id"}


@dataclass(slots=True)
class Counts:
    orders: int = 0
    requests: int = 0
    subscriptions: int = 0
    differences: int = 0


def differences(counts: Counts) -> Iterator[str]:
    """A sentence for each fact and each sum that differs; ``counts`` tells what was compared.

    While the worker has something left to do, that differs too. Memory is bounded by a batch
    of records and by the rows of sums.
    """
    leads, grants = sums.Changes(sums.LEADS), sums.Changes(sums.GRANTS)
    orders = sums.Changes(sums.ORDERS)
    for sentence in (*_orders(counts, orders), *_requests(counts, leads, grants), *_ends(counts)):
        counts.differences += 1
        yield sentence
    for changes in (orders, leads, grants):
        for sentence in _sums(changes):
            counts.differences += 1
            yield sentence


def _orders(counts: Counts, expected: sums.Changes) -> Iterator[str]:
    for ids in _batches(Order):
        counts.orders += len(ids)
        now = facts.order_facts(ids)
        expected.add(sums.of_orders(now))
        yield from _compared(OrderFact.objects.filter(pk__in=ids), now, "order")
    yield from _strangers(OrderFact, "order", Order)


def _requests(counts: Counts, leads: sums.Changes, grants: sums.Changes) -> Iterator[str]:
    for ids in _batches(LicenceRequest):
        counts.requests += len(ids)
        read = facts.RequestFacts(ids)
        now = read.approved()
        leads.add(sums.of_leads(now))
        grants.add(sums.of_grants(now, facts.grants_of(ids)))
        yield from _compared(RequestFact.objects.filter(pk__in=ids), now, "request")
        said = AnswerFact.objects.filter(request__in=ids)
        yield from _compared(said, read.answers(), "answer", lambda one: (one.round, one.field))
    yield from _strangers(RequestFact, "request", LicenceRequest)


def _ends(counts: Counts) -> Iterator[str]:
    for ids in _batches(Subscription):
        counts.subscriptions += len(ids)
        kept = EndFact.objects.filter(pk__in=ids)
        yield from _compared(kept, facts.end_facts(ids), "subscription")
    yield from _strangers(EndFact, "subscription", Subscription)


def _batches(model: type[Model]) -> Iterator[list[int]]:
    last = 0
    while True:
        behind = model._default_manager.filter(pk__gt=last).order_by("pk")
        ids = list(behind.values_list("pk", flat=True)[:FILLED_AT_ONCE])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _compared(
    kept: Any, now: Collection[Any], what: str, key: Callable[[Any], Any] = lambda one: one.pk
) -> Iterator[str]:
    stored, read = ({key(one): _values(one) for one in some} for some in (kept, now))
    for each in sorted(stored.keys() | read.keys()):
        if stored.get(each) != read.get(each):
            yield f"{what} {each}: counted as {stored.get(each)}, is {read.get(each)}"


def _values(fact: Model) -> dict[str, Any]:
    names = [field.name for field in fact._meta.fields]
    return {name: getattr(fact, name) for name in names if name not in _NOT_COMPARED}


def _strangers(kept: type[Model], what: str, model: type[Model]) -> Iterator[str]:
    """Facts of records that are not there."""
    known = model._default_manager.values("pk")
    for pk in kept._default_manager.exclude(pk__in=known).values_list("pk", flat=True):
        yield f"{what} {pk}: counted, and there is none"


def _sums(changes: sums.Changes) -> Iterator[str]:
    """What is stored is taken off what was added up: something left is a difference."""
    table = changes.table
    names = (*table.keys, *table.values)
    split = len(table.keys)
    for row in table.model._default_manager.values_list(*names):
        changes.add([(row[:split], row[split:])], -1)
    for key, values in changes.left().items():
        yield f"{table.model._meta.model_name} {key}: {values} missing"
