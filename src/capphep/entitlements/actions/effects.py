"""What begins or ends by itself because a day has come."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from capphep.catalog.models import Module, Resource
from capphep.entitlements import events, rules
from capphep.entitlements.models import Grant, Subscription
from capphep.entitlements.queries import span_of
from capphep.platform import audit, outbox
from capphep.platform.roles import SYSTEM

_ONE_DAY = datetime.timedelta(days=1)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Effect:
    """What a subscription has on the day and had on the day before, where that differs."""

    subscription: Subscription
    spans: Sequence[rules.Span]
    before: Mapping[rules.Key, int]
    after: Mapping[rules.Key, int]


def note_effects(*, day: datetime.date) -> int:
    """RULE R2: audit and announce every subscription in which grants begin or end on the day.

    Only what was decided before that day counts: what is decided on a day announces itself,
    and the result is the same however late this runs. Returns the number of subscriptions.
    Inside the transaction of `platform.ticks`.
    """
    noted = 0
    for effects in _batches(day):
        names = _Names(effects)
        audit.record(SYSTEM, [names.change(effect, day) for effect in effects])
        outbox.enqueue(names.event(effect, day) for effect in effects)
        noted += len(effects)
    return noted


def _batches(day: datetime.date) -> Iterator[list[Effect]]:
    turning = Grant.objects.filter(
        Q(first_day=day) | Q(last_day=day - _ONE_DAY), granted_on__lt=day
    )
    ids = sorted(set(turning.values_list("subscription", flat=True)))
    for start in range(0, len(ids), _BATCH):
        effects = list(_effects(ids[start : start + _BATCH], day))
        if effects:
            yield effects


def _effects(ids: Sequence[int], day: datetime.date) -> Iterator[Effect]:
    spans: dict[int, list[rules.Span]] = defaultdict(list)
    for grant in Grant.objects.filter(subscription__in=ids, granted_on__lt=day).order_by("id"):
        spans[grant.subscription_id].append(span_of(grant))
    rows = Subscription.objects.select_related("customer", "product").filter(pk__in=ids)
    for subscription in rows.order_by("id"):
        known = spans[subscription.pk]
        before, after = rules.in_force(known, day - _ONE_DAY), rules.in_force(known, day)
        if _positive(before) != _positive(after):
            yield Effect(subscription, known, before, after)


def _positive(quantities: Mapping[rules.Key, int]) -> dict[rules.Key, int]:
    return {key: quantity for key, quantity in quantities.items() if quantity}


class _Names:
    """Modules and resources of a batch, read once, for people and for programs."""

    def __init__(self, effects: Iterable[Effect]) -> None:
        keys = {span.key for effect in effects for span in effect.spans}
        self._modules = Module.objects.in_bulk({module for module, _ in keys})
        self._resources = Resource.objects.in_bulk({resource for _, resource in keys})
        self._codes = {
            (module, resource): (self._modules[module].code, self._resources[resource].code)
            for module, resource in keys
        }

    def change(self, effect: Effect, day: datetime.date) -> audit.Change:
        keys = [
            key
            for key in sorted({*effect.before, *effect.after})
            if effect.before.get(key, 0) != effect.after.get(key, 0)
        ]
        return audit.Change(
            effect.subscription,
            "took_effect",
            {self._in_words(key): effect.before.get(key, 0) for key in keys},
            {
                "effective_on": day.isoformat(),
                **{self._in_words(key): effect.after.get(key, 0) for key in keys},
            },
        )

    def event(self, effect: Effect, day: datetime.date) -> outbox.Event:
        holding = events.of_spans(effect.spans, self._codes, day)
        cause = events.BY_CALENDAR
        return events.changed(effect.subscription, holding, cause=cause, effective_on=day)

    def _in_words(self, key: rules.Key) -> str:
        module, resource = key
        return f"{self._modules[module].name} – {self._resources[resource].name}"
