"""Two records of one unit, which become one."""

from __future__ import annotations

import datetime

from capphep.crm.models import Customer
from capphep.entitlements.queries import quantity_in_force
from capphep.ims.actions import approve
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.shell.merging import merge_customers
from tests import factories, stories
from tests.factories import SmallCatalogue


class Twins:
    """``gone`` and ``kept``, both of ``salesperson``; what each has of iGOV's office users."""

    def __init__(self, salesperson: User, catalogue: SmallCatalogue) -> None:
        self.catalogue, self.salesperson = catalogue, salesperson
        self.kept = factories.customer(owner=salesperson, team=salesperson.team)
        self.gone = factories.customer(
            "7654321", "UBND xã Đông Hải (cũ)", owner=salesperson, team=salesperson.team
        )

    def both_have_it(self) -> None:
        stories.opened(self.kept, self.catalogue, users=100, request_no="YC-2025-000001")
        stories.opened(self.gone, self.catalogue, users=30, request_no="YC-2025-000002")

    def users(self, customer: Customer, day: datetime.date | None = None) -> int:
        one = self.catalogue
        return quantity_in_force(customer, one.igov, one.office, one.users, day or clock.today())

    def bought(self, customer: Customer, officer: User) -> LicenceRequest:
        """50 users more, approved."""
        order = stories.ordered(customer, self.salesperson, [(self.catalogue.users_50, 1)])
        request = stories.sent(order, self.salesperson)
        approve(actor=officer, request_id=request.pk, seen=stories.seen_by_officer(request))
        return request

    def merge(self, actor: User) -> Customer:
        return merge_customers(
            actor=actor,
            gone_id=self.gone.pk,
            kept_id=self.kept.pk,
            seen=(self.gone.version, self.kept.version),
            reason="Nhập hai lần",
        )
