"""Licences: certificates of what a subscription holds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db.models import QuerySet

from capphep.entitlements.actions.balances import next_version
from capphep.entitlements.models import (
    TRIALS,
    CheckDocument,
    Grant,
    Licence,
    LicenceCause,
    Subscription,
)
from capphep.entitlements.public_codes import new_code
from capphep.entitlements.queries import rests
from capphep.platform import numbers, rows
from capphep.platform.prepared import prepared
from capphep.pure.months import Term


def issue_licence(
    *,
    subscription: Subscription,
    request_no: str,
    day: datetime.date,
    cause: str = LicenceCause.APPROVAL,
    information: Mapping[str, object] | None = None,
) -> Licence:
    """RULE R14: the certificate of what the subscription holds after this decision.

    It lists what is in force on the day or later, each addition with the days that were
    not taken back. A request causes one licence of each ``cause``: its approval, its
    withdrawal, a change of information, which grants nothing and is a version of its own;
    ``information`` is then what the unit and its administrator are now.
    """
    if cause == LicenceCause.INFO_CHANGE:
        next_version([subscription])
        seen = {"subscription": subscription.pk}
        rows.update(CheckDocument, seen, {"version": subscription.version})
    grants = _not_over(subscription.pk, day)
    running = [(one, left) for one, left in rests(grants) if left.last >= day]
    licence = Licence(
        licence_no=numbers.next_number(numbers.LICENCE, day),
        subscription=subscription,
        version=subscription.version,
        request_no=request_no,
        cause=cause,
        public_code=new_code(),
        content={
            "customer": subscription.customer.budget_code,
            "product": subscription.product.code,
            "grants": [_certified(one, left) for one, left in running],
            **({"information": dict(information)} if information else {}),
        },
    )
    return rows.insert([licence])[0]


@prepared
def _not_over(subscription_id: int, day: datetime.date) -> QuerySet[Grant]:
    grants = Grant.objects.filter(subscription_id=subscription_id, last_day__gte=day)
    return grants.select_related("module", "resource").order_by("id")


def _certified(grant: Grant, left: Term) -> dict[str, object]:
    return {
        "module": grant.module.code,
        "resource": grant.resource.code,
        "quantity": grant.quantity,
        "first_day": left.first.isoformat(),
        "last_day": left.last.isoformat(),
        "request_no": grant.request_no,
        "trial": grant.kind in TRIALS,
    }
