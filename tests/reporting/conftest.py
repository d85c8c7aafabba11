"""What sales and the desk did, so that there is something to report."""

from __future__ import annotations

import pytest

from capphep.crm.models import Customer
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.reporting import keeping
from tests import factories, stories
from tests.factories import SmallCatalogue


def kept_up() -> None:
    """The worker has done all there is."""
    while keeping.keep_up():
        pass


class Trade:
    """Orders of ``salesperson`` for new customers, and what the officer makes of them."""

    def __init__(self, catalogue: SmallCatalogue, salesperson: User, officer: User) -> None:
        self.catalogue = catalogue
        self.salesperson = salesperson
        self.officer = officer

    def customer(self, province: str = "Hà Nội") -> Customer:
        number = Customer.objects.count()
        found = factories.customer(f"{1000000 + number}", f"UBND Xã số {number}", province=province)
        stories.opened(found, self.catalogue, request_no=f"YC-2026-9{number:05d}")
        return found

    def waiting(self, packages: int = 1, province: str = "Hà Nội") -> LicenceRequest:
        lines = [(self.catalogue.users_50, packages)]
        order = stories.ordered(self.customer(province), self.salesperson, lines)
        return stories.sent(order, self.salesperson)

    def approved(self, packages: int = 1, province: str = "Hà Nội") -> LicenceRequest:
        request = self.waiting(packages, province)
        stories.approved(request, self.officer)
        return request


@pytest.fixture
def trade(catalogue: SmallCatalogue, salesperson: User, officer: User) -> Trade:
    return Trade(catalogue, salesperson, officer)
