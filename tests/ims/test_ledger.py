"""The proof of the ledger finds and names whatever disagrees, and mends what is derived."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from capphep.crm.models import Customer, OwnedProduct
from capphep.entitlements import actions
from capphep.entitlements.models import BalanceStep, Grant, GrantKind, Subscription
from capphep.ims import ledger
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.provisioning.models import (
    LicenceRequest,
    RequestQuantity,
    Withdrawal,
)
from capphep.provisioning.states import RequestStatus, WithdrawalStatus
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.append_only import lifted
from tests.plumbing.races import race
from tests.plumbing.sql_counts import Counter

DAY = datetime.timedelta(days=1)


@pytest.fixture
def granted(waiting: LicenceRequest, officer: User) -> LicenceRequest:
    """A request for 50 users that was approved today."""
    return stories.approved(waiting, officer).request


@pytest.fixture
def withdrawn(granted: LicenceRequest, officer: User, other_officer: User) -> LicenceRequest:
    """The same, taken back from today on."""
    stories.withdrawn(granted, officer, other_officer)
    granted.refresh_from_db()
    return granted


def found() -> list[str]:
    return list(ledger.differences())


def verify() -> tuple[str, int]:
    """What the command prints, and what it ends with."""
    out = StringIO()
    try:
        call_command("ledger", "verify", stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


# --- what agrees -------------------------------------------------------------------------------


def test_a_ledger_that_agrees_is_counted(granted: LicenceRequest) -> None:
    text, code = verify()
    assert code == 0
    assert text == (
        "1 subscriptions, 6 balance steps, 3 grants, 1 approved requests, 1 lines; 0 differences\n"
    )


def test_an_empty_ledger_agrees(db: None) -> None:
    assert verify()[1] == 0


@pytest.mark.parametrize("later", [0, 30])
def test_a_withdrawn_request_agrees_when_it_was_taken_back(
    granted: LicenceRequest, officer: User, other_officer: User, later: int
) -> None:
    from_day = clock.today() + later * DAY
    stories.withdrawn(granted, officer, other_officer, from_day=from_day)
    assert found() == []


def test_a_trial_that_a_sale_ended_agrees(
    granted: LicenceRequest, catalogue: SmallCatalogue
) -> None:
    with transaction.atomic():
        subscription = actions.lock_subscription(granted.customer, granted.product)
        day = clock.today()
        LicenceRequest.objects.filter(pk=granted.pk).update(kind="trial")
        with lifted():
            Grant.objects.filter(request_no=granted.request_no).update(kind=GrantKind.TRIAL)
        actions.rebuild_balances([subscription])
        actions.end_trials(subscription=subscription, from_day=day + 20 * DAY, day=day)
        actions.end_trials(subscription=subscription, from_day=day + 10 * DAY, day=day)
    assert found() == []


# --- what does not -----------------------------------------------------------------------------


def test_a_changed_balance_is_named_with_both_numbers(granted: LicenceRequest) -> None:
    day = clock.today()
    BalanceStep.objects.filter(from_day=day).update(quantity=1150)
    text, code = verify()
    assert code == 1
    named = f"BALANCE 1234567 igov office users from {day}: expected 150, found 1150"
    assert text.splitlines()[0] == named
    assert text.splitlines()[-1].endswith("; 1 differences")


def test_a_lost_and_an_invented_balance_are_named(
    granted: LicenceRequest, catalogue: SmallCatalogue
) -> None:
    day = clock.today()
    BalanceStep.objects.filter(from_day=day).update(from_day=day + DAY)
    assert found() == [
        f"BALANCE 1234567 igov office users from {day}: expected 150, found no step",
        f"BALANCE 1234567 igov office users from {day + DAY}: expected no step, found 150",
    ]


def test_ownership_that_the_grants_do_not_give_is_named(
    granted: LicenceRequest, catalogue: SmallCatalogue
) -> None:
    span = OwnedProduct.objects.get()
    OwnedProduct.objects.update(last_day=span.last_day + DAY)
    assert found() == [
        f"OWNERSHIP 1234567 igov {span.first_day} to {span.last_day}: expected, not found",
        f"OWNERSHIP 1234567 igov {span.first_day} to {span.last_day + DAY}: found, not expected",
    ]


def test_ownership_without_any_ledger_is_named(
    catalogue: SmallCatalogue, customer: Customer
) -> None:
    span = factories.owns(factories.customer("1234568", "Trường THCS"), catalogue.igov)
    assert found() == [f"OWNERSHIP 1234568 {span}: no subscription"]


def line(request: LicenceRequest) -> str:
    return f"REQUEST {request.request_no} 1234567 {request.request_no}/1"


def grant_of(request: LicenceRequest) -> str:
    own = Grant.objects.get(request_no=request.request_no, kind=GrantKind.APPROVAL)
    days = f"{own.first_day} to {own.last_day}"
    return f"approval {own.quantity:+} office users {days} (1234567 igov)"


def test_an_approved_line_without_a_grant_is_named(granted: LicenceRequest) -> None:
    expected = grant_of(granted)
    with lifted():
        Grant.objects.filter(request_no=granted.request_no).delete()
    assert f"{line(granted)}: expected {expected}; found nothing" in found()


def test_a_grant_of_another_quantity_than_was_asked_for_is_named(
    granted: LicenceRequest,
) -> None:
    expected = grant_of(granted)
    with lifted():
        Grant.objects.filter(request_no=granted.request_no).update(quantity=500)
    assert found()[-1] == f"{line(granted)}: expected {expected}; found {grant_of(granted)}"


def test_a_grant_for_other_days_is_named(granted: LicenceRequest) -> None:
    expected = grant_of(granted)
    with lifted():
        Grant.objects.filter(request_no=granted.request_no).update(
            last_day=clock.today() + 999 * DAY
        )
    assert found()[-1] == f"{line(granted)}: expected {expected}; found {grant_of(granted)}"


def test_a_grant_to_another_customer_is_named(
    granted: LicenceRequest, catalogue: SmallCatalogue
) -> None:
    other = factories.customer("1234568", "Trường THCS")
    stories.opened(other, catalogue, request_no="YC-2026-000246")
    theirs = Subscription.objects.get(customer=other)
    with lifted():
        Grant.objects.filter(request_no=granted.request_no).update(subscription=theirs)
    assert "(1234568 igov)" in found()[-1]


def test_a_grant_that_no_line_asked_for_is_named(granted: LicenceRequest) -> None:
    RequestQuantity.objects.all().delete()
    assert found() == [f"{line(granted)}: expected nothing; found {grant_of(granted)}"]


@pytest.mark.parametrize("status", ["waiting", "rejected", "discarded"])
def test_a_grant_of_a_request_that_was_not_approved_is_named(
    granted: LicenceRequest, status: str
) -> None:
    LicenceRequest.objects.update(status=status)
    number = granted.request_no
    assert found() == [
        f"GRANT {number}/1 1234567 office users: +50 as approval,"
        f" but no request {number} was approved"
    ]


def test_a_grant_of_a_request_that_never_was_is_named(granted: LicenceRequest) -> None:
    stray = Grant.objects.get(kind=GrantKind.APPROVAL)
    stray.pk, stray.source, stray.request_no = None, "YC-2026-999999/1", "YC-2026-999999"
    Grant.objects.bulk_create([stray])
    assert "but no request YC-2026-999999 was approved" in found()[-1]


def test_a_withdrawn_request_that_was_not_taken_back_is_named(
    withdrawn: LicenceRequest,
) -> None:
    with lifted():
        Grant.objects.filter(kind=GrantKind.WITHDRAWAL).delete()
    expected = f"expected to be taken back from {clock.today()}; found nothing"
    assert found()[-1] == f"{line(withdrawn)}: {grant_of(withdrawn)} {expected}"


def test_a_withdrawal_that_nobody_confirmed_is_named(withdrawn: LicenceRequest) -> None:
    Withdrawal.objects.update(status=WithdrawalStatus.PROPOSED)
    assert "no withdrawal of it was confirmed" in found()[0]


def test_what_was_taken_back_from_another_day_is_named(withdrawn: LicenceRequest) -> None:
    Withdrawal.objects.update(from_day=clock.today() + DAY)
    assert f"expected to be taken back from {clock.today() + DAY}" in found()[0]


def test_what_was_taken_back_and_never_withdrawn_is_named(withdrawn: LicenceRequest) -> None:
    LicenceRequest.objects.update(status=RequestStatus.APPROVED)
    Withdrawal.objects.all().delete()
    assert f"{line(withdrawn)}: not withdrawn, but taken back by" in found()[0]


def test_less_taken_back_than_granted_is_named(withdrawn: LicenceRequest) -> None:
    with lifted():
        Grant.objects.filter(kind=GrantKind.WITHDRAWAL).update(quantity=-49)
    assert any(f"{grant_of(withdrawn)} taken back by withdrawal -49" in one for one in found())


# --- mending -----------------------------------------------------------------------------------


def test_rebuild_restores_what_is_derived_and_nothing_else(
    granted: LicenceRequest, catalogue: SmallCatalogue
) -> None:
    grants = list(Grant.objects.values_list())
    other = factories.customer("1234568", "Trường THCS")
    stories.opened(other, catalogue, request_no="YC-2026-000246")
    BalanceStep.objects.filter(subscription__customer=granted.customer).delete()
    OwnedProduct.objects.filter(customer=granted.customer).update(last_day=clock.today())
    factories.owns(other, catalogue.ihos)
    out = StringIO()
    call_command("ledger", "rebuild", stdout=out)
    assert out.getvalue().endswith("2 subscriptions, 1 differed\n")
    assert found() == []
    assert list(Grant.objects.order_by("id").values_list())[:3] == grants
    restored = Subscription.objects.get(customer=granted.customer)
    assert entries_of(restored)[0].verb == "restored"


def test_rebuilding_again_changes_nothing(granted: LicenceRequest) -> None:
    BalanceStep.objects.all().delete()
    assert list(ledger.restore())
    steps = list(BalanceStep.objects.values_list())
    assert list(ledger.restore()) == []
    assert list(BalanceStep.objects.values_list()) == steps


# --- at work -----------------------------------------------------------------------------------


def test_the_proof_takes_the_same_statements_for_one_customer_and_for_many(
    granted: LicenceRequest,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    statements: Counter,
) -> None:
    with statements("ledger.verify", at_most=21):
        assert found() == []
    suite = catalogue.suite()
    for number in range(3):
        unit = factories.customer(f"123457{number}", f"Trường số {number}")
        stories.opened(unit, catalogue, request_no=f"YC-2025-00000{number}")
        order = stories.ordered(unit, salesperson, [(suite, 1)])
        stories.approved(stories.sent(order, salesperson), officer)
    with statements("ledger.verify", at_most=21):
        assert found() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_only_just_being_approved_is_no_difference() -> None:
    catalogue = SmallCatalogue()
    team = factories.team("Bắc")
    salesperson, officer = factories.user("sales", "sales", team), factories.user("o", "officer")
    waiting = []
    for number in range(6):
        unit = factories.customer(f"123457{number}", f"Trường số {number}")
        stories.opened(unit, catalogue, request_no=f"YC-2025-00000{number}")
        order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
        waiting.append(stories.sent(order, salesperson))

    def approve_all() -> list[str]:
        for request in waiting:
            stories.approved(request, officer)
        return []

    def prove() -> list[str]:
        return [sentence for _ in range(12) for sentence in ledger.differences()]

    assert race([approve_all, prove, prove]) == [[], [], []]
    assert found() == []


def test_rebuilding_while_others_approve_loses_nothing(transactional_db: None) -> None:
    catalogue = SmallCatalogue()
    team = factories.team("Bắc")
    salesperson, officer = factories.user("sales", "sales", team), factories.user("o", "officer")
    unit = factories.customer()
    stories.opened(unit, catalogue)
    orders = [stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]) for _ in range(3)]
    requests = [stories.sent(order, salesperson) for order in orders]

    def approve_all() -> None:
        for request in requests:
            stories.approved(request, officer)

    def restore() -> None:
        for _ in range(6):
            BalanceStep.objects.all().delete()
            list(ledger.restore())

    assert race([approve_all, restore]) == [None, None]
    list(ledger.restore())
    assert found() == []


@pytest.mark.django_db
def test_a_ledger_that_can_be_changed_is_named() -> None:
    with lifted():
        assert found() == ["UNGUARDED entitlements_grant: rows can be changed"]
    assert not found()
