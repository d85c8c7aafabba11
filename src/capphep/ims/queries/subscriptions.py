"""Reads of subscriptions: the list, and all that belongs to one of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from capphep.catalog.models import Module, Resource
from capphep.crm.models import OwnedProduct
from capphep.crm.queries.customers import search_words
from capphep.entitlements import queries as entitlements
from capphep.entitlements.models import Grant, Licence, Subscription
from capphep.identity.models import AccountLink
from capphep.platform.roles import Actor
from capphep.provisioning.queries import visible_requests

State: TypeAlias = Literal["in_force", "upcoming", "ended"]

# --- the list ----------------------------------------------------------------------------------


def subscriptions(actor: Actor, day: datetime.date) -> QuerySet[Subscription]:
    """Those that the actor may see, each with the days that its state follows from.

    ``running_until`` is the last day of the span that covers the day, NULL where none does;
    ``until`` the same or, where nothing is in force, the last day of all.
    """
    spans = OwnedProduct.objects.filter(
        customer=OuterRef("customer"), product=OuterRef("product")
    ).order_by("-last_day")
    running = spans.filter(first_day__lte=day, last_day__gte=day).values("last_day")[:1]
    rows = entitlements.visible_subscriptions(actor).annotate(
        running_until=Subquery(running, output_field=DateField()),
        latest=Subquery(spans.values("last_day")[:1], output_field=DateField()),
    )
    return rows.annotate(until=Coalesce(F("running_until"), F("latest")))


def state_of(
    running_until: datetime.date | None, until: datetime.date | None, day: datetime.date
) -> State:
    if running_until:
        return "in_force"
    return "upcoming" if until and until >= day else "ended"


def in_states(
    rows: QuerySet[Subscription], states: Iterable[str], day: datetime.date
) -> QuerySet[Subscription]:
    none_runs = Q(running_until__isnull=True)
    conditions = {
        "in_force": Q(running_until__isnull=False),
        "upcoming": none_runs & Q(latest__gte=day),
        "ended": none_runs & (Q(latest__lt=day) | Q(latest__isnull=True)),
    }
    wanted = Q(pk__in=[])
    for state in states:
        wanted |= conditions[state]
    return rows.filter(wanted)


def search_subscriptions(rows: QuerySet[Subscription], text: str) -> QuerySet[Subscription]:
    """Those whose customer holds every word; or the one with this licence or request number."""
    number = text.strip().upper()
    numbered = Licence.objects.filter(Q(licence_no=number) | Q(request_no=number))
    of_customer = Q()
    for word in search_words(text):
        of_customer &= Q(customer__search_key__contains=word)
    return rows.filter(of_customer | Q(pk__in=numbered.values("subscription")))


# --- one subscription --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """One addition. ``request_id`` is None where the request is not one of capphep's."""

    grant: Grant
    state: State
    request_id: int | None


@dataclass(frozen=True, slots=True)
class HeldResource:
    """RULE R2: what is in force of a resource on the day, and all grants behind it."""

    resource: Resource
    quantity: int
    grants: Sequence[HeldGrant]

    @property
    def state(self) -> State:
        if self.quantity:
            return "in_force"
        return "upcoming" if any(one.state == "upcoming" for one in self.grants) else "ended"


@dataclass(frozen=True, slots=True)
class HeldModule:
    module: Module
    resources: Sequence[HeldResource]


def held_modules(actor: Actor, subscription: Subscription, day: datetime.date) -> list[HeldModule]:
    """Every module that was ever granted, with its resources and their grants. Two statements."""
    lines = entitlements.entitlement_lines(subscription, day)
    numbers = {grant.request_no for line in lines for grant in line.grants}
    requests = visible_requests(actor).filter(request_no__in=numbers)
    ids = dict(requests.values_list("request_no", "pk"))
    return [
        HeldModule(module, [_held(line, ids, day) for line in of_module])
        for module, of_module in groupby(lines, key=lambda line: line.module)
    ]


def _held(
    line: entitlements.EntitlementLine, ids: dict[str, int], day: datetime.date
) -> HeldResource:
    grants = [
        HeldGrant(grant, grant_state(grant, day), ids.get(grant.request_no))
        for grant in line.grants
    ]
    return HeldResource(line.resource, line.quantity, grants)


def grant_state(grant: Grant, day: datetime.date) -> State:
    if grant.last_day < day:
        return "ended"
    return "upcoming" if grant.first_day > day else "in_force"


def licences_of(subscription: Subscription) -> QuerySet[Licence]:
    return subscription.licences.order_by("-version")


def administrators_of(subscription: Subscription) -> QuerySet[AccountLink]:
    """RULE R15: the accounts that administer the product at the customer."""
    links = AccountLink.objects.filter(
        customer=subscription.customer_id, product=subscription.product_id
    )
    return links.select_related("account").order_by("linked_at", "id")
