"""Undoing an import of subscriptions in force: what builds on its grants, and their opposites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from capphep.entitlements.actions import undo_openings
from capphep.entitlements.models import Grant
from capphep.entitlements.queries.openings import built_on, first_openings, openings_of
from capphep.platform.dependents import Dependents
from capphep.platform.roles import Actor
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import OPEN, WAS_APPROVED


@transaction.atomic
def undo_lines(actor: Actor, grant_ids: Sequence[int]) -> int:
    """Raises Forbidden; Conflict ``in_use``, also for what came since it was asked for."""
    openings = openings_of(grant_ids)
    count = undo_openings(actor=actor, grant_ids=grant_ids)
    # Asked under the locks: who approves meanwhile waits, and sees bases that moved (R3).
    found = Dependents()
    found.add(_("Licence requests"), _requests_since(openings))
    found.refuse()
    return count


def what_builds_on(grant_ids: Sequence[int]) -> Dependents:
    """Everything that came to stand on the grants since they were entered. Six statements."""
    openings = openings_of(grant_ids)
    found = built_on(openings)
    found.add(_("Licence requests"), _requests_since(openings))
    return found


def _requests_since(openings: Sequence[Grant]) -> Iterator[str]:
    """Requests for the same product that are not over, or were approved, and count on them."""
    first = {
        (one.subscription.customer_id, one.subscription.product_id): one.granted_at
        for one in first_openings(openings).values()
    }
    rows = LicenceRequest.objects.filter(
        customer__in={customer for customer, _product in first},
        status__in=[*OPEN, *WAS_APPROVED],
    )
    for one in rows:
        since = first.get((one.customer_id, one.product_id))
        moments = filter(None, (one.created_at, one.sent_at, one.decided_at))
        if since and max(moments) >= since:
            yield one.request_no
