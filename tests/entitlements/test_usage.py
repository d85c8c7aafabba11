"""Reports of what is in use: kept, late, again, refused, many; and whom they tell (R16)."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.utils import timezone

from capphep.entitlements.actions import report_usage
from capphep.entitlements.actions.usage import forget_old_usage
from capphep.entitlements.models import DailyUsage, Occasion, Usage
from capphep.entitlements.queries.gauges import ReportedRow, Within
from capphep.platform import clock
from capphep.platform.models import Notice, OutboxEvent, User
from capphep.platform.roles import SYSTEM
from capphep.pure.errors import Forbidden, Invalid
from tests import factories, stories
from tests.entitlements.conftest import Ledger
from tests.entitlements.reports import DAY, HOUR, current, levels, noon, report, row, units
from tests.plumbing.races import losers, race
from tests.plumbing.sql_counts import Counter

# --- what stands -------------------------------------------------------------------------------


def test_a_late_report_never_overwrites_a_newer_one(ledger: Ledger) -> None:
    assert report(row(ledger, 40, noon()))[0].is_current
    assert not report(row(ledger, 60, noon() - HOUR))[0].is_current
    assert current() == 40
    assert report(row(ledger, 50, noon() + HOUR))[0].is_current
    usage = Usage.objects.get()
    assert (usage.in_use, usage.measured_at) == (50, noon() + HOUR)


def test_the_trend_keeps_the_last_and_the_highest_of_each_local_day(ledger: Ledger) -> None:
    report(row(ledger, 40, noon()), row(ledger, 70, noon() - HOUR), row(ledger, 9, noon() - DAY))
    report(row(ledger, 30, noon() + HOUR), row(ledger, 20, noon() - 2 * HOUR))
    rows = DailyUsage.objects.order_by("day").values_list("day", "last", "peak")
    day = noon().date()
    assert list(rows) == [(day - DAY, 9, 9), (day, 30, 70)]


def test_the_same_report_again_changes_nothing(ledger: Ledger) -> None:
    rows = [row(ledger, 85, noon()), row(ledger, 30, noon() - HOUR)]
    first = report(*rows)
    before = [list(model.objects.values()) for model in (Usage, DailyUsage, Occasion)]
    events, told = OutboxEvent.objects.count(), Notice.objects.count()
    assert report(*rows) == first
    assert [list(model.objects.values()) for model in (Usage, DailyUsage, Occasion)] == before
    assert (OutboxEvent.objects.count(), Notice.objects.count()) == (events, told)


def test_of_the_same_moment_the_larger_stands_in_whatever_order(ledger: Ledger) -> None:
    report(row(ledger, 40, noon()))
    report(row(ledger, 45, noon()))
    report(row(ledger, 41, noon()))
    assert (current(), DailyUsage.objects.get().last) == (45, 45)


def test_a_fraction_of_a_second_is_later(ledger: Ledger) -> None:
    report(row(ledger, 40, noon()))
    report(row(ledger, 30, noon() + datetime.timedelta(microseconds=1)))
    assert (current(), DailyUsage.objects.get().last) == (30, 30)


def test_a_report_leaves_alone_what_it_does_not_mention(ledger: Ledger) -> None:
    report(row(ledger, 40))
    own = ledger.catalogue
    report(stories.used(ledger.customer, own.accounting, own.books, 1))
    assert sorted(Usage.objects.values_list("in_use", flat=True)) == [1, 40]


# --- what cannot be taken ------------------------------------------------------------------------


def changed(ledger: Ledger, **values: object) -> ReportedRow:
    return replace(row(ledger, 10), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"budget_code": "7654321"}, "customer_unknown"),
        ({"budget_code": "\x00"}, "customer_unknown"),
        ({"budget_code": "x" * 10_000}, "customer_unknown"),
        ({"product": "nothing"}, "module_unknown"),
        ({"module": "nothing"}, "module_unknown"),
        ({"module": "\x00"}, "module_unknown"),
        ({"resource": "nothing"}, "resource_unknown"),
        ({"resource": ""}, "resource_unknown"),
        ({"product": "ihos", "module": "accounting"}, "subscription_unknown"),
        ({"in_use": -1}, "in_use_out_of_range"),
        ({"in_use": 2**63}, "in_use_out_of_range"),
        ({"measured_at": timezone.now() + HOUR}, "measured_in_future"),
        ({"measured_at": datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)}, "measured_too_old"),
    ],
)
def test_a_bad_row_is_refused_and_the_good_ones_are_kept(
    ledger: Ledger, values: dict[str, object], code: str
) -> None:
    outcomes = report(row(ledger, 30), changed(ledger, **values), row(ledger, 31))
    refusals = [each.refusal and each.refusal.code for each in outcomes]
    assert refusals == [None, code, None]
    assert current() == 31


def test_a_product_reports_of_its_own_alone(ledger: Ledger) -> None:
    own, other = ledger.catalogue, factories.customer("7654321")
    for within, code in [
        (Within(product_id=own.ihos.pk), "module_unknown"),
        (Within(customer_id=other.pk), "customer_unknown"),
        (Within(product_id=own.igov.pk, customer_id=ledger.customer.pk), None),
    ]:
        (outcome,) = report_usage(actor=SYSTEM, rows=[row(ledger, 1)], within=within)
        assert (outcome.refusal.code if outcome.refusal else None) == code


@pytest.mark.parametrize("person", ["salesperson", "officer", "auditor", "administrator"])
def test_people_do_not_report_usage(
    ledger: Ledger, person: str, request: pytest.FixtureRequest
) -> None:
    actor: User = request.getfixturevalue(person)
    with pytest.raises(Forbidden):
        report_usage(actor=actor, rows=[])


def test_a_report_has_an_end(ledger: Ledger) -> None:
    with pytest.raises(Invalid) as refused:
        report(*[row(ledger, 1)] * 10_001)
    assert refused.value.code == "too_many_rows"


# --- what is kept, and for how long ------------------------------------------------------------


def test_what_is_older_than_the_setting_is_forgotten_day_by_day(
    ledger: Ledger, settings: LazySettings
) -> None:
    today = clock.today()
    for days in (5, 4, 3):
        report(row(ledger, days, noon() - days * DAY))
    settings.USAGE_HISTORY_DAYS = 5
    assert forget_old_usage(day=today) == 1
    assert forget_old_usage(day=today) == 0
    settings.USAGE_HISTORY_DAYS = 0
    assert forget_old_usage(day=today + 9999 * DAY) == 0


def test_what_would_be_forgotten_at_once_is_current_and_no_trend(ledger: Ledger) -> None:
    assert report(row(ledger, 3, noon() - 500 * DAY))[0].is_current
    assert not DailyUsage.objects.exists()


# --- many ----------------------------------------------------------------------------------------


def test_a_report_costs_the_same_for_few_and_for_many(
    ledger: Ledger, salesperson: User, statements: Counter
) -> None:
    own = ledger.catalogue
    customers = units(ledger, 40)
    few = [stories.used(customers[0], own.office, own.users, 85, noon())]
    many = [
        stories.used(customer, own.office, own.users, users, noon() + hour * HOUR)
        for customer in customers[1:]
        for hour, users in enumerate([70, 82, 95, 110])
    ]
    with statements("entitlements.report_usage", at_most=20):
        report(*few)
    with statements("entitlements.report_usage", at_most=20):
        report(*many)
    assert Usage.objects.count() == 40


# --- at once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_reports_at_once_the_newer_stands_and_a_mark_is_told_once(
    ledger: Ledger, salesperson: User
) -> None:
    older = [row(ledger, 90, noon()), row(ledger, 120, noon() - HOUR)]
    newer = [row(ledger, 95, noon() + HOUR), row(ledger, 10, noon() - 2 * HOUR)]
    outcomes = race([lambda: report(*older), lambda: report(*newer)] * 2)
    assert not losers(outcomes)
    assert current() == 95
    assert DailyUsage.objects.values_list("last", "peak").get() == (95, 120)
    assert levels() == [80]
    assert Notice.objects.count() == 1
    assert OutboxEvent.objects.filter(type="usage.threshold").count() == 1
    assert not [one for one in outcomes if not isinstance(one, list)]


@pytest.mark.django_db(transaction=True)
def test_reports_of_the_same_gauges_in_another_order_do_not_block_each_other(
    ledger: Ledger,
) -> None:
    own = ledger.catalogue
    rows = [
        stories.used(customer, own.office, own.users, 10, noon()) for customer in units(ledger, 10)
    ]
    outcomes = race([lambda: report(*rows), lambda: report(*rows[::-1])] * 2)
    assert not losers(outcomes)
    assert Usage.objects.count() == 10
