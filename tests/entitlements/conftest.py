"""A unit that has iGOV with 100 users, and its subscription."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from django.db import transaction

from capphep.crm.models import Customer
from capphep.entitlements import actions
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.entitlements.queries import quantity_in_force
from capphep.platform import audit, clock
from capphep.pure.months import term
from tests import factories, stories
from tests.factories import SmallCatalogue

DAY = datetime.timedelta(days=1)


@dataclass
class Ledger:
    """The ledger of one unit, and what a decision of today would append to it."""

    customer: Customer
    catalogue: SmallCatalogue
    today: datetime.date

    @property
    def subscription(self) -> Subscription:
        return Subscription.objects.select_related("customer", "product").get(
            customer=self.customer
        )

    def locked(self) -> Subscription:
        return actions.lock_subscription(self.customer, self.catalogue.igov)

    @transaction.atomic
    def grant(
        self,
        number: str,
        users: int,
        *,
        kind: GrantKind = GrantKind.APPROVAL,
        first: datetime.date | None = None,
        months: int = 12,
        books: int = 0,
    ) -> None:
        days = term(first or self.today, months)
        office, accounting = self.catalogue.office, self.catalogue.accounting
        bought = [(office, self.catalogue.users, users), (accounting, self.catalogue.books, books)]
        actions.append_grants(
            subscription=self.locked(),
            request_no=number,
            day=self.today,
            kind=kind,
            grants=[
                actions.NewGrant(
                    module=module,
                    resource=resource,
                    quantity=quantity,
                    months=months,
                    first_day=days.first,
                    last_day=days.last,
                    source=f"{number}/{position}",
                )
                for position, (module, resource, quantity) in enumerate(bought, start=1)
                if quantity
            ],
        )

    @transaction.atomic
    def withdraw(self, number: str, from_day: datetime.date) -> audit.Change:
        return actions.withdraw_grants(
            subscription=self.locked(), request_no=number, from_day=from_day, day=self.today
        )

    @transaction.atomic
    def end_trials(self, from_day: datetime.date) -> list[audit.Change]:
        return actions.end_trials(subscription=self.locked(), from_day=from_day, day=self.today)

    def users(self, day: datetime.date) -> int:
        own = self.catalogue
        return quantity_in_force(self.customer, own.igov, own.office, own.users, day)

    def of(self, number: str, kind: GrantKind) -> list[tuple[int, datetime.date, datetime.date]]:
        rows = Grant.objects.filter(request_no=number, kind=kind).order_by("id")
        return list(rows.values_list("quantity", "first_day", "last_day"))


@pytest.fixture
def unit(db: None) -> Customer:
    return factories.customer()


@pytest.fixture
def ledger(unit: Customer, catalogue: SmallCatalogue) -> Ledger:
    stories.opened(unit, catalogue)
    return Ledger(unit, catalogue, clock.today())
