"""Links whose closing day has come."""

from __future__ import annotations

import datetime

from django.db import transaction

from capphep.identity.actions.links import close_link
from capphep.identity.actions.waking import wake
from capphep.identity.models import AccountLink
from capphep.identity.states import OPEN


@transaction.atomic
def close_due(*, day: datetime.date) -> int:
    """Let what ends on the local day, or ended before, be deactivated; returns how many links.

    What was opened again before its day has none any more. Running it again does nothing.
    """
    due = AccountLink.objects.filter(closed_from__lte=day, status__in=OPEN)
    wake(due.values_list("account_id", flat=True))
    links = list(due)
    for link in links:
        assert link.closed_from is not None
        close_link(link, from_day=link.closed_from, day=day)
    return len(links)
