"""Twenty at once, each a process of its own: nothing is granted twice, lost or invented."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db import transaction

from capphep.crm.actions.orders import LineInput, OrderHeader, edit_order
from capphep.crm.models import Order
from capphep.crm.states import LicenceStatus
from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.ims import ledger
from capphep.ims.actions import (
    BaseMoved,
    WithdrawalMoved,
    approve,
    confirm_withdrawal,
    propose_withdrawal,
    return_request,
)
from capphep.ims.queries import withdrawals
from capphep.platform import audit_chain, clock, numbers
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestStatus
from tests import stories
from tests.ims.test_race import Scene
from tests.plumbing.processes import Outcome, race_processes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def approve_once(request_id: int, officer_id: int, seen: str) -> str:
    officer = User.objects.get(pk=officer_id)
    return approve(actor=officer, request_id=request_id, seen=seen).licence.licence_no


def approve_until_done(request_id: int, officer_id: int) -> str:
    """An officer who looks at each new base and confirms it."""
    seen = stories.seen_by_officer(LicenceRequest.objects.get(pk=request_id))
    while True:
        try:
            return approve_once(request_id, officer_id, seen)
        except BaseMoved as moved:
            seen = moved.review.fingerprint


def take_number() -> str:
    with transaction.atomic():
        return numbers.next_number(numbers.REQUEST, clock.today())


def send_back(request_id: int, officer_id: int) -> None:
    officer = User.objects.get(pk=officer_id)
    return_request(actor=officer, request_id=request_id, comment="Xem lại", comments={})


def edit(order_id: int) -> None:
    order = Order.objects.select_related("salesperson").get(pk=order_id)
    line = order.lines.get()
    edit_order(
        actor=order.salesperson,
        order_id=order_id,
        seen_version=order.version,
        header=OrderHeader(customer_id=order.customer_id),
        lines=[LineInput(item_id=line.item_id, quantity="7")],
    )


def confirm(withdrawal_id: int, officer_id: int) -> None:
    """An officer who looks at each new preview and confirms it."""
    officer = User.objects.get(pk=officer_id)
    found = Withdrawal.objects.select_related("request__customer", "request__product")
    withdrawal = found.get(pk=withdrawal_id)
    preview = withdrawals.preview_of(withdrawal.request, withdrawal.from_day, clock.today())
    while True:
        try:
            confirm_withdrawal(actor=officer, withdrawal_id=withdrawal_id, seen=preview.fingerprint)
            return
        except WithdrawalMoved as moved:
            preview = moved.preview


def told(outcomes: list[Outcome]) -> Counter[str]:
    assert not [outcome.broke for outcome in outcomes if outcome.broke]
    return Counter(outcome.refused for outcome in outcomes)


def test_of_twenty_approvals_of_one_request_one_grants(scene: Scene) -> None:
    request = scene.waiting()
    seen = stories.seen_by_officer(request)
    officers = [officer.pk for officer in scene.officers] * 10
    outcomes = race_processes([partial(approve_once, request.pk, pk, seen) for pk in officers])
    assert told(outcomes) == {"": 1, "wrong_state": 19}
    assert scene.users == 150
    assert Grant.objects.filter(kind=GrantKind.APPROVAL).count() == 1
    assert Licence.objects.count() == 1


def test_twenty_requests_of_one_customer_approved_at_once_all_count(scene: Scene) -> None:
    requests = [scene.waiting() for _ in range(20)]
    outcomes = race_processes(
        [partial(approve_until_done, request.pk, scene.officers[0].pk) for request in requests]
    )
    assert told(outcomes) == {"": 20}
    assert scene.users == 100 + 20 * 50
    assert len({outcome.value for outcome in outcomes}) == 20
    assert sorted(Licence.objects.values_list("version", flat=True)) == list(range(2, 22))


def test_an_approval_and_a_return_at_once_leave_one_of_them(scene: Scene) -> None:
    request = scene.waiting()
    officers = [officer.pk for officer in scene.officers]
    calls = [partial(approve_until_done, request.pk, officers[0])] * 3
    calls += [partial(send_back, request.pk, officers[1])] * 3
    outcomes = race_processes(calls)
    assert told(outcomes) == {"": 1, "wrong_state": 5}
    request.refresh_from_db()
    order = Order.objects.get(pk=request.order_id)
    is_approved = outcomes[0].succeeded or outcomes[1].succeeded or outcomes[2].succeeded
    assert (request.status == RequestStatus.APPROVED) is is_approved
    assert (order.licence_status == LicenceStatus.APPROVED) is is_approved
    assert scene.users == (150 if is_approved else 100)


def test_no_edit_slips_in_while_a_request_is_approved_or_returned(scene: Scene) -> None:
    """RULE R12: what was approved is what the order says, whoever was faster."""
    request = scene.waiting()
    officers = [officer.pk for officer in scene.officers]
    calls = [partial(edit, request.order_id)] * 4
    calls += [
        partial(approve_until_done, request.pk, officers[0]),
        partial(send_back, request.pk, officers[1]),
    ]
    outcomes = race_processes(calls)
    assert set(told(outcomes)) <= {"", "wrong_state", "order_frozen", "stale"}
    quantity = Order.objects.get(pk=request.order_id).lines.get().quantity
    if outcomes[4].succeeded:
        assert (quantity, scene.users) == (1, 150)
    else:
        assert scene.users == 100


def test_an_approval_and_a_withdrawal_of_one_customer_at_once_both_count(scene: Scene) -> None:
    first, second = scene.waiting(), scene.waiting(2)
    stories.approved(first, scene.officers[0])
    withdrawal = propose_withdrawal(
        actor=scene.officers[0],
        request_id=first.pk,
        from_day=clock.today(),
        reason="Đơn vị trả lại",
    )
    officers = [officer.pk for officer in scene.officers]
    calls = [partial(confirm, withdrawal.pk, officers[1])] * 3
    calls += [partial(approve_until_done, second.pk, officers[0])] * 3
    outcomes = race_processes(calls)
    assert told(outcomes) == {"": 2, "wrong_state": 4}
    assert scene.users == 100 + 100
    assert not list(ledger.differences())
    assert not list(audit_chain.differences())


def test_twenty_writers_of_one_series_get_twenty_numbers_without_a_gap(scene: Scene) -> None:
    first = int(take_number()[-6:])
    outcomes = race_processes([take_number] * 20)
    assert told(outcomes) == {"": 20}
    given = sorted(int(outcome.value[-6:]) for outcome in outcomes)
    assert given == list(range(first + 1, first + 21))
