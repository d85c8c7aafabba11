"""*Thu hồi cấp phép*: two people, from a day on, never more than is left, with the numbers."""

from __future__ import annotations

import datetime

import pytest

from capphep.crm.models import Customer, Order
from capphep.crm.states import LicenceStatus
from capphep.entitlements.models import Grant, GrantKind, Licence, LicenceCause
from capphep.entitlements.queries import ledger_differences, quantity_in_force
from capphep.identity.models import AccountLink
from capphep.ims.actions import (
    BaseMoved,
    InUse,
    WithdrawalMoved,
    approve,
    confirm_withdrawal,
    decline_withdrawal,
    propose_withdrawal,
)
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.actions.drafts import open_request
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestStatus, WithdrawalStatus
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories, stories
from tests.factories import SmallCatalogue

A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def approved(waiting: LicenceRequest, officer: User) -> LicenceRequest:
    """50 users on top of the 100 that the unit had."""
    return stories.approved(waiting, officer).request


def users_of(customer: Customer, catalogue: SmallCatalogue, on: datetime.date | None = None) -> int:
    return quantity_in_force(
        customer, catalogue.igov, catalogue.office, catalogue.users, on or clock.today()
    )


def test_proposed_and_confirmed_by_two_officers_it_takes_back_what_was_granted(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    assert users_of(customer, catalogue) == 150
    stories.withdrawn(approved, officer, other_officer)
    assert users_of(customer, catalogue) == 100
    taken = Grant.objects.get(kind=GrantKind.WITHDRAWAL)
    assert (taken.quantity, taken.first_day) == (-50, clock.today())
    assert not list(ledger_differences())


def test_it_moves_request_and_order_and_issues_the_licence_that_supersedes(
    approved: LicenceRequest, officer: User, other_officer: User
) -> None:
    withdrawn = stories.withdrawn(approved, officer, other_officer)
    approved.refresh_from_db()
    order = Order.objects.get()
    assert approved.status == RequestStatus.WITHDRAWN
    assert order.licence_status == LicenceStatus.REVOKED
    issued = Licence.objects.get(cause=LicenceCause.WITHDRAWAL)
    assert issued == withdrawn.licence
    assert issued.version > Licence.objects.get(cause=LicenceCause.APPROVAL).version
    assert approved.request_no not in [g["request_no"] for g in issued.content["grants"]]
    assert approved.decided_by == officer


def test_the_order_is_free_again_for_a_new_request(
    approved: LicenceRequest, officer: User, other_officer: User, salesperson: User
) -> None:
    stories.withdrawn(approved, officer, other_officer)
    new = open_request(actor=salesperson, order_id=Order.objects.get().pk)
    assert new.pk != approved.pk
    assert new.status == RequestStatus.DRAFT


def test_trails_and_events_tell_it_with_the_day_from_which_it_counts(
    approved: LicenceRequest, officer: User, other_officer: User
) -> None:
    day = clock.today() + 10 * A_DAY
    withdrawn = stories.withdrawn(approved, officer, other_officer, from_day=day)
    told = entries_of(approved)
    assert [entry.verb for entry in told[:2]] == ["withdraw", "withdrawal_proposed"]
    assert told[0].after["from_day"] == day.isoformat()
    assert told[0].after["reason"] == "Đơn vị trả lại, chưa thanh toán"
    assert entries_of(Order.objects.get())[0].after == {"licence_status": LicenceStatus.REVOKED}
    verbs = [entry.verb for entry in entries_of(withdrawn.subscription)[:2]]
    assert verbs == ["licence_issued", "grants_withdrawn"]
    events = {event.type: event.payload for event in OutboxEvent.objects.order_by("id")}
    for type_ in ("request.withdrawn", "entitlement.changed", "licence.issued"):
        assert events[type_]["effective_on"] == day.isoformat()


def test_a_later_day_leaves_what_is_in_force_until_then(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    day = clock.today() + 10 * A_DAY
    stories.withdrawn(approved, officer, other_officer, from_day=day)
    assert users_of(customer, catalogue, day - A_DAY) == 150
    assert users_of(customer, catalogue, day) == 100


def test_who_proposed_it_cannot_confirm_it_whatever_the_setting(
    approved: LicenceRequest, officer: User, settings: object
) -> None:
    settings.TWO_PEOPLE = False  # type: ignore[attr-defined]
    withdrawal = stories.proposed(approved, officer)
    with pytest.raises(Forbidden) as refused:
        confirm_withdrawal(
            actor=officer,
            withdrawal_id=withdrawal.pk,
            seen=stories.seen_withdrawal(withdrawal),
        )
    assert (refused.value.code, refused.value.rule) == ("two_people", "R6")


@pytest.mark.parametrize("role", ["auditor", "admin", "sales"])
def test_only_officers_propose_confirm_and_decline(
    approved: LicenceRequest, officer: User, salesperson: User, role: str
) -> None:
    person = factories.user("somebody", role, salesperson.team)
    with pytest.raises(Forbidden):
        stories.proposed(approved, person)
    withdrawal = stories.proposed(approved, officer)
    with pytest.raises(Forbidden):
        confirm_withdrawal(actor=person, withdrawal_id=withdrawal.pk, seen="")
    with pytest.raises(Forbidden):
        decline_withdrawal(actor=person, withdrawal_id=withdrawal.pk, reason="Không")


@pytest.mark.parametrize("days", [-1, 366])
def test_it_begins_neither_in_the_past_nor_after_what_is_left(
    approved: LicenceRequest, officer: User, days: int
) -> None:
    with pytest.raises(Invalid) as refused:
        stories.proposed(approved, officer, from_day=clock.today() + days * A_DAY)
    assert refused.value.field == "from_day"


def test_the_last_day_itself_can_be_taken_back(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
) -> None:
    last = Grant.objects.get(kind=GrantKind.APPROVAL).last_day
    stories.withdrawn(approved, officer, other_officer, from_day=last)
    taken = Grant.objects.get(kind=GrantKind.WITHDRAWAL)
    assert (taken.first_day, taken.last_day) == (last, last)


def test_it_needs_a_reason(approved: LicenceRequest, officer: User) -> None:
    with pytest.raises(Invalid) as refused:
        propose_withdrawal(
            actor=officer, request_id=approved.pk, from_day=clock.today(), reason=" \u200b "
        )
    assert refused.value.field == "reason"


def test_only_what_is_approved_can_be_taken_back(waiting: LicenceRequest, officer: User) -> None:
    with pytest.raises(Conflict):
        stories.proposed(waiting, officer)


def test_what_was_taken_back_cannot_be_taken_back_again(
    approved: LicenceRequest, officer: User, other_officer: User
) -> None:
    withdrawn = stories.withdrawn(approved, officer, other_officer)
    with pytest.raises(Conflict):
        stories.proposed(approved, officer)
    with pytest.raises(Conflict) as refused:
        confirm_withdrawal(actor=other_officer, withdrawal_id=withdrawn.withdrawal.pk, seen="")
    assert refused.value.params["who"] == other_officer.full_name


def test_a_second_proposal_is_told_who_proposed_it_already(
    approved: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.proposed(approved, officer)
    with pytest.raises(Conflict) as refused:
        stories.proposed(approved, other_officer)
    assert refused.value.code == "withdrawal_proposed"
    assert refused.value.params["who"] == officer.full_name


def test_a_number_that_nobody_has_is_not_found(officer: User) -> None:
    with pytest.raises(NotFound):
        confirm_withdrawal(actor=officer, withdrawal_id=10**9, seen="")


# --- in use ------------------------------------------------------------------------------------


def test_it_is_refused_with_the_numbers_where_more_is_in_use_than_would_remain(
    approved: LicenceRequest, officer: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    stories.in_use(customer, catalogue, 120)
    with pytest.raises(InUse) as refused:
        stories.proposed(approved, officer)
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.field) == ("in_use", "force_reason")
    assert str(refusal) == (
        "Văn phòng số – Người dùng: 120 in use, only 100 would remain from "
        f"{clock.today():%d/%m/%Y} on."
    )
    assert not Withdrawal.objects.exists()


def test_with_a_second_reason_it_goes_on_nevertheless(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    stories.in_use(customer, catalogue, 120)
    withdrawal = propose_withdrawal(
        actor=officer,
        request_id=approved.pk,
        from_day=clock.today(),
        reason="Không thanh toán",
        force_reason="Đã báo đơn vị khóa bớt người dùng",
    )
    seen = stories.seen_withdrawal(withdrawal)
    confirm_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, seen=seen)
    assert users_of(customer, catalogue) == 100
    assert entries_of(approved)[0].after["force_reason"] == "Đã báo đơn vị khóa bớt người dùng"


def test_a_second_reason_is_not_kept_where_nobody_asked_for_it(
    approved: LicenceRequest, officer: User
) -> None:
    withdrawal = propose_withdrawal(
        actor=officer,
        request_id=approved.pk,
        from_day=clock.today(),
        reason="Không thanh toán",
        force_reason="Cứ thu hồi",
    )
    assert withdrawal.force_reason == ""


def test_what_came_into_use_since_the_proposal_stops_the_confirmation(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    withdrawal = stories.proposed(approved, officer)
    seen = stories.seen_withdrawal(withdrawal)
    stories.in_use(customer, catalogue, 120)
    with pytest.raises(WithdrawalMoved) as moved:
        confirm_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, seen=seen)
    seen = moved.value.preview.fingerprint
    with pytest.raises(InUse):
        confirm_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, seen=seen)
    assert users_of(customer, catalogue) == 150


# --- what moves meanwhile ----------------------------------------------------------------------


def test_quantities_that_moved_since_they_were_seen_are_confirmed_anew(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
    salesperson: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    withdrawal = stories.proposed(approved, officer)
    seen = stories.seen_withdrawal(withdrawal)
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])
    stories.approved(stories.sent(order, salesperson), officer)
    with pytest.raises(WithdrawalMoved) as moved:
        confirm_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, seen=seen)
    (amount,) = moved.value.preview.amounts
    assert (amount.before, amount.taken, amount.after) == (250, 50, 200)
    confirm_withdrawal(
        actor=other_officer,
        withdrawal_id=withdrawal.pk,
        seen=moved.value.preview.fingerprint,
    )
    assert users_of(customer, catalogue) == 200


def test_a_day_that_has_passed_becomes_the_day_of_the_confirmation(
    approved: LicenceRequest, officer: User, other_officer: User
) -> None:
    withdrawal = stories.proposed(approved, officer)
    Withdrawal.objects.update(from_day=clock.today() - 3 * A_DAY)
    withdrawal.refresh_from_db()
    seen = stories.seen_withdrawal(withdrawal)
    done = confirm_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, seen=seen)
    assert done.withdrawal.from_day == clock.today()
    assert Grant.objects.get(kind=GrantKind.WITHDRAWAL).first_day == clock.today()


def test_an_add_on_that_waits_counts_on_what_is_left(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
    salesperson: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])
    second = stories.sent(order, salesperson)
    seen = stories.seen_by_officer(second)
    stories.withdrawn(approved, officer, other_officer)
    with pytest.raises(BaseMoved) as moved:
        approve(actor=officer, request_id=second.pk, seen=seen)
    approve(actor=officer, request_id=second.pk, seen=moved.value.review.fingerprint)
    assert users_of(customer, catalogue) == 200


# --- declined ----------------------------------------------------------------------------------


def test_declined_it_changes_nothing_and_may_be_proposed_again(
    approved: LicenceRequest,
    officer: User,
    other_officer: User,
    customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    withdrawal = stories.proposed(approved, officer)
    decline_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, reason="Đã thanh toán")
    withdrawal.refresh_from_db()
    approved.refresh_from_db()
    assert (withdrawal.status, withdrawal.decline_reason) == (
        WithdrawalStatus.DECLINED,
        "Đã thanh toán",
    )
    assert approved.status == RequestStatus.APPROVED
    assert users_of(customer, catalogue) == 150
    stories.withdrawn(approved, officer, other_officer)


def test_who_proposed_it_takes_it_back_without_a_reason_and_another_gives_one(
    approved: LicenceRequest, officer: User, other_officer: User
) -> None:
    withdrawal = stories.proposed(approved, officer)
    with pytest.raises(Invalid) as refused:
        decline_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, reason=" ")
    assert refused.value.field == "reason"
    decline_withdrawal(actor=officer, withdrawal_id=withdrawal.pk)
    with pytest.raises(Conflict):
        confirm_withdrawal(actor=other_officer, withdrawal_id=withdrawal.pk, seen="")


# --- the account -------------------------------------------------------------------------------


def test_the_account_stays_while_something_is_in_force(
    approved: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.withdrawn(approved, officer, other_officer)
    assert AccountLink.objects.get().closed_from is None


def test_with_the_last_thing_in_force_the_account_is_closed_and_opened_by_the_next_approval(
    officer: User, other_officer: User, salesperson: User, catalogue: SmallCatalogue
) -> None:
    newcomer = factories.customer("1234569", "Trường Mầm non Đông Hải")
    order = stories.ordered(newcomer, salesperson, [(catalogue.base, 1)])
    request = stories.approved(stories.sent(order, salesperson), officer).request
    day = clock.today() + 5 * A_DAY
    stories.withdrawn(request, officer, other_officer, from_day=day)
    link = AccountLink.objects.get()
    assert link.closed_from == day
    assert entries_of(link.account)[0].verb == "link_closed"
    payload = OutboxEvent.objects.get(type="account.closed").payload
    assert (payload["account"], payload["effective_on"]) == (link.account_id, day.isoformat())
    again = stories.ordered(newcomer, salesperson, [(catalogue.users_50, 1)])
    stories.approved(stories.sent(again, salesperson), officer)
    link.refresh_from_db()
    assert link.closed_from is None
