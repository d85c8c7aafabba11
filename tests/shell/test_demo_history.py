"""What the sample data say of the past agrees with itself."""

from __future__ import annotations

import pytest

from capphep.crm.models import Customer, Order
from capphep.ims import ledger
from capphep.reporting import proof
from capphep.reporting.keeping import keep_up
from capphep.shell import found_by
from capphep.shell.demo import NOTHING_HAPPENED, load_demo
from capphep.shell.demo_history import load_history

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_two_years_of_work_are_complete_and_spare_the_customers_of_the_tour() -> None:
    load_demo()
    load_history(except_for=NOTHING_HAPPENED)
    assert Order.objects.count() > 250
    assert not Order.objects.filter(budget_code__in=NOTHING_HAPPENED).exists()
    assert Customer.objects.filter(budget_code__in=NOTHING_HAPPENED).count() == len(
        NOTHING_HAPPENED
    )
    assert not list(ledger.differences())
    assert not list(found_by.differences())
    while keep_up():
        pass
    assert not list(proof.differences(proof.Counts()))
