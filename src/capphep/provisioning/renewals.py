"""What there is to renew of a subscription, and with which goods."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet, Sum
from django.urls import reverse

from capphep.crm.models import Customer, OrderLine
from capphep.crm.queries.customers import may_write
from capphep.crm.rules import ownership
from capphep.entitlements import rules as ledger
from capphep.entitlements.models import TRIALS, Grant, GrantKind, Subscription
from capphep.entitlements.queries import additions_of, span_of
from capphep.platform.roles import Actor, Permission, may
from capphep.provisioning import options


@dataclass(frozen=True, slots=True)
class Renewal:
    """What was bought of a subscription and ends, or has ended.

    ``ends_on`` is the first day on which anything of it ends; ``held_on`` the day whose
    holdings are renewed: today, or the last day of what has lapsed. ``goods`` are the
    quantities by item of the orders behind them; ``is_known`` where these explain all.
    """

    subscription: Subscription
    ends_on: datetime.date
    held_on: datetime.date
    goods: Mapping[int, int]
    is_known: bool

    def is_due(self, day: datetime.date) -> bool:
        """Whether it has lapsed or ends within the days of the setting."""
        return (self.ends_on - day).days <= options.RENEWAL_DAYS.value()

    @property
    def address(self) -> str:
        """The form of a new order with everything filled in."""
        goods = ",".join(f"{item}:{quantity}" for item, quantity in self.goods.items())
        asked = {
            "customer": self.subscription.customer_id,
            "renew": self.subscription.product_id,
            "goods": goods,
        }
        return f"{reverse('crm:order_new')}?{urlencode(asked, safe=':,')}"


def may_renew(actor: Actor, customer: Customer) -> bool:
    """Whether the actor may sell to the customer."""
    sells = may(actor, Permission.SALE_WRITE) and may_write(actor, customer)
    return sells and customer.is_active


def subscriptions_of(customer: Customer) -> QuerySet[Subscription]:
    """The customer's subscriptions of any state, by product."""
    rows = Subscription.objects.filter(customer=customer).select_related("customer", "product")
    return rows.order_by("product__name", "id")


def renewal_of(subscription: Subscription, day: datetime.date) -> Renewal | None:
    """RULE R8: None where nothing was bought, or nothing of it has begun. Two statements."""
    grants = list(subscription.grants.order_by("id"))
    spans = [span_of(grant) for grant in grants]
    owned = ownership(ledger.owned_days(spans), day)
    held_on = day if owned.until else owned.ended_on
    if not held_on or (owned.begins_on and not owned.until):
        return None
    running = list(_bought_on(grants, held_on))
    return Renewal(
        subscription=subscription,
        ends_on=min(ledger.running_until(spans, held_on).values()),
        held_on=held_on,
        goods=_goods_of({grant.request_no for grant in running}),
        is_known=not any(grant.kind == GrantKind.OPENING for grant in running),
    )


def _bought_on(grants: Iterable[Grant], day: datetime.date) -> Iterator[Grant]:
    for addition in additions_of(grants):
        left = addition.left
        if addition.grant.kind not in TRIALS and left and left.first <= day <= left.last:
            yield addition.grant


def _goods_of(request_numbers: Iterable[str]) -> dict[int, int]:
    """What the orders behind the requests were for: the quantity by item."""
    lines = OrderLine.objects.filter(order__requests__request_no__in=set(request_numbers))
    rows = lines.order_by("item__package_id", "item_id").values_list("item_id")
    return dict(rows.annotate(Sum("quantity")))
