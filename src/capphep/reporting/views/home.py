"""What the first page shows of the reports: the running month, the months before, what ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capphep.crm.models import Customer
from capphep.crm.states import LicenceStatus
from capphep.platform import clock
from capphep.platform.models import User
from capphep.reporting import rules, texts
from capphep.reporting.charts import Chart, parts
from capphep.reporting.queries.asked import asked_of
from capphep.reporting.queries.orders import NOTHING, Sold, sold_by, total
from capphep.reporting.queries.others import ending
from capphep.reporting.views.orders import chart_of
from capphep.reporting.views.shown import Asking, Bar, Bars, before_note

# Every order is in one of them: the bar adds up to the number beside it.
_STEPS: Final = (
    (gettext_lazy("No request yet"), (LicenceStatus.NOT_REQUESTED,)),
    (gettext_lazy("At the desk or returned"), (LicenceStatus.PENDING, LicenceStatus.RETURNED)),
    (gettext_lazy("Approved"), (LicenceStatus.APPROVED,)),
    (gettext_lazy("Rejected or revoked"), (LicenceStatus.REJECTED, LicenceStatus.REVOKED)),
)


@dataclass(frozen=True, slots=True)
class Month:
    """The running month against as many days of the last one; ``url`` has the same numbers."""

    sold: Sold
    grown: int | None
    note: str
    url: str


def _asking(actor: User, name: str, **query: str) -> Asking:
    day = clock.today()
    path = reverse("reporting:report", args=[name])
    return Asking(actor, asked_of(query, day), day, path)


def _narrowed(salesperson: int | None) -> dict[str, str]:
    return {"salesperson": str(salesperson)} if salesperson else {}


@dataclass(frozen=True, slots=True)
class TwoMonths:
    """Orders by status: of the running month, and of as many days of the last one."""

    asking: Asking
    now: Mapping[str, Sold]
    before: Mapping[str, Sold]


def two_months(actor: User, salesperson: int | None = None) -> TwoMonths:
    """Two statements."""
    asking = _asking(actor, "orders", period="month", **_narrowed(salesperson))
    span = asking.asked.span
    now, before = (sold_by(actor, asking.asked, "status", each) for each in (span, span.before))
    return TwoMonths(asking, now, before)


def month_of(found: TwoMonths) -> Month:
    now, before = total(found.now), total(found.before)
    grown = rules.change(now.amount, before.amount)
    return Month(now, grown, before_note(found.asking), found.asking.url())


def months_of(actor: User, salesperson: int | None = None) -> tuple[Chart, str]:
    """Twelve months as a chart, and where there is more of it. Three statements."""
    asking = _asking(actor, "orders", **_narrowed(salesperson))
    span = asking.asked.span
    found, before = (sold_by(actor, asking.asked, "month", each) for each in (span, span.before))
    return chart_of(asking, found, before), asking.url()


def funnel(both: TwoMonths) -> tuple[Bars, str]:
    """How far the orders of this month and of the last one got."""
    labels = [label for label, _statuses in _STEPS]
    bars = []
    for label, found in (
        (_("This month"), both.now),
        (before_note(both.asking), both.before),
    ):
        counts = [
            sum(found.get(status, NOTHING).number for status in statuses)
            for _label, statuses in _STEPS
        ]
        if sum(counts):
            text = _("%(number)s orders") % {"number": texts.number(total(found).number)}
            bars.append(Bar(str(label), parts(counts, labels, texts.number), text))
    return Bars(_("How far orders got"), bars, labels), both.asking.url(by="status")


@dataclass(frozen=True, slots=True)
class Ending:
    """A subscription that ends soon."""

    subscription: int
    customer: str
    days: int
    amount: int
    ends_on: str


def ending_soon(actor: User, shown: int) -> tuple[int, list[Ending], str]:
    """How many end in the next 90 days, the first of them, and their report. Three statements."""
    asking = _asking(actor, "ending")
    rows = ending(actor, asking.asked, asking.day)
    count = rows.order_by().aggregate(count=Count("pk"))["count"]
    first = list(rows.order_by("ends_on", "subscription")[:shown]) if count else []
    names = _customer_names([one.customer for one in first])
    return (
        count,
        [
            Ending(
                one.subscription,
                names[one.customer],
                (one.ends_on - asking.day).days,
                one.amount,
                f"{one.ends_on:%d/%m/%Y}",
            )
            for one in first
        ],
        asking.path,
    )


def _customer_names(ids: list[int]) -> dict[int, str]:
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
