"""What is worth a salesperson's while: usage near its limit, an end that comes near (R16, R17)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.urls import reverse

from capphep.catalog.models import Module, Resource
from capphep.crm.queries.charge import salesperson_of
from capphep.entitlements import options, rules, usage_rules
from capphep.entitlements.models import BalanceStep, Grant, Occasion, Subscription
from capphep.entitlements.queries import span_of
from capphep.entitlements.usage_rules import UsageKey
from capphep.platform import notices, outbox
from capphep.platform.notices import News
from capphep.pure.errors import gettext_noop
from capphep.pure.money import format_number

CREATE: Final = gettext_noop("Create an opportunity")
_REACHED: Final = gettext_noop(
    "%(customer)s uses %(percent)s%% of what it has: %(what)s, %(in_use)s of %(in_force)s."
)
_OVER: Final = gettext_noop(
    "%(customer)s uses more than it has (%(percent)s%%): %(what)s, %(in_use)s of %(in_force)s."
)
_BATCH: Final = 500
_ONE_DAY = datetime.timedelta(days=1)
_LISTED: Final = 3
"""How many resources a sentence names before it says how many there are besides."""


def note_thresholds(in_use: Mapping[UsageKey, int], *, day: datetime.date) -> None:
    """RULE R16: tell who sells to the customer which marks are reached, each once.

    ``in_use`` are the gauges that a report wrote; their rows are locked, so that two reports do
    not both find a mark untold. In the report's transaction; at most twelve statements for
    500 gauges, one where no mark is reached.
    """
    in_force = _in_force({key[0] for key in in_use}, day)
    marks = options.USAGE_PERCENTS.value()
    levels = {
        key: level
        for key, used in in_use.items()
        if (level := usage_rules.reached(used, in_force.get(key, 0), marks))
    }
    if levels:
        _tell_new(_things(levels, in_use, in_force, day))


def _in_force(subscriptions: Collection[int], day: datetime.date) -> dict[UsageKey, int]:
    steps = BalanceStep.objects.filter(subscription__in=subscriptions, from_day__lte=day)
    rows = steps.order_by("from_day", "id").values_list(
        "subscription_id", "module_id", "resource_id", "quantity"
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _things(
    levels: Mapping[UsageKey, int],
    in_use: Mapping[UsageKey, int],
    in_force: Mapping[UsageKey, int],
    day: datetime.date,
) -> list[Occasion]:
    """Each mark that is reached, under the name of what it is reached of; not saved."""
    spans = _spans({key[0] for key in levels})
    found = []
    for (subscription, module, resource), level in levels.items():
        key = (subscription, module, resource)
        since = usage_rules.in_force_since(spans[subscription], (module, resource), day)
        found.append(
            Occasion(
                subscription_id=subscription,
                module_id=module,
                resource_id=resource,
                thing=f"usage/{subscription}/{module}/{resource}/{since}/{in_force[key]}",
                level=level,
                in_use=in_use[key],
                in_force=in_force[key],
            )
        )
    return found


def _spans(subscriptions: Collection[int]) -> dict[int, list[rules.Span]]:
    spans: dict[int, list[rules.Span]] = defaultdict(list)
    for grant in Grant.objects.filter(subscription__in=subscriptions).order_by("id"):
        spans[grant.subscription_id].append(span_of(grant))
    return spans


def _tell_new(reached: Sequence[Occasion]) -> None:
    """Keep and tell those of which no mark as high was told."""
    told = _told({one.thing for one in reached})
    new_levels = usage_rules.not_told({one.thing: one.level for one in reached}, told)
    new = Occasion.objects.bulk_create(
        [one for one in reached if one.thing in new_levels], batch_size=_BATCH
    )
    if not new:
        return
    names = _Names(new)
    notices.settle([f"{one.thing}/{level}" for one in new for level in told.get(one.thing, ())])
    _tell(names, [(one, names.usage_news(one)) for one in new])
    outbox.enqueue(names.event(one) for one in new)


def _told(things: Collection[str]) -> dict[str, list[int]]:
    told: dict[str, list[int]] = defaultdict(list)
    rows = Occasion.objects.filter(thing__in=things).values_list("thing", "level")
    for thing, level in rows:
        told[thing].append(level)
    return told


def _tell(names: _Names, told: Iterable[tuple[Occasion, News]]) -> None:
    people = salesperson_of({one.customer_id for one in names.subscriptions.values()})
    notices.tell(
        (people[customer_id], news)
        for occasion, news in told
        if (customer_id := names.subscriptions[occasion.subscription_id].customer_id) in people
    )


# --- ends ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _End:
    """What of a subscription ends with a day."""

    occasion: Occasion
    lost: Mapping[rules.Key, int]


def note_ends(*, day: datetime.date) -> int:
    """RULE R17: tell who sells to the customer what ends in so many days (setting), each once.

    What was renewed or taken back until now is not told of. A nearer end takes the place of
    what was told before and not read. Returns the number of subscriptions; again, it does
    nothing. Inside the transaction of `platform.ticks`.
    """
    return sum(_note_ends(days, day) for days in options.EXPIRY_NOTICE_DAYS.value())


def _note_ends(days: int, day: datetime.date) -> int:
    last_day = day + datetime.timedelta(days=days)
    grants = Grant.objects.filter(last_day=last_day, quantity__gt=0)
    ids = sorted(set(grants.values_list("subscription", flat=True)))
    batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
    return sum(_tell_ends(batch, last_day, days) for batch in batches)


def _tell_ends(ids: Collection[int], last_day: datetime.date, days: int) -> int:
    spans = _spans(ids)
    told = _told({_end_thing(pk, last_day) for pk in ids})
    ends = [
        _End(_end(pk, last_day, days), lost)
        for pk in ids
        if days not in told.get(_end_thing(pk, last_day), ())
        and (lost := usage_rules.ending(spans[pk], last_day))
    ]
    Occasion.objects.bulk_create([end.occasion for end in ends], batch_size=_BATCH)
    if ends:
        names = _Names([end.occasion for end in ends], {key for end in ends for key in end.lost})
        things = [end.occasion.thing for end in ends]
        notices.settle([f"{thing}/{level}" for thing in things for level in told.get(thing, ())])
        _tell(names, [(end.occasion, names.end_news(end, spans)) for end in ends])
    return len(ends)


def settle_ends(*, customer_id: int, product_id: int) -> None:
    """RULE R17: nobody need read of an end that takes nothing away any more, as after a renewal.

    At most four statements, one where no end was ever told.
    """
    _settle_ends(Q(subscription__customer=customer_id, subscription__product=product_id))


def settle_ends_of(subscriptions: Collection[int]) -> None:
    """RULE R17: the same for the subscriptions with these ids."""
    _settle_ends(Q(subscription__in=subscriptions))


def _settle_ends(whose: Q) -> None:
    ends = list(Occasion.objects.filter(whose, ends_on__isnull=False))
    if ends:
        spans = _spans({one.subscription_id for one in ends})
        over = [one for one in ends if not _takes_away(one, spans[one.subscription_id])]
        notices.settle([str(one) for one in over])


def _takes_away(end: Occasion, spans: Sequence[rules.Span]) -> bool:
    return end.ends_on is not None and bool(usage_rules.ending(spans, end.ends_on))


def _end_thing(subscription_id: int, last_day: datetime.date) -> str:
    return f"end/{subscription_id}/{last_day}"


def _end(subscription_id: int, last_day: datetime.date, days: int) -> Occasion:
    return Occasion(
        subscription_id=subscription_id,
        thing=_end_thing(subscription_id, last_day),
        level=days,
        ends_on=last_day,
    )


# --- in words ------------------------------------------------------------------------------------


class _Names:
    """The records that occasions name, read once, for people and for programs."""

    def __init__(self, occasions: Iterable[Occasion], keys: Collection[rules.Key] = ()) -> None:
        found = list(occasions)
        modules = {one.module_id for one in found} | {module for module, _ in keys}
        resources = {one.resource_id for one in found} | {resource for _, resource in keys}
        self._modules = Module.objects.in_bulk(modules - {None})
        self._resources = Resource.objects.in_bulk(resources - {None})
        self.subscriptions = Subscription.objects.select_related("customer", "product").in_bulk(
            {one.subscription_id for one in found}
        )

    def usage_news(self, one: Occasion) -> News:
        assert one.module_id and one.resource_id and one.in_use is not None and one.in_force
        return self._news(
            one,
            "usage.threshold",
            _OVER if one.in_use > one.in_force else _REACHED,
            what=self._in_words((one.module_id, one.resource_id)),
            percent=one.in_use * 100 // one.in_force,
            in_use=format_number(one.in_use),
            in_force=format_number(one.in_force),
        )

    def end_news(self, end: _End, spans: Mapping[int, Sequence[rules.Span]]) -> News:
        last_day = end.occasion.ends_on
        assert last_day
        after = rules.in_force(spans[end.occasion.subscription_id], last_day + _ONE_DAY)
        parts = [
            f"{self._in_words(key)} {format_number(after.get(key, 0) + lost)}"
            f" → {format_number(after.get(key, 0))}"
            for key, lost in end.lost.items()
        ]
        more = f" (+{len(parts) - _LISTED})" if len(parts) > _LISTED else ""
        return self._news(
            end.occasion,
            "usage.end",
            gettext_noop("%(product)s of %(customer)s ends on %(day)s: %(what)s."),
            product=self.subscriptions[end.occasion.subscription_id].product.name,
            day=f"{last_day:%d/%m/%Y}",
            what="; ".join(parts[:_LISTED]) + more,
        )

    def event(self, one: Occasion) -> outbox.Event:
        """The snapshot that the mark was reached with."""
        assert one.module_id and one.resource_id
        subscription = self.subscriptions[one.subscription_id]
        customer, product = subscription.customer.budget_code, subscription.product.code
        payload = {
            "customer": customer,
            "product": product,
            "module": self._modules[one.module_id].code,
            "resource": self._resources[one.resource_id].code,
            "in_use": one.in_use,
            "in_force": one.in_force,
            "percent": one.level,
        }
        return outbox.Event(
            "usage.threshold", customer, payload, customer=customer, product=product
        )

    def _news(self, one: Occasion, kind: str, message: str, **params: object) -> News:
        subscription = self.subscriptions[one.subscription_id]
        return News(
            kind=kind,
            key=str(one),
            message=message,
            link=reverse("ims:subscription", args=[subscription.pk]),
            params={"customer": str(subscription.customer), **params},
            act_label=CREATE,
            act_url=reverse("ims:occasion_opportunity", args=[one.pk]),
        )

    def _in_words(self, key: rules.Key) -> str:
        module, resource = key
        return f"{self._modules[module].name} – {self._resources[resource].name}"
