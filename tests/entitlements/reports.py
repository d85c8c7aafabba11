"""Reports of usage, and whom they told."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone

from capphep.crm.models import Customer
from capphep.entitlements.actions import RowOutcome, report_usage
from capphep.entitlements.models import Occasion, Usage
from capphep.entitlements.queries.gauges import ReportedRow
from capphep.platform import notices
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from tests import factories, stories
from tests.entitlements.conftest import Ledger

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def noon() -> datetime.datetime:
    """Long enough ago that neither the future nor midnight comes between."""
    return (timezone.localtime() - DAY).replace(hour=12, minute=0, second=0, microsecond=0)


def row(ledger: Ledger, users: int, at: datetime.datetime | None = None) -> ReportedRow:
    own = ledger.catalogue
    return stories.used(ledger.customer, own.office, own.users, users, at)


def report(*rows: ReportedRow) -> Sequence[RowOutcome]:
    return report_usage(actor=SYSTEM, rows=rows)


def current() -> int:
    return Usage.objects.get().in_use


def units(ledger: Ledger, count: int) -> list[Customer]:
    customers = [factories.customer(f"{2000000 + n}", f"UBND Xã {n}") for n in range(count)]
    for n, customer in enumerate(customers):
        stories.opened(customer, ledger.catalogue, request_no=f"YC-2026-8{n:05d}")
    return customers


def told(user: User) -> list[str]:
    return [notices.text_of(each) for each in notices.unread_of(user)]


def levels() -> list[int]:
    return list(Occasion.objects.order_by("id").values_list("level", flat=True))
