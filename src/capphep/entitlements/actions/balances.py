"""What is derived from the grants: stored balances, ownership, the count of changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import connection, transaction

from capphep.crm.actions.ownership import note_ownership
from capphep.entitlements import rules
from capphep.entitlements.models import BalanceStep, Subscription
from capphep.entitlements.queries import (
    differing,
    granted_to,
    ownership_without_subscription,
)
from capphep.entitlements.queries.checks import check_document
from capphep.platform import audit, rows
from capphep.platform.roles import SYSTEM

BATCH = 500
_ONE_MORE = "UPDATE entitlements_subscription SET version = version + 1 WHERE id IN"


def rebuild_balances(subscriptions: Collection[Subscription]) -> None:
    """RULE R2: derive what is stored beside the grants from the grants alone.

    That are the balances, what checks read, and the CRM's ownership. Balances and checks count
    trials too; who only tries a product does not own it (R8).
    """
    granted = granted_to([found.pk for found in subscriptions])
    spans = granted.spans
    for batch in _batches(list(spans)):
        rows.delete(BalanceStep, {"subscription_id": batch})
    rows.insert(
        BalanceStep(
            subscription_id=subscription_id,
            module_id=module_id,
            resource_id=resource_id,
            from_day=step.from_day,
            quantity=step.quantity,
        )
        for subscription_id, of_subscription in spans.items()
        for (module_id, resource_id), found in rules.steps(of_subscription).items()
        for step in found
    )
    # Who asks by the code of a merged customer is answered by the document of the other one.
    asked = [one for one in subscriptions if one.customer.merged_into_id is None]
    rows.put((check_document(one, granted) for one in asked), key="subscription")
    note_ownership(
        {
            (found.customer_id, found.product_id): rules.owned_days(spans[found.pk])
            for found in subscriptions
        }
    )


def _batches(ids: list[int]) -> Iterator[list[int]]:
    yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


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
    for batch in _batches([found.pk for found in subscriptions]):
        marks = ", ".join(["%s"] * len(batch))
        with connection.cursor() as cursor:
            cursor.execute(f"{_ONE_MORE} ({marks})", batch)
    for subscription in subscriptions:
        subscription.version += 1
