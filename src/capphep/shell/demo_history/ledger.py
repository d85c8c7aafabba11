"""What the sample data asked for and was granted: module lines, the ledger, licences."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils import timezone

from capphep.catalog.models import Module
from capphep.entitlements.actions.balances import next_version, rebuild_balances
from capphep.entitlements.actions.licences import issue_licence
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.provisioning.models import RequestLine, RequestQuantity
from capphep.pure.months import Term, term
from capphep.shell.demo_history.sales import Sale


def write_ledger(sales: Sequence[Sale]) -> None:
    """What was approved, one after the other: each has its licence, of what was held then.

    What was refused or is still open has its lines too, on the base of its day.
    """
    subscriptions = _subscriptions(sales)
    bases = _Bases(list(subscriptions.values()))
    quantities: list[RequestQuantity] = []
    for sale in sorted(sales, key=_decided_on):
        subscription, day = subscriptions[sale.customer.pk], timezone.localdate(_decided_on(sale))
        first = max(day, bases.end_of(subscription.pk, day)) if sale.kind == "renewal" else day
        asked = _asked(sale, subscription.pk, first, bases)
        quantities += asked
        if sale.is_approved:
            _grant(sale, subscription, asked, day, bases)
    RequestLine.objects.bulk_create(line for sale in sales for line in sale.lines)
    RequestQuantity.objects.bulk_create(quantities)
    rebuild_balances(list(subscriptions.values()))


def _decided_on(sale: Sale) -> datetime.datetime:
    return sale.decided_at or (sale.sent_at if sale.waits else sale.made_at)


def _grant(
    sale: Sale,
    subscription: Subscription,
    asked: Iterable[RequestQuantity],
    day: datetime.date,
    bases: _Bases,
) -> None:
    sale.grants = [_granted(sale, subscription, quantity, day) for quantity in asked]
    Grant.objects.bulk_create(sale.grants)
    next_version([subscription])
    licence = issue_licence(subscription=subscription, request_no=sale.request.request_no, day=day)
    type(licence).objects.filter(pk=licence.pk).update(issued_at=sale.decided_at)
    sale.licence = licence
    bases.add(sale.grants)


def _subscriptions(sales: Sequence[Sale]) -> dict[int, Subscription]:
    wanted = {sale.customer.pk: sale.order.product_id for sale in sales}
    Subscription.objects.bulk_create(
        [Subscription(customer_id=one, product_id=two) for one, two in wanted.items()],
        ignore_conflicts=True,
    )
    rows = Subscription.objects.filter(customer__in=wanted).select_related("customer", "product")
    return {row.customer_id: row for row in rows if row.product_id == wanted[row.customer_id]}


class _Bases:
    """What is in force of each resource on a day, and since which request (R1)."""

    def __init__(self, subscriptions: list[Subscription]) -> None:
        self._grants: dict[int, list[Grant]] = defaultdict(list)
        self.add(Grant.objects.filter(subscription__in=subscriptions).order_by("pk"))

    def add(self, grants: Iterable[Grant]) -> None:
        for grant in grants:
            self._grants[grant.subscription_id].append(grant)

    def of(
        self, subscription: int, module: int, resource: int, day: datetime.date
    ) -> tuple[int, str]:
        held = [
            one
            for one in self._grants[subscription]
            if (one.module_id, one.resource_id) == (module, resource)
            and one.first_day <= day <= one.last_day
        ]
        return sum(one.quantity for one in held), held[-1].request_no if held else ""

    def end_of(self, subscription: int, day: datetime.date) -> datetime.date:
        """The first day that nothing covers any more."""
        lasts = [one.last_day for one in self._grants[subscription]]
        return max(lasts, default=day) + datetime.timedelta(days=1)


def _asked(
    sale: Sale, subscription: int, first: datetime.date, bases: _Bases
) -> list[RequestQuantity]:
    span = term(first, sale.item.term_months)
    lines: dict[int, RequestLine] = {}
    found = []
    for content in sale.item.contents.all():
        line = lines.get(content.module_id)
        if line is None:
            line = _asked_line(sale, content.module, span, len(lines) + 1)
            lines[content.module_id] = line
        base, base_no = bases.of(subscription, content.module_id, content.resource_id, first)
        added = content.units * sale.quantity
        found.append(
            RequestQuantity(
                line=line,
                resource=content.resource,
                base=base,
                added=added,
                total=base + added,
                base_request_no=base_no,
            )
        )
    sale.lines = list(lines.values())
    return found


def _asked_line(sale: Sale, module: Module, span: Term, position: int) -> RequestLine:
    """The days are written down when they are granted."""
    days = {"first_day": span.first, "last_day": span.last} if sale.is_approved else {}
    return RequestLine(
        request=sale.request,
        module=module,
        position=position,
        months=sale.item.term_months,
        extra=_extra(sale, module) if sale.waits else {},
        **days,
    )


def _extra(sale: Sale, module: Module) -> dict[str, object]:
    """What was typed behind the (+); a draft still lacks it."""
    unit = sale.customer
    typed: dict[str, object] = {
        "using_unit": unit.budget_code,
        "regime": "tt24",
        "first_year": sale.made_at.year,
        "departments": 3 + unit.pk % 9,
        "clerk_email": f"vanthu.{unit.budget_code}@example.vn",
    }
    fields = module.extra_schema.get("properties", {})
    return {name: value for name, value in typed.items() if name in fields}


def _granted(
    sale: Sale, subscription: Subscription, asked: RequestQuantity, day: datetime.date
) -> Grant:
    line = asked.line
    assert line.first_day and line.last_day
    return Grant(
        subscription=subscription,
        kind=GrantKind.APPROVAL,
        request_no=sale.request.request_no,
        source=f"{sale.request.request_no}/{line.position}",
        module=line.module,
        resource=asked.resource,
        quantity=asked.added,
        months=line.months,
        first_day=line.first_day,
        last_day=line.last_day,
        granted_on=day,
    )
