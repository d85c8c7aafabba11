"""What is in use, against what would be left."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from capphep.catalog.models import Module, Resource
from capphep.entitlements import rules
from capphep.entitlements.models import Subscription
from capphep.entitlements.queries.grants import opposites, span_of


@dataclass(frozen=True, slots=True)
class Shortfall:
    """More of a resource in use than a withdrawal would leave from that day on."""

    module: Module
    resource: Resource
    in_use: int
    remaining: int
    remaining_from: datetime.date


def shortfalls(
    subscription: Subscription, request_no: str, from_day: datetime.date
) -> list[Shortfall]:
    """What the product reports in use beyond what taking this request back would leave.

    From the day on, by the position of the module. Two statements.
    """
    grants = list(subscription.grants.order_by("id"))
    of_request = [grant for grant in grants if grant.request_no == request_no]
    taken = [span_of(one) for one in opposites(of_request, from_day, from_day)]
    remaining = rules.left_after([span_of(grant) for grant in grants], taken)
    reported = subscription.usage.select_related("module", "resource")
    return [
        Shortfall(usage.module, usage.resource, usage.in_use, left.quantity, left.from_day)
        for usage in reported.order_by("module__position", "module_id", "resource__name")
        if (left := remaining.get((usage.module_id, usage.resource_id)))
        and usage.in_use > left.quantity
    ]
