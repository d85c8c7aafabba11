"""What is derived from the grants: stored balances, ownership, the count of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from capphep.crm.actions.ownership import note_ownership
from capphep.entitlements import rules
from capphep.entitlements.models import BalanceStep, Grant, Subscription
from capphep.entitlements.queries import differing, ownership_without_subscription, span_of
from capphep.platform import audit
from capphep.platform.roles import SYSTEM

BATCH = 500


def rebuild_balances(subscriptions: Collection[Subscription]) -> None:
    """RULE R2: derive the stored balances and the CRM's ownership from the grants alone.

    The balances count trials too; who only tries a product does not own it (R8).
    """
    spans: dict[int, list[rules.Span]] = defaultdict(list)
    for grant in Grant.objects.filter(subscription__in=subscriptions).order_by("id"):
        spans[grant.subscription_id].append(span_of(grant))
    BalanceStep.objects.filter(subscription__in=subscriptions).delete()
    BalanceStep.objects.bulk_create(
        (
            BalanceStep(
                subscription=subscription,
                module_id=module_id,
                resource_id=resource_id,
                from_day=step.from_day,
                quantity=step.quantity,
            )
            for subscription in subscriptions
            for (module_id, resource_id), found in rules.steps(spans[subscription.pk]).items()
            for step in found
        ),
        batch_size=BATCH,
    )
    note_ownership(
        {
            (found.customer_id, found.product_id): rules.owned_days(spans[found.pk])
            for found in subscriptions
        }
    )


@transaction.atomic
def restore_balances(subscription_id: int) -> list[str]:
    """RULE R2: where anything stored differs from the grants, derive it again.

    Returns what differed. It needs no permission: it can only say what the ledger says.
    """
    subscription = Subscription.objects.select_for_update().get(pk=subscription_id)
    found = differing([subscription_id]).get(subscription_id, [])
    if found:
        rebuild_balances([subscription])
        audit.record(SYSTEM, [audit.Change(subscription, "restored", before={"differed": found})])
    return found


@transaction.atomic
def remove_ownership_without_subscription() -> list[str]:
    """RULE R8: what no ledger stands behind is not owned. Returns what was removed."""
    spans = list(ownership_without_subscription().select_for_update(of=("self",)))
    note_ownership({(span.customer_id, span.product_id): [] for span in spans})
    return [f"OWNERSHIP {span.customer.budget_code} {span}: no subscription" for span in spans]


def next_version(subscriptions: Collection[Subscription]) -> None:
    """Count one more change of each."""
    Subscription.objects.filter(pk__in=[found.pk for found in subscriptions]).update(
        version=F("version") + 1
    )
    for subscription in subscriptions:
        subscription.version += 1
