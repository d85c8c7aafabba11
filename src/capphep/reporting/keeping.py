"""The figures follow the records: by the events of what changed, and by counting all once.

Whoever brings them on holds the row of `Progress` until the commit, so that any number of
workers may try. What is counted is read from the records as they are now and compared with what
they counted as before: doing it twice, or too late, changes nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from capphep.crm.models import Customer, Order
from capphep.crm.queries.former import codes_of_today
from capphep.entitlements.models import Subscription
from capphep.platform import feed, rows
from capphep.platform.models import OutboxEvent
from capphep.provisioning.models import LicenceRequest
from capphep.reporting import facts, sums, usage
from capphep.reporting.models import (
    AnswerFact,
    EndFact,
    GrantFigure,
    LeadFigure,
    OrderFact,
    OrderFigure,
    Progress,
    RequestFact,
)

BATCH: Final = 500
FILLED_AT_ONCE: Final = 2000
USAGE_EVERY: Final = datetime.timedelta(minutes=30)
_TABLES: Final[Sequence[type[Model]]] = (
    OrderFact,
    OrderFigure,
    RequestFact,
    LeadFigure,
    GrantFigure,
    AnswerFact,
    EndFact,
)
# What says of whom a customer is, when its subscriptions end, and what was paid for them.
_ABOUT_CUSTOMERS: Final = ("customer.",)
_ABOUT_ENDS: Final = ("customer.", "entitlement.", "request.approved", "request.withdrawn")


def keep_up() -> int:
    """Some of what there is to do; returns how much, 0 once the figures are up to date.

    Three statements where nothing happened.
    """
    feed.place()
    progress = Progress.objects.filter(id=1).first()
    if progress is None:
        return int(rows.insert_new(Progress(id=1)))
    if is_filling(progress):
        return _step(_fill)
    if OutboxEvent.objects.filter(position__gt=progress.position).exists():
        return _step(_follow)
    if progress.usage_at is None or progress.usage_at < timezone.now() - USAGE_EVERY:
        return _step(_sum_up_usage)
    return 0


def begin_anew() -> None:
    """Forget every figure: `keep_up` counts all records again. One transaction."""
    with transaction.atomic():
        rows.insert_new(Progress(id=1))
        Progress.objects.select_for_update().get(id=1)
        for model in _TABLES:
            manager: Any = model._default_manager
            manager.all()._raw_delete(manager.db)
        Progress.objects.filter(id=1).update(
            # What happens from here on is followed; what was before is counted.
            position=feed.last_position(),
            orders_from=0,
            requests_from=0,
            subscriptions_from=0,
            usage_at=None,
        )


def is_filling(progress: Progress) -> bool:
    """Whether some records were never counted yet."""
    places = (progress.orders_from, progress.requests_from, progress.subscriptions_from)
    return any(place is not None for place in places)


def _step(work: Callable[[Progress], int]) -> int:
    """One piece of work under the lock. Another worker's turn is left to that one."""
    with transaction.atomic():
        found = Progress.objects.filter(id=1)
        skips = connection.features.has_select_for_update_skip_locked
        progress = found.select_for_update(skip_locked=skips).first()
        return work(progress) if progress else 0


# --- counting all once -----------------------------------------------------------------------


def _fill(progress: Progress) -> int:
    """The next records that were never counted, of the first kind that has some."""
    if progress.orders_from is not None:
        return _fill_some(progress, "orders_from", Order, refresh_orders)
    if progress.requests_from is not None:
        return _fill_some(progress, "requests_from", LicenceRequest, refresh_requests)
    if progress.subscriptions_from is not None:
        return _fill_some(progress, "subscriptions_from", Subscription, refresh_ends)
    return 0


def _fill_some(
    progress: Progress, name: str, model: type[Model], refresh: Callable[[Collection[int]], None]
) -> int:
    behind = model._default_manager.filter(pk__gt=getattr(progress, name)).order_by("pk")
    ids = list(behind.values_list("pk", flat=True)[:FILLED_AT_ONCE])
    refresh(ids)
    Progress.objects.update(**{name: ids[-1] if ids else None})
    return max(len(ids), 1)


# --- following what happens ------------------------------------------------------------------


def _follow(progress: Progress) -> int:
    """The next events. Each is about an order, a request or a customer; the rest is passed by."""
    behind = OutboxEvent.objects.filter(position__gt=progress.position).order_by("position")
    found = list(behind.values_list("position", "type", "subject", "customer")[:BATCH])
    if not found:
        return 0
    orders = _ids(Order, "order_no", _subjects(found, "order.")) | _removed(found)
    requests = _ids(LicenceRequest, "request_no", _subjects(found, "request."))
    moved = _customers(found, _ABOUT_CUSTOMERS)
    if moved:
        orders |= set(Order.objects.filter(customer__in=moved).values_list("pk", flat=True))
        loose = LicenceRequest.objects.filter(customer__in=moved)
        requests |= set(loose.values_list("pk", flat=True))
    if orders:
        # Requests are filed by what their order says.
        of_orders = LicenceRequest.objects.filter(order__in=orders)
        requests |= set(of_orders.values_list("pk", flat=True))
    _in_turn(refresh_orders, orders)
    _in_turn(refresh_requests, requests)
    ended = _customers(found, _ABOUT_ENDS)
    if ended:
        held = Subscription.objects.filter(customer__in=ended).values_list("pk", flat=True)
        _in_turn(refresh_ends, set(held))
    Progress.objects.update(position=found[-1][0])
    return len(found)


Seen = tuple[int | None, str, str, str]
"""Position, type, subject and customer (budget code) of an event."""


def _subjects(found: Iterable[Seen], beginning: str) -> set[str]:
    return {subject for _, type_, subject, _ in found if type_.startswith(beginning)}


def _removed(found: Sequence[Seen]) -> set[int]:
    """The keys of orders that are gone; their events say them."""
    positions = [position for position, type_, _, _ in found if type_ == "order.removed"]
    if not positions:
        return set()
    events = OutboxEvent.objects.filter(position__in=positions)
    return {int(payload["id"]) for payload in events.values_list("payload", flat=True)}


def _customers(found: Iterable[Seen], beginnings: tuple[str, ...]) -> set[int]:
    codes = {customer for _, type_, _, customer in found if type_.startswith(beginnings)}
    if not codes:
        return set()
    known = _ids(Customer, "budget_code", codes)
    if len(known) < len(codes):
        # Told before the unit got another code.
        known |= _ids(Customer, "budget_code", set(codes_of_today(codes).values()))
    return known


def _ids(model: type[Model], name: str, values: set[str]) -> set[int]:
    if not values:
        return set()
    found = model._default_manager.filter(**{f"{name}__in": values})
    return set(found.values_list("pk", flat=True))


def _in_turn(refresh: Callable[[Collection[int]], None], ids: set[int]) -> None:
    ordered = sorted(ids)
    for start in range(0, len(ordered), FILLED_AT_ONCE):
        refresh(ordered[start : start + FILLED_AT_ONCE])


# --- counting some again -----------------------------------------------------------------------


def refresh_orders(ids: Collection[int]) -> None:
    """Count these orders as they are now. Inside the transaction that holds the lock."""
    if not ids:
        return
    before = list(OrderFact.objects.filter(pk__in=ids))
    now = facts.order_facts(ids)
    changes = sums.Changes(sums.ORDERS)
    changes.add(sums.of_orders(before), -1)
    changes.add(sums.of_orders(now))
    changes.write()
    _replace(OrderFact, before, now)


def refresh_requests(ids: Collection[int]) -> None:
    """Count what was approved and answered of these requests as they are now."""
    if not ids:
        return
    before = list(RequestFact.objects.filter(pk__in=ids))
    read = facts.RequestFacts(ids)
    now = read.approved()
    grants = facts.grants_of({one.request for one in (*before, *now)})
    for table, counted in (
        (sums.LEADS, sums.of_leads),
        (sums.GRANTS, lambda some: sums.of_grants(some, grants)),
    ):
        changes = sums.Changes(table)
        changes.add(counted(before), -1)
        changes.add(counted(now))
        changes.write()
    _replace(RequestFact, before, now)
    AnswerFact.objects.filter(request__in=ids).delete()
    AnswerFact.objects.bulk_create(read.answers(), batch_size=BATCH)


def refresh_ends(ids: Collection[int]) -> None:
    """Note when these subscriptions end as things are now."""
    if not ids:
        return
    before = list(EndFact.objects.filter(pk__in=ids))
    _replace(EndFact, before, facts.end_facts(ids))


def _replace(model: type[Model], before: Sequence[Any], now: Sequence[Any]) -> None:
    """Put what is new in the place of what was."""
    gone = {one.pk for one in before} - {one.pk for one in now}
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    key = model._meta.pk.name
    others = [field.name for field in model._meta.fields if field.name != key]
    known = {one.pk: [getattr(one, name) for name in others] for one in before}
    new = [one for one in now if known.get(one.pk) != [getattr(one, name) for name in others]]
    model._default_manager.bulk_create(
        new,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=others,
    )


def _sum_up_usage(progress: Progress) -> int:
    if progress.usage_at and progress.usage_at >= timezone.now() - USAGE_EVERY:
        return 0
    usage.sum_up()
    Progress.objects.update(usage_at=timezone.now())
    return 1
