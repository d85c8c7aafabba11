"""What decisions append to the ledger, what they take back, and what is certified of it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from capphep.crm.queries.customers import owned_products
from capphep.entitlements import actions, queries
from capphep.entitlements.models import Grant, GrantKind, LicenceCause, Subscription
from capphep.pure.errors import Conflict, Invalid
from capphep.pure.months import term
from tests import factories, stories
from tests.entitlements.conftest import DAY, Ledger
from tests.factories import SmallCatalogue

YC = "YC-2026-000300"
NEXT = "YC-2026-000301"


@pytest.fixture
def trying(catalogue: SmallCatalogue) -> Ledger:
    """A unit that only tries the product: 30 users for three months from today."""
    ledger = Ledger(factories.customer("1234570", "Trạm Y tế"), catalogue, timezone.localdate())
    ledger.grant(YC, 30, kind=GrantKind.TRIAL, months=3)
    return ledger


# --- taking back -------------------------------------------------------------------------------


def test_a_withdrawal_appends_the_opposite_from_the_chosen_day(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    from_day = ledger.today + 10 * DAY
    change = ledger.withdraw(YC, from_day)
    last = term(ledger.today, 12).last
    assert ledger.of(YC, GrantKind.APPROVAL) == [(50, ledger.today, last)]
    assert ledger.of(YC, GrantKind.WITHDRAWAL) == [(-50, from_day, last)]
    assert (ledger.users(from_day - DAY), ledger.users(from_day)) == (150, 100)
    assert change.verb == "grants_withdrawn"
    assert change.after["grants"] == [f"Văn phòng số – Người dùng -50 ({YC}/1)"]
    assert change.after["from_day"] == from_day.isoformat()
    assert set(Grant.objects.values_list("granted_on", flat=True)) == {ledger.today}


def test_what_has_not_begun_is_taken_back_whole(ledger: Ledger) -> None:
    begins = ledger.today + 30 * DAY
    ledger.grant(YC, 50, first=begins)
    ledger.withdraw(YC, ledger.today)
    assert ledger.of(YC, GrantKind.WITHDRAWAL) == [(-50, begins, term(begins, 12).last)]
    assert ledger.users(begins) == 100


def test_all_resources_of_a_request_are_taken_back_and_only_of_this_one(ledger: Ledger) -> None:
    ledger.grant(YC, 50, books=2)
    ledger.grant(NEXT, 20)
    ledger.withdraw(YC, ledger.today)
    assert [quantity for quantity, _, _ in ledger.of(YC, GrantKind.WITHDRAWAL)] == [-50, -2]
    assert ledger.users(ledger.today) == 120


def test_what_is_withdrawn_is_withdrawn_once(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    ledger.withdraw(YC, ledger.today + DAY)
    for from_day in (ledger.today + DAY, ledger.today + 2 * DAY):
        with pytest.raises(Conflict) as refused:
            ledger.withdraw(YC, from_day)
        assert refused.value.code == "nothing_to_withdraw"
    assert ledger.users(ledger.today + DAY) == 100


def test_the_ledger_itself_refuses_a_second_withdrawal_of_a_line(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    ledger.withdraw(YC, ledger.today + DAY)
    again = Grant.objects.get(kind=GrantKind.WITHDRAWAL)
    again.pk, again.first_day, again.last_day = None, ledger.today, ledger.today
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.bulk_create([again])


@pytest.mark.parametrize(
    ("kind", "quantity"), [(GrantKind.APPROVAL, -5), (GrantKind.WITHDRAWAL, 5)]
)
def test_an_addition_adds_and_a_withdrawal_takes_away(
    ledger: Ledger, kind: GrantKind, quantity: int
) -> None:
    wrong = Grant.objects.all()[0]
    wrong.pk, wrong.kind, wrong.quantity = None, kind, quantity
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.bulk_create([wrong])


def test_the_database_refuses_to_change_or_to_remove_a_grant(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.update(quantity=1000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.all()[:1].get().delete()
    assert ledger.users(ledger.today) == 100


def test_what_was_used_cannot_be_taken_back(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    with pytest.raises(Invalid) as refused:
        ledger.withdraw(YC, ledger.today - DAY)
    assert (refused.value.code, refused.value.field) == ("withdrawal_in_past", "from_day")


@pytest.mark.parametrize("number", ["YC-2026-000245", "YC-2026-999999"])
def test_what_capphep_did_not_grant_is_not_taken_back(ledger: Ledger, number: str) -> None:
    with pytest.raises(Conflict) as refused:
        ledger.withdraw(number, ledger.today)
    assert refused.value.code == "nothing_to_withdraw"


def test_a_term_that_is_over_leaves_nothing_to_take_back(ledger: Ledger) -> None:
    ledger.grant(YC, 50, months=1)
    with pytest.raises(Conflict):
        ledger.withdraw(YC, ledger.today + 40 * DAY)


# --- trials ------------------------------------------------------------------------------------


def test_a_trial_may_be_used_but_is_not_owned(trying: Ledger) -> None:
    assert trying.users(trying.today) == 30
    assert owned_products(trying.customer, trying.today) == ({}, set(), {})
    own = trying.subscription
    assert queries.bases(own.customer_id, own.product_id, trying.today) == {}
    assert queries.running_until(own.customer_id, own.product_id, trying.today) == {}


def test_a_sale_ends_the_trial_when_it_begins(trying: Ledger) -> None:
    begins = trying.today + 10 * DAY
    trying.grant(NEXT, 20, first=begins)
    changes = trying.end_trials(begins)
    assert [(one.verb, one.after["request_no"]) for one in changes] == [("trial_ended", YC)]
    assert (trying.users(begins - DAY), trying.users(begins)) == (30, 20)
    assert owned_products(trying.customer, begins).in_force == {
        trying.catalogue.igov.pk: term(begins, 12).last
    }


def test_ending_trials_again_changes_nothing(trying: Ledger) -> None:
    assert trying.end_trials(trying.today)
    version = trying.subscription.version
    assert trying.end_trials(trying.today) == []
    assert trying.end_trials(trying.today + DAY) == []
    assert trying.subscription.version == version


def test_a_trial_that_would_end_may_end_sooner(trying: Ledger) -> None:
    trying.end_trials(trying.today + 20 * DAY)
    trying.end_trials(trying.today + 5 * DAY)
    ends = [(first, last) for _, first, last in trying.of(YC, GrantKind.TRIAL_END)]
    last = term(trying.today, 3).last
    assert ends == [
        (trying.today + 20 * DAY, last),
        (trying.today + 5 * DAY, trying.today + 19 * DAY),
    ]
    counted = [trying.users(trying.today + days * DAY) for days in (4, 5, 19, 20, 60)]
    assert counted == [30, 0, 0, 0, 0]


def test_there_are_no_trials_to_end_where_all_was_bought(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    assert ledger.end_trials(ledger.today) == []


def test_a_trial_is_withdrawn_like_an_approval(trying: Ledger) -> None:
    trying.withdraw(YC, trying.today)
    assert trying.users(trying.today) == 0
    with pytest.raises(Conflict):
        trying.withdraw(YC, trying.today)


# --- what a withdrawal would leave -------------------------------------------------------------


def report(ledger: Ledger, users: int) -> None:
    stories.in_use(ledger.customer, ledger.catalogue, users)


def test_more_in_use_than_would_remain_is_said_with_the_numbers(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    report(ledger, 120)
    found = queries.shortfalls(ledger.subscription, YC, ledger.today)
    own = ledger.catalogue
    assert found == [queries.Shortfall(own.office, own.users, 120, 100, ledger.today)]


def test_what_would_still_suffice_is_no_shortfall(ledger: Ledger) -> None:
    ledger.grant(YC, 50, months=3)
    report(ledger, 100)
    assert queries.shortfalls(ledger.subscription, YC, ledger.today) == []
    report(ledger, 101)
    shortfall = queries.shortfalls(ledger.subscription, YC, ledger.today + 5 * DAY)[0]
    assert (shortfall.remaining, shortfall.remaining_from) == (100, ledger.today + 5 * DAY)


def test_where_nothing_is_reported_nothing_falls_short(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    assert queries.shortfalls(ledger.subscription, YC, ledger.today) == []


# --- licences ----------------------------------------------------------------------------------


def certified(ledger: Ledger, cause: str, number: str = YC) -> list[tuple[object, ...]]:
    with transaction.atomic():
        licence = actions.issue_licence(
            subscription=ledger.locked(), request_no=number, day=ledger.today, cause=cause
        )
    names = ("request_no", "quantity", "first_day", "last_day", "trial")
    rows = licence.content["grants"]
    return [tuple(row[name] for name in names) for row in rows if row["resource"] == "users"]


def test_a_licence_certifies_what_is_left_after_a_withdrawal(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    ledger.grant(NEXT, 20, first=ledger.today + DAY)
    assert [row[:2] for row in certified(ledger, LicenceCause.APPROVAL)] == [
        ("YC-2026-000245", 100),
        (YC, 50),
        (NEXT, 20),
    ]
    ledger.withdraw(YC, ledger.today + 10 * DAY)
    ledger.withdraw(NEXT, ledger.today)
    rows = certified(ledger, LicenceCause.WITHDRAWAL)
    first, last = ledger.today, ledger.today + 9 * DAY
    assert rows[1:] == [(YC, 50, first.isoformat(), last.isoformat(), False)]


def test_a_licence_says_what_is_on_trial_and_until_when(trying: Ledger) -> None:
    trying.grant(NEXT, 20, first=trying.today + 10 * DAY)
    trying.end_trials(trying.today + 10 * DAY)
    last = trying.today + 9 * DAY
    rows = certified(trying, LicenceCause.APPROVAL, NEXT)
    assert rows[0] == (YC, 30, trying.today.isoformat(), last.isoformat(), True)
    assert [row[0] for row in rows] == [YC, NEXT]


def test_a_change_of_information_is_a_version_of_its_own(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    certified(ledger, LicenceCause.APPROVAL)
    certified(ledger, LicenceCause.INFO_CHANGE, NEXT)
    versions = ledger.subscription.licences.order_by("id").values_list("version", "request_no")
    version = Subscription.objects.get().version
    assert list(versions) == [(version - 1, YC), (version, NEXT)]


def test_a_request_causes_one_licence_of_each_kind(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    certified(ledger, LicenceCause.APPROVAL)
    ledger.withdraw(YC, ledger.today)
    with pytest.raises(IntegrityError), transaction.atomic():
        certified(ledger, LicenceCause.APPROVAL)
    certified(ledger, LicenceCause.WITHDRAWAL)


# --- reads -------------------------------------------------------------------------------------


def test_one_read_of_the_ledger_answers_for_every_day(ledger: Ledger) -> None:
    ledger.grant(YC, 50)
    own = ledger.subscription
    spans = queries.spans_of(own.customer_id, own.product_id)
    assert [span.quantity for span in spans] == [1, 100, 50]
    until = queries.running_until(own.customer_id, own.product_id, ledger.today)
    assert until[ledger.catalogue.office.pk] == term(ledger.today, 12).last
