"""Reads of subscriptions: the list, and what belongs to one beside its grants."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from capphep.crm.models import OwnedProduct
from capphep.crm.queries.customers import compact_code
from capphep.entitlements import queries as entitlements
from capphep.entitlements.models import Grant, GrantKind, Licence, Subscription
from capphep.platform.roles import Actor
from capphep.platform.word_search import FOUND_AT_MOST, holding

State: TypeAlias = Literal["in_force", "trial", "upcoming", "ended"]


def subscriptions(actor: Actor, day: datetime.date) -> QuerySet[Subscription]:
    """Those that the actor may see, each with the days that its state follows from.

    ``running_until`` is the last day of the span that covers the day, ``trial_until`` that
    of a trial, NULL where none does; ``until`` the first of them or, where nothing is in
    force, the last day of all. ``has_more`` says whether anything is still to begin.
    """
    spans = OwnedProduct.objects.filter(
        customer=OuterRef("customer"), product=OuterRef("product")
    ).order_by("-last_day")
    running = spans.filter(first_day__lte=day, last_day__gte=day).values("last_day")[:1]
    trials = _trials(day)
    trial = trials.filter(first_day__lte=day, last_day__gte=day).values("last_day")[:1]
    rows = entitlements.visible_subscriptions(actor).annotate(
        running_until=Subquery(running, output_field=DateField()),
        trial_until=Subquery(trial, output_field=DateField()),
        latest=Coalesce(
            Subquery(spans.values("last_day")[:1]),
            Subquery(trials.values("last_day")[:1]),
            output_field=DateField(),
        ),
        has_more=Exists(spans.filter(first_day__gt=day)) | Exists(trials.filter(first_day__gt=day)),
    )
    return rows.annotate(until=Coalesce(F("running_until"), F("trial_until"), F("latest")))


def _trials(day: datetime.date) -> QuerySet[Grant]:
    """The outer subscription's trials that nothing has ended by the day, longest first."""
    ended = Grant.objects.filter(
        kind=GrantKind.TRIAL_END,
        source=OuterRef("source"),
        resource=OuterRef("resource"),
        first_day__lte=Greatest(OuterRef("first_day"), Value(day, DateField())),
    )
    rows = Grant.objects.filter(subscription=OuterRef("pk"), kind=GrantKind.TRIAL)
    return rows.filter(~Exists(ended)).order_by("-last_day")


def state_of(row: Any) -> State:
    """The state of a row of `subscriptions`, on the day for which they were asked for."""
    if row.running_until:
        return "in_force"
    if row.trial_until:
        return "trial"
    return "upcoming" if row.has_more else "ended"


def in_states(rows: QuerySet[Subscription], states: Iterable[str]) -> QuerySet[Subscription]:
    none_runs = Q(running_until__isnull=True)
    nothing = none_runs & Q(trial_until__isnull=True)
    conditions = {
        "in_force": Q(running_until__isnull=False),
        "trial": none_runs & Q(trial_until__isnull=False),
        "upcoming": nothing & Q(has_more=True),
        "ended": nothing & Q(has_more=False),
    }
    wanted = Q(pk__in=[])
    for state in states:
        wanted |= conditions[state]
    return rows.filter(wanted)


def ending(
    rows: QuerySet[Subscription], first: datetime.date | None, last: datetime.date | None
) -> QuerySet[Subscription]:
    """Those that are in force for the last time on a day of the span: nothing follows it."""
    spans = OwnedProduct.objects.all()
    if first:
        spans = spans.filter(last_day__gte=first)
    if last:
        spans = spans.filter(last_day__lte=last)
    of_row = {"customer": OuterRef("customer"), "product": OuterRef("product")}
    # The customers first: an index knows those whose days are meant.
    rows = rows.filter(Exists(spans.filter(**of_row)), customer__in=spans.values("customer"))
    if not last:
        return rows
    return rows.exclude(Exists(OwnedProduct.objects.filter(**of_row, last_day__gt=last)))


def search_subscriptions(rows: QuerySet[Subscription], text: str) -> QuerySet[Subscription]:
    """Those whose customer holds every word; or the one with this licence or request number."""
    number = text.strip().upper()
    if any(map(str.isdigit, number)):
        numbered = Licence.objects.filter(Q(licence_no=number) | Q(request_no=number))
        meant = list(numbered.values_list("subscription", flat=True)[:FOUND_AT_MOST])
        if meant:
            return rows.filter(pk__in=meant)
    return holding(rows, compact_code(text), "customer__search_key")


def licences_of(subscription: Subscription) -> QuerySet[Licence]:
    return subscription.licences.order_by("-version").defer("file")
