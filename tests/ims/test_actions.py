"""Approving and rejecting: what is granted, what is refused, and that it happens once."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction

from capphep.crm.models import Customer, Order, OrderLine
from capphep.crm.states import LicenceStatus
from capphep.entitlements.actions.keys import ensure_signing_key
from capphep.entitlements.models import Grant, GrantKind, Licence, Subscription
from capphep.entitlements.queries import ledger_differences, quantity_in_force
from capphep.identity.delivery import deliver_next
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.states import AccountStatus
from capphep.ims.actions import BaseMoved, approve, reject
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.actions.drafts import refresh_lines
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestKind, RequestStatus
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound
from capphep.pure.months import term
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter


@pytest.fixture
def customer(catalogue: SmallCatalogue) -> Customer:
    """A unit that has iGOV with 100 users."""
    unit = factories.customer()
    stories.opened(unit, catalogue)
    return unit


@pytest.fixture
def order(customer: Customer, salesperson: User, catalogue: SmallCatalogue) -> Order:
    return stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])


@pytest.fixture
def request_sent(order: Order, salesperson: User) -> LicenceRequest:
    return stories.sent(order, salesperson)


def users_of(customer: Customer, catalogue: SmallCatalogue, on: datetime.date | None = None) -> int:
    return quantity_in_force(
        customer, catalogue.igov, catalogue.office, catalogue.users, on or clock.today()
    )


def test_an_approval_adds_what_was_bought_to_what_is_in_force(
    request_sent: LicenceRequest, officer: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    approval = stories.approved(request_sent, officer)
    assert users_of(customer, catalogue) == 150
    grant = Grant.objects.get(kind=GrantKind.APPROVAL)
    days = term(clock.today(), 12)
    assert (grant.quantity, grant.months) == (50, 12)
    assert (grant.first_day, grant.last_day) == (days.first, days.last)
    assert grant.source == f"{approval.request.request_no}/1"
    assert not list(ledger_differences())


def test_an_approval_moves_order_and_request_and_issues_a_licence(
    request_sent: LicenceRequest, officer: User, order: Order
) -> None:
    approval = stories.approved(request_sent, officer)
    order.refresh_from_db()
    request_sent.refresh_from_db()
    assert order.licence_status == LicenceStatus.APPROVED
    assert request_sent.status == RequestStatus.APPROVED
    assert request_sent.decided_by == officer
    assert approval.licence.licence_no == f"GP-{clock.today().year}-000001"
    assert approval.licence.request_no == request_sent.request_no
    assert {"module": "office", "quantity": 50}.items() <= approval.licence.content["grants"][
        -1
    ].items()


def test_an_approval_is_told_in_the_trail_of_order_request_and_subscription(
    request_sent: LicenceRequest, officer: User, order: Order
) -> None:
    approval = stories.approved(request_sent, officer)
    assert entries_of(request_sent)[0].verb == "approve"
    assert entries_of(order)[0].after == {"licence_status": LicenceStatus.APPROVED}
    assert {entry.verb for entry in entries_of(approval.subscription)} >= {
        "granted",
        "licence_issued",
    }
    assert set(OutboxEvent.objects.values_list("type", flat=True)) >= {
        "request.sent",
        "request.approved",
        "entitlement.changed",
        "licence.issued",
    }


def test_the_entitlement_event_carries_the_state_after_the_approval(
    request_sent: LicenceRequest, officer: User
) -> None:
    stories.approved(request_sent, officer)
    payload = OutboxEvent.objects.filter(type="entitlement.changed").latest("id").payload
    assert (payload["cause"], payload["request_no"]) == ("approval", request_sent.request_no)
    assert [
        (h["resource"], h["quantity"]) for h in payload["in_force"] if h["module"] == "office"
    ] == [("users", 150)]


def test_the_administrator_is_invited_once_and_linked_afterwards(
    request_sent: LicenceRequest,
    officer: User,
    salesperson: User,
    catalogue: SmallCatalogue,
) -> None:
    stories.approved(request_sent, officer)
    assert AccountLink.objects.get().status == AccountStatus.PENDING
    deliver_next()
    assert AccountLink.objects.get().status == AccountStatus.INVITED
    other = factories.customer("1234568", "Trường Tiểu học Đông Hải")
    stories.opened(other, catalogue, request_no="YC-2026-000246")
    order = stories.ordered(other, salesperson, [(catalogue.users_50, 1)])
    stories.approved(stories.sent(order, salesperson), officer)
    assert AdminAccount.objects.count() == 1
    deliver_next()
    assert AccountLink.objects.get(customer=other).status == AccountStatus.LINKED


def test_a_new_sale_makes_the_subscription(
    salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    newcomer = factories.customer("1234569", "Trường Mầm non Đông Hải")
    order = stories.ordered(newcomer, salesperson, [(catalogue.base, 1)])
    request = stories.sent(order, salesperson)
    assert request.kind == RequestKind.NEW
    approval = stories.approved(request, officer)
    assert approval.subscription.customer == newcomer
    assert users_of(newcomer, catalogue) == 20
    assert newcomer.owned_products.get().product == catalogue.igov


def test_approving_twice_grants_once(
    request_sent: LicenceRequest, officer: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    seen = stories.seen_by_officer(request_sent)
    approve(actor=officer, request_id=request_sent.pk, seen=seen)
    with pytest.raises(Conflict) as refused:
        approve(actor=officer, request_id=request_sent.pk, seen=seen)
    assert refused.value.code == "wrong_state"
    assert users_of(customer, catalogue) == 150


def test_the_ledger_itself_refuses_a_second_grant_of_one_request_line(
    request_sent: LicenceRequest, officer: User
) -> None:
    stories.approved(request_sent, officer)
    grant = Grant.objects.get(kind=GrantKind.APPROVAL)
    grant.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        grant.save(force_insert=True)


def test_the_second_of_two_requests_is_told_the_new_base_and_grants_only_what_was_bought(
    request_sent: LicenceRequest,
    officer: User,
    other_officer: User,
    customer: Customer,
    salesperson: User,
    catalogue: SmallCatalogue,
) -> None:
    second_order = stories.ordered(customer, salesperson, [(catalogue.users_50, 2)])
    second = stories.sent(second_order, salesperson)
    seen_before = stories.seen_by_officer(second)
    stories.approved(request_sent, officer)
    with pytest.raises(BaseMoved) as moved:
        approve(actor=other_officer, request_id=second.pk, seen=seen_before)
    quantity = moved.value.review.lines[0].quantities[0]
    assert (quantity.then, quantity.base.quantity, quantity.total) == (100, 150, 250)
    assert users_of(customer, catalogue) == 150
    approve(actor=other_officer, request_id=second.pk, seen=moved.value.review.fingerprint)
    assert users_of(customer, catalogue) == 250
    settled = second.lines.get().quantities.get()
    assert (settled.base, settled.added, settled.total) == (150, 100, 250)


def test_who_sent_a_request_cannot_approve_it(
    request_sent: LicenceRequest, salesperson: User
) -> None:
    salesperson.role = "officer"
    salesperson.save()
    with pytest.raises(Forbidden) as refused:
        stories.approved(request_sent, salesperson)
    assert (refused.value.code, refused.value.rule) == ("two_people", "R6")


def test_the_two_people_rule_can_be_switched_off(
    request_sent: LicenceRequest, salesperson: User, settings: object
) -> None:
    settings.TWO_PEOPLE = False  # type: ignore[attr-defined]
    salesperson.role = "officer"
    salesperson.save()
    assert stories.approved(request_sent, salesperson).request.status == RequestStatus.APPROVED


@pytest.mark.parametrize("role", ["auditor", "admin", "sales"])
def test_only_officers_decide(
    request_sent: LicenceRequest, salesperson: User, north: object, role: str
) -> None:
    person = factories.user("somebody", role, salesperson.team)
    with pytest.raises(Forbidden):
        stories.approved(request_sent, person)
    with pytest.raises(Forbidden):
        reject(actor=person, request_id=request_sent.pk, reason="Không đủ hồ sơ")


def test_a_draft_is_not_there_for_the_desk(order: Order, salesperson: User, officer: User) -> None:
    draft = stories.drafted(order, salesperson)
    with pytest.raises(NotFound):
        stories.approved(draft, officer)


def test_a_rejection_needs_a_reason(request_sent: LicenceRequest, officer: User) -> None:
    with pytest.raises(Invalid) as refused:
        reject(actor=officer, request_id=request_sent.pk, reason="  ")
    assert refused.value.field == "reason"


def test_a_rejection_reaches_the_order_and_frees_it(
    request_sent: LicenceRequest, officer: User, order: Order
) -> None:
    reject(actor=officer, request_id=request_sent.pk, reason="Thiếu dấu trên quyết định")
    order.refresh_from_db()
    request_sent.refresh_from_db()
    assert order.licence_status == LicenceStatus.REJECTED
    assert request_sent.reject_reason == "Thiếu dấu trên quyết định"
    assert entries_of(request_sent)[0].after["reject_reason"] == "Thiếu dấu trên quyết định"


def test_a_rejected_request_cannot_be_approved(
    request_sent: LicenceRequest, officer: User, customer: Customer, catalogue: SmallCatalogue
) -> None:
    reject(actor=officer, request_id=request_sent.pk, reason="Sai số tiền")
    with pytest.raises(Conflict):
        stories.approved(request_sent, officer)
    assert users_of(customer, catalogue) == 100


def test_an_approval_of_four_module_lines_takes_at_most_thirty_two_statements(
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
    statements: Counter,
) -> None:
    order = stories.ordered(customer, salesperson, [(catalogue.suite(), 1)])
    request = stories.sent(order, salesperson)
    assert request.lines.count() == 4
    seen = stories.seen_by_officer(request)
    # Made once in the life of an installation.
    ensure_signing_key()
    with statements("ims.approve", at_most=32):
        approve(actor=officer, request_id=request.pk, seen=seen)
    assert Subscription.objects.count() == Licence.objects.count() == 1


def test_what_was_sent_again_since_the_officer_looked_is_not_approved(
    request_sent: LicenceRequest, order: Order, salesperson: User, officer: User
) -> None:
    seen = stories.seen_by_officer(request_sent)
    recall_request(actor=salesperson, request_id=request_sent.pk)
    OrderLine.objects.filter(order=order).update(quantity=100)
    refresh_lines(actor=salesperson, request_id=request_sent.pk)
    request_sent.refresh_from_db()
    again = stories.send(request_sent, salesperson)
    with pytest.raises(Conflict) as refused:
        approve(actor=officer, request_id=again.pk, seen=seen)
    assert (refused.value.code, refused.value.rule) == ("sent_again", "R3")
    assert not Grant.objects.filter(kind=GrantKind.APPROVAL).exists()
    approve(actor=officer, request_id=again.pk, seen=stories.seen_by_officer(again))


def test_what_was_seen_of_one_request_approves_no_other(
    request_sent: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    other = stories.ordered(customer, salesperson, [(catalogue.users_50, 9)])
    seen = stories.seen_by_officer(stories.sent(other, salesperson))
    with pytest.raises(Conflict) as refused:
        approve(actor=officer, request_id=request_sent.pk, seen=seen)
    assert refused.value.code == "sent_again"
