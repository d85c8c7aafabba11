"""What should be in force, reckoned in the plainest way from what was approved."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, replace

from capphep.catalog.models import ItemContent, TrialDefault
from capphep.entitlements.models import BalanceStep, Grant, GrantKind
from capphep.pure.months import term

ONE_DAY = datetime.timedelta(days=1)
Held = tuple[int, int, int]
"""Customer, module and resource."""


@dataclass(frozen=True)
class Added:
    """What one approved request adds of one resource, from the first to the last day."""

    held: Held
    quantity: int
    first: datetime.date
    last: datetime.date
    request_no: str
    is_trial: bool = False

    def covers(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last


class Model:
    def __init__(self) -> None:
        contents = ItemContent.objects.select_related("item", "module")
        self.contents = list(contents.order_by("module__position", "id"))
        openings = Grant.objects.filter(kind=GrantKind.OPENING).select_related("subscription")
        self.added = [
            Added(
                (grant.subscription.customer_id, grant.module_id, grant.resource_id),
                grant.quantity,
                grant.first_day,
                grant.last_day,
                grant.request_no,
            )
            for grant in openings
        ]

    def bought(self, items: dict[int, int]) -> Counter[tuple[int, int, int]]:
        """By module, resource and months: Σ quantity × units."""
        found: Counter[tuple[int, int, int]] = Counter()
        for content in self.contents:
            if content.item_id in items:
                key = (content.module_id, content.resource_id, content.item.term_months)
                found[key] += items[content.item_id] * content.units
        return found

    def tried(self) -> Counter[tuple[int, int, int]]:
        """The same of a trial."""
        return Counter(
            {
                (one.module_id, one.resource_id, one.module.product.trial_months or 0): one.quantity
                for one in TrialDefault.objects.select_related("module__product")
            }
        )

    def running_until(
        self, customer_id: int, module_id: int, day: datetime.date
    ) -> datetime.date | None:
        """Day by day: until when something that was bought runs without a gap."""
        own = [one for one in self.added if one.held[:2] == (customer_id, module_id)]
        bought = [one for one in own if not one.is_trial]
        last = None
        while any(one.covers(day) for one in bought):
            last = max(one.last for one in bought if one.covers(day))
            day = last + ONE_DAY
        return last

    def add(
        self,
        customer_id: int,
        request_no: str,
        bought: Counter[tuple[int, int, int]],
        firsts: dict[int, datetime.date],
        *,
        is_trial: bool = False,
    ) -> None:
        """``firsts`` are the first days by module."""
        for (module_id, resource_id, months), quantity in bought.items():
            days = term(firsts[module_id], months)
            held = (customer_id, module_id, resource_id)
            self.added.append(Added(held, quantity, days.first, days.last, request_no, is_trial))

    def end(self, request_no: str, from_day: datetime.date) -> None:
        """From that day on nothing of this request is left."""
        self._cut(lambda one: one.request_no == request_no, from_day)

    def end_trials(self, customer_id: int, from_day: datetime.date) -> None:
        self._cut(lambda one: one.is_trial and one.held[0] == customer_id, from_day)

    def _cut(self, is_meant: object, from_day: datetime.date) -> None:
        assert callable(is_meant)
        left = []
        for one in self.added:
            if is_meant(one) and one.last >= from_day:
                one = replace(one, last=from_day - ONE_DAY)
            if one.last >= one.first:
                left.append(one)
        self.added = left

    # --- what is compared ------------------------------------------------------------------

    def in_force(self, day: datetime.date) -> dict[Held, int]:
        total: Counter[Held] = Counter()
        for one in self.added:
            if one.covers(day):
                total[one.held] += one.quantity
        return dict(total)

    def turning_days(self) -> set[datetime.date]:
        """Every day on which something begins or has ended: between them nothing changes."""
        return {one.first for one in self.added} | {one.last + ONE_DAY for one in self.added}


def stored_balances(days: set[datetime.date]) -> dict[datetime.date, dict[Held, int]]:
    """What the stored steps say of each day. One statement."""
    steps = BalanceStep.objects.order_by("from_day").values_list(
        "subscription__customer", "module", "resource", "from_day", "quantity"
    )
    found: dict[datetime.date, dict[Held, int]] = {day: {} for day in days}
    for customer, module, resource, from_day, quantity in steps:
        for day, totals in found.items():
            if from_day <= day:
                totals[customer, module, resource] = quantity
    return {
        day: {held: quantity for held, quantity in totals.items() if quantity}
        for day, totals in found.items()
    }


def summed_grants(days: set[datetime.date]) -> dict[datetime.date, dict[Held, int]]:
    """What the sum of the grants says of each day. One statement."""
    grants = Grant.objects.values_list(
        "subscription__customer", "module", "resource", "first_day", "last_day", "quantity"
    )
    found: dict[datetime.date, Counter[Held]] = {day: Counter() for day in days}
    for customer, module, resource, first, last, quantity in grants:
        for day, totals in found.items():
            if first <= day <= last:
                totals[customer, module, resource] += quantity
    return {
        day: {held: quantity for held, quantity in totals.items() if quantity}
        for day, totals in found.items()
    }
