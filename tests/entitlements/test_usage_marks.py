"""Marks of usage are told once each, to who sells to the customer (R16)."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from capphep.crm.models import Customer
from capphep.platform.models import Notice, OutboxEvent, User
from tests import factories, stories
from tests.entitlements.conftest import Ledger
from tests.entitlements.reports import HOUR, levels, noon, report, row, told, units

YC = "YC-2026-000012"


def test_the_marks_are_told_once_each_to_who_sells(
    ledger: Ledger, salesperson: User, officer: User
) -> None:
    report(row(ledger, 79, noon()))
    assert not told(salesperson)
    report(row(ledger, 80, noon() + HOUR))
    (sentence,) = told(salesperson)
    assert "80" in sentence and "Văn phòng số – Người dùng" in sentence
    for hour, users in enumerate([85, 60, 81, 99], start=2):
        report(row(ledger, users, noon() + hour * HOUR))
    assert levels() == [80] and not told(officer)
    report(row(ledger, 100, noon() + 9 * HOUR))
    report(row(ledger, 85, noon() + 10 * HOUR))
    assert levels() == [80, 100]
    # The later news takes the place of the earlier.
    assert len(told(salesperson)) == 1


def test_who_comes_to_the_last_mark_at_once_hears_of_that_alone(
    ledger: Ledger, salesperson: User
) -> None:
    report(row(ledger, 120, noon()))
    report(row(ledger, 85, noon() + HOUR))
    assert levels() == [100]


def test_a_late_report_tells_nobody(ledger: Ledger, salesperson: User) -> None:
    report(row(ledger, 40, noon()))
    report(row(ledger, 99, noon() - HOUR))
    assert not told(salesperson)


def test_more_in_force_makes_another_thing(ledger: Ledger, salesperson: User) -> None:
    report(row(ledger, 85, noon()))
    ledger.grant(YC, 5)
    report(row(ledger, 85, noon() + HOUR))
    assert levels() == [80, 80]
    assert len(told(salesperson)) == 2


@pytest.mark.parametrize(("used", "said"), [(100, "đang dùng 100%"), (102, "vượt số được cấp")])
def test_more_than_is_in_force_is_told_as_that(
    ledger: Ledger, salesperson: User, used: int, said: str
) -> None:
    report(row(ledger, used))
    (sentence,) = told(salesperson)
    assert f" {said} " in sentence
    assert ("(102%)" in sentence) == (used > 100)


def test_a_mark_leaves_the_house_as_an_event(ledger: Ledger) -> None:
    report(row(ledger, 90, noon()))
    event = OutboxEvent.objects.get(type="usage.threshold")
    assert event.payload == {
        "customer": ledger.customer.budget_code,
        "product": "igov",
        "module": "office",
        "resource": "users",
        "in_use": 90,
        "in_force": 100,
        "percent": 80,
    }


def test_marks_are_a_setting(ledger: Ledger, settings: LazySettings) -> None:
    settings.USAGE_PERCENTS = []
    report(row(ledger, 100, noon()))
    settings.USAGE_PERCENTS = [50]
    report(row(ledger, 51, noon() + HOUR))
    assert levels() == [50]


def test_of_an_owned_customer_its_owner_is_told_alone(
    ledger: Ledger, salesperson: User, colleague: User
) -> None:
    Customer.objects.update(owner=colleague)
    report(row(ledger, 90))
    assert (len(told(salesperson)), len(told(colleague))) == (0, 1)


def test_of_the_pool_who_sold_last_is_told(
    ledger: Ledger, salesperson: User, colleague: User
) -> None:
    stories.ordered(ledger.customer, salesperson, [(ledger.catalogue.users_50, 1)])
    stories.ordered(ledger.customer, colleague, [(ledger.catalogue.users_50, 1)])
    report(row(ledger, 90))
    assert (len(told(salesperson)), len(told(colleague))) == (0, 1)


def test_the_pool_without_orders_is_spread_over_those_who_sell(
    ledger: Ledger, salesperson: User, other_salesperson: User, officer: User
) -> None:
    own = ledger.catalogue
    report(*(stories.used(each, own.office, own.users, 90) for each in units(ledger, 10)))
    assert [len(told(user)) for user in (salesperson, other_salesperson, officer)] == [5, 5, 0]


def test_of_a_teams_customer_without_anybody_in_charge_the_team_is_told(
    ledger: Ledger, salesperson: User, other_salesperson: User
) -> None:
    for user in (salesperson, other_salesperson):
        User.objects.filter(pk=user.pk).update(is_active=False)
    heir = factories.user("heir", "sales", other_salesperson.team)
    factories.user("sales3", "sales", salesperson.team)
    Customer.objects.update(owner=other_salesperson, team=other_salesperson.team)
    report(row(ledger, 90))
    assert len(told(heir)) == 1


def test_where_nobody_sells_nobody_is_told(ledger: Ledger) -> None:
    report(row(ledger, 90))
    assert levels() == [80] and not Notice.objects.exists()


def test_who_has_left_is_not_told(ledger: Ledger, salesperson: User, colleague: User) -> None:
    Customer.objects.update(owner=colleague)
    stories.ordered(ledger.customer, salesperson, [(ledger.catalogue.users_50, 1)])
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    report(row(ledger, 90))
    assert (len(told(salesperson)), len(told(colleague))) == (1, 0)


def test_of_a_customer_that_is_no_longer_followed_nobody_is_told(
    ledger: Ledger, salesperson: User
) -> None:
    Customer.objects.update(is_active=False)
    report(row(ledger, 90))
    assert levels() == [80] and not told(salesperson)
