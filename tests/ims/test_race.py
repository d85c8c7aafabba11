"""Two officers, a retry, a killed worker: whatever happens, each request is granted once."""

from __future__ import annotations

from functools import partial

import pytest

from capphep.crm.models import Customer, Order
from capphep.crm.states import LicenceStatus
from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.entitlements.queries import ledger_differences, quantity_in_force
from capphep.identity.models import AccountLink
from capphep.ims.actions import BaseMoved, approve, approve_each, reject, take
from capphep.platform import audit_chain, clock
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import Conflict, Invalid
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db(transaction=True)


class Scene:
    """A unit with 100 users, two officers, and requests that wait."""

    def __init__(self) -> None:
        north, south = factories.team("Bắc"), factories.team("Nam")
        self.salesperson = factories.user("sales", "sales", north)
        self.officers = [
            factories.user("officer", "officer", north),
            factories.user("officer2", "officer", south),
        ]
        self.catalogue = SmallCatalogue()
        self.customer: Customer = factories.customer()
        stories.opened(self.customer, self.catalogue)

    def waiting(self, packages: int = 1) -> LicenceRequest:
        order = stories.ordered(
            self.customer, self.salesperson, [(self.catalogue.users_50, packages)]
        )
        return stories.sent(order, self.salesperson)

    def info_change(self) -> LicenceRequest:
        return stories.info_change_sent(
            self.customer, self.salesperson, self.catalogue.igov, unit_name="UBND Phường Đông Hải"
        )

    @property
    def users(self) -> int:
        igov, office, users = self.catalogue.igov, self.catalogue.office, self.catalogue.users
        return quantity_in_force(self.customer, igov, office, users, clock.today())


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def persistent_approval(request: LicenceRequest, officer: User) -> int:
    """An officer who looks at each new base and confirms it, until it is done."""
    looks = 0
    seen = stories.seen_by_officer(request)
    while True:
        looks += 1
        try:
            approve(actor=officer, request_id=request.pk, seen=seen)
        except BaseMoved as moved:
            seen = moved.review.fingerprint
        else:
            return looks


def test_of_twelve_approvals_of_one_request_one_grants(scene: Scene) -> None:
    request = scene.waiting()
    seen = stories.seen_by_officer(request)
    outcomes = race(
        [
            partial(approve, actor=officer, request_id=request.pk, seen=seen)
            for officer in scene.officers * 6
        ]
    )
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loss, Conflict) for loss in losers(outcomes)), outcomes
    assert scene.users == 150
    assert not list(ledger_differences())


def test_of_two_requests_from_one_base_the_second_is_told_and_nothing_is_lost(
    scene: Scene,
) -> None:
    requests = [scene.waiting(1), scene.waiting(2)]
    seen = [stories.seen_by_officer(request) for request in requests]
    outcomes = race(
        [
            partial(approve, actor=officer, request_id=request.pk, seen=fingerprint)
            for officer, request, fingerprint in zip(scene.officers, requests, seen, strict=True)
        ]
    )
    assert len(winners(outcomes)) == 1
    assert [type(loss) for loss in losers(outcomes)] == [BaseMoved]
    late = next(
        request
        for request, outcome in zip(requests, outcomes, strict=True)
        if isinstance(outcome, Exception)
    )
    persistent_approval(late, scene.officers[0])
    assert scene.users == 100 + 50 + 100


def test_a_trial_approved_beside_a_sale_is_ended_by_it_or_refused(scene: Scene) -> None:
    scene.customer = unit = factories.customer("7654321")
    trial = stories.trial_sent(unit, scene.salesperson, scene.catalogue.igov)
    order = stories.ordered(unit, scene.salesperson, [(scene.catalogue.base, 1)])
    sale = stories.sent(order, scene.salesperson)
    outcomes = race(
        [
            partial(approve, actor=officer, request_id=request.pk, seen=seen)
            for officer, request, seen in zip(
                scene.officers,
                [trial, sale],
                [stories.seen_by_officer(trial), stories.seen_by_officer(sale)],
                strict=True,
            )
        ]
    )
    assert not isinstance(outcomes[1], Exception), outcomes
    assert [loss.code for loss in losers(outcomes) if isinstance(loss, Invalid)] in (
        [],
        ["already_owned"],
    )
    assert scene.users == 20
    assert not list(ledger_differences())


def test_of_two_new_sales_approved_at_once_one_is_granted(scene: Scene) -> None:
    scene.customer = unit = factories.customer("7654321")
    requests = [
        stories.sent(
            stories.ordered(unit, scene.salesperson, [(scene.catalogue.base, 1)]),
            scene.salesperson,
        )
        for _ in range(2)
    ]
    outcomes = race([partial(stories.approved, request, scene.officers[0]) for request in requests])
    assert len(winners(outcomes)) == 1
    assert [type(loss) for loss in losers(outcomes)] == [Invalid]
    assert scene.users == 20


def test_a_change_of_information_approved_twice_is_written_once(scene: Scene) -> None:
    request = scene.info_change()
    seen = stories.seen_by_officer(request)
    outcomes = race(
        [
            partial(approve, actor=officer, request_id=request.pk, seen=seen)
            for officer in scene.officers * 3
        ]
    )
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loss, Conflict) for loss in losers(outcomes)), outcomes
    assert [entry.verb for entry in entries_of(scene.customer)] == ["info_changed"]
    assert Licence.objects.get().version == 2


@pytest.mark.parametrize("turn", range(4))
def test_a_request_sent_beside_a_change_of_information_waits_for_it(
    scene: Scene, turn: int
) -> None:
    change = scene.info_change()
    order = stories.ordered(scene.customer, scene.salesperson, [(scene.catalogue.users_50, 1)])
    draft = stories.drafted(order, scene.salesperson)
    seen = stories.seen_by_officer(change)
    outcomes = race(
        [
            partial(approve, actor=scene.officers[0], request_id=change.pk, seen=seen),
            partial(stories.send, draft, scene.salesperson),
        ]
    )
    assert [loss for loss in losers(outcomes) if not isinstance(loss, BaseMoved)] == []
    draft.refresh_from_db()
    assert draft.status == RequestStatus.WAITING


def test_eight_requests_of_one_customer_approved_at_once_all_count(scene: Scene) -> None:
    requests = [scene.waiting() for _ in range(8)]
    outcomes = race(
        [partial(persistent_approval, request, scene.officers[0]) for request in requests]
    )
    assert not losers(outcomes), outcomes
    assert scene.users == 100 + 8 * 50
    assert Licence.objects.count() == 8
    assert sorted(Licence.objects.values_list("version", flat=True)) == list(range(2, 10))
    assert not list(ledger_differences())


def test_an_approval_and_a_rejection_at_once_leave_one_decision(scene: Scene) -> None:
    request = scene.waiting()
    seen = stories.seen_by_officer(request)
    outcomes = race(
        [
            partial(approve, actor=scene.officers[0], request_id=request.pk, seen=seen),
            partial(reject, actor=scene.officers[1], request_id=request.pk, reason="Thiếu dấu"),
        ]
    )
    assert len(winners(outcomes)) == 1
    request.refresh_from_db()
    assert scene.users == (150 if request.status == RequestStatus.APPROVED else 100)


def test_an_approval_and_a_recall_at_once_leave_one_of_them(scene: Scene) -> None:
    request = scene.waiting()
    seen = stories.seen_by_officer(request)
    outcomes = race(
        [
            partial(approve, actor=scene.officers[0], request_id=request.pk, seen=seen),
            partial(recall_request, actor=scene.salesperson, request_id=request.pk),
        ]
    )
    assert len(winners(outcomes)) == 1
    request.refresh_from_db()
    order = Order.objects.get(pk=request.order_id)
    if request.status == RequestStatus.APPROVED:
        assert (scene.users, order.licence_status) == (150, LicenceStatus.APPROVED)
    else:
        assert (scene.users, order.licence_status) == (100, LicenceStatus.NOT_REQUESTED)


def test_two_customers_whose_administrator_is_one_person_share_the_account(scene: Scene) -> None:
    other = factories.customer("1234568", "Trường THCS Đông Hải")
    stories.opened(other, scene.catalogue, request_no="YC-2026-000246")
    order = stories.ordered(other, scene.salesperson, [(scene.catalogue.users_50, 1)])
    requests = [scene.waiting(), stories.sent(order, scene.salesperson)]
    outcomes = race(
        [partial(persistent_approval, request, scene.officers[0]) for request in requests]
    )
    assert not losers(outcomes), outcomes
    assert AccountLink.objects.values("account").distinct().count() == 1


def test_of_two_officers_who_take_a_request_at_once_one_has_it_and_the_other_is_told(
    scene: Scene,
) -> None:
    request = scene.waiting()
    outcomes = race([partial(take, actor=who, request_id=request.pk) for who in scene.officers])
    (loss,) = losers(outcomes)
    assert isinstance(loss, Conflict)
    request.refresh_from_db()
    assert request.assigned_to is not None
    assert loss.params == {"who": request.assigned_to.full_name}


def test_two_officers_who_approve_the_same_ticked_requests_grant_each_once(scene: Scene) -> None:
    requests = [scene.waiting()]
    for number in range(3):
        unit = factories.customer(f"123460{number}", f"Trường số {number}")
        stories.opened(unit, scene.catalogue, request_no=f"YC-2025-00010{number}")
        order = stories.ordered(unit, scene.salesperson, [(scene.catalogue.users_50, 1)])
        requests.append(stories.sent(order, scene.salesperson))
    seen = {request.pk: stories.seen_by_officer(request) for request in requests}
    outcomes = winners(
        race([partial(approve_each, actor=officer, seen=seen) for officer in scene.officers])
    )
    assert len(outcomes) == 2
    by_request = [[each.approval for each in pair] for pair in zip(*outcomes, strict=True)]
    assert all(sum(bool(approval) for approval in pair) == 1 for pair in by_request)
    assert Licence.objects.count() == 4
    assert scene.users == 150
    assert not list(ledger_differences())


def approve_once(request_id: int, officer_id: int) -> None:
    """What the killed process was doing."""
    request = LicenceRequest.objects.get(pk=request_id)
    officer = User.objects.get(pk=officer_id)
    approve(actor=officer, request_id=request_id, seen=stories.seen_by_officer(request))


def test_an_approval_killed_at_any_statement_leaves_nothing_or_everything(scene: Scene) -> None:
    request = scene.waiting()
    kills = 0
    for _statement in each_kill_point(approve_once, request.pk, scene.officers[0].pk):
        kills += 1
        request.refresh_from_db()
        order = Order.objects.get(pk=request.order_id)
        assert request.status == RequestStatus.WAITING
        assert order.licence_status == LicenceStatus.PENDING
        assert not Grant.objects.filter(kind=GrantKind.APPROVAL).exists()
        assert not Licence.objects.exists()
        assert not AccountLink.objects.exists()
        assert entries_of(request)[0].verb == "send"
        assert not list(audit_chain.differences())
    assert kills > 15
    request.refresh_from_db()
    assert request.status == RequestStatus.APPROVED
    assert scene.users == 150
    assert not list(ledger_differences())


def test_a_change_of_information_killed_at_any_statement_changes_nothing_or_everything(
    scene: Scene,
) -> None:
    request = scene.info_change()
    for _statement in each_kill_point(approve_once, request.pk, scene.officers[0].pk):
        request.refresh_from_db()
        scene.customer.refresh_from_db()
        assert request.status == RequestStatus.WAITING
        assert scene.customer.name == "UBND Xã Đông Hải"
        assert not Licence.objects.exists()
        assert not list(audit_chain.differences())
    scene.customer.refresh_from_db()
    assert scene.customer.name == "UBND Phường Đông Hải"
    assert Licence.objects.count() == 1
