"""What the products report to be in use."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from capphep.entitlements.models import Subscription, Usage
from capphep.platform.roles import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class ReportedUsage:
    module_id: int
    resource_id: int
    in_use: int


@transaction.atomic
def report_usage(
    *,
    actor: Actor,
    subscription: Subscription,
    rows: Sequence[ReportedUsage],
    at: datetime.datetime,
) -> None:
    """Keep the latest that the product reported; a report that comes late changes nothing.

    ``at`` is the moment of the measurement. Measurements are no decisions: they are not
    in the audit trail.
    """
    require(actor, Permission.USAGE_WRITE)
    reported = {(row.module_id, row.resource_id): row.in_use for row in rows}
    Usage.objects.bulk_create(
        (
            Usage(
                subscription=subscription,
                module_id=module_id,
                resource_id=resource_id,
                in_use=in_use,
                reported_at=at,
            )
            for (module_id, resource_id), in_use in reported.items()
        ),
        ignore_conflicts=True,
    )
    older = subscription.usage.filter(reported_at__lt=at).select_for_update().order_by("id")
    outdated = [usage for usage in older if (usage.module_id, usage.resource_id) in reported]
    for usage in outdated:
        usage.in_use, usage.reported_at = reported[usage.module_id, usage.resource_id], at
    Usage.objects.bulk_update(outdated, ["in_use", "reported_at"])
