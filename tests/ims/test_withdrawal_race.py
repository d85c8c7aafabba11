"""Two officers, a killed worker: what is taken back is taken back once, and nothing else is."""

from __future__ import annotations

from functools import partial

import pytest

from capphep.crm.models import Order
from capphep.crm.states import LicenceStatus
from capphep.entitlements.models import Grant, GrantKind, Licence
from capphep.entitlements.queries import ledger_differences
from capphep.identity.models import AccountLink
from capphep.ims.actions import confirm_withdrawal, decline_withdrawal
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.models import LicenceRequest, Withdrawal
from capphep.provisioning.states import RequestStatus, WithdrawalStatus
from capphep.pure.errors import Conflict
from tests import factories, stories
from tests.ims.test_race import Scene, persistent_approval
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


@pytest.fixture
def third(scene: Scene) -> User:
    return factories.user("officer3", "officer")


def approved(scene: Scene) -> LicenceRequest:
    return stories.approved(scene.waiting(), scene.officers[0]).request


def test_of_two_officers_who_propose_at_once_one_does(scene: Scene) -> None:
    request = approved(scene)
    outcomes = race([partial(stories.proposed, request, officer) for officer in scene.officers])
    assert len(winners(outcomes)) == 1
    assert [type(loss) for loss in losers(outcomes)] == [Conflict]
    assert Withdrawal.objects.count() == 1


def test_of_two_officers_who_confirm_at_once_one_does(scene: Scene, third: User) -> None:
    withdrawal = stories.proposed(approved(scene), scene.officers[0])
    seen = stories.seen_withdrawal(withdrawal)
    outcomes = race(
        [
            partial(confirm_withdrawal, actor=officer, withdrawal_id=withdrawal.pk, seen=seen)
            for officer in [scene.officers[1], third] * 3
        ]
    )
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loss, Conflict) for loss in losers(outcomes)), outcomes
    assert scene.users == 100
    assert Grant.objects.filter(kind=GrantKind.WITHDRAWAL).count() == 1
    assert not list(ledger_differences())


def test_a_confirmation_and_a_refusal_at_once_leave_one_of_them(scene: Scene) -> None:
    request = approved(scene)
    withdrawal = stories.proposed(request, scene.officers[0])
    seen = stories.seen_withdrawal(withdrawal)
    outcomes = race(
        [
            partial(
                confirm_withdrawal,
                actor=scene.officers[1],
                withdrawal_id=withdrawal.pk,
                seen=seen,
            ),
            partial(decline_withdrawal, actor=scene.officers[0], withdrawal_id=withdrawal.pk),
        ]
    )
    assert len(winners(outcomes)) == 1
    request.refresh_from_db()
    withdrawal.refresh_from_db()
    if withdrawal.status == WithdrawalStatus.CONFIRMED:
        assert (request.status, scene.users) == (RequestStatus.WITHDRAWN, 100)
    else:
        assert (request.status, scene.users) == (RequestStatus.APPROVED, 150)


def persistent_confirmation(withdrawal: Withdrawal, officer: User) -> None:
    """An officer who looks at the numbers again and confirms those, until it is done."""
    while True:
        seen = stories.seen_withdrawal(withdrawal)
        try:
            confirm_withdrawal(actor=officer, withdrawal_id=withdrawal.pk, seen=seen)
        except Conflict as moved:
            assert moved.code == "withdrawal_moved"
        else:
            return


def test_a_withdrawal_and_the_approval_of_the_next_add_on_at_once_both_count(
    scene: Scene,
) -> None:
    withdrawal = stories.proposed(approved(scene), scene.officers[0])
    add_on = scene.waiting(2)
    outcomes = race(
        [
            partial(persistent_confirmation, withdrawal, scene.officers[1]),
            partial(persistent_approval, add_on, scene.officers[0]),
        ]
    )
    assert not losers(outcomes), outcomes
    assert scene.users == 100 + 100
    settled = add_on.lines.get().quantities.get()
    assert (settled.base, settled.total) in [(100, 200), (150, 250)]
    assert not list(ledger_differences())


def confirm_once(withdrawal_id: int, officer_id: int) -> None:
    """What the killed process was doing."""
    withdrawal = Withdrawal.objects.get(pk=withdrawal_id)
    seen = stories.seen_withdrawal(withdrawal)
    officer = User.objects.get(pk=officer_id)
    confirm_withdrawal(actor=officer, withdrawal_id=withdrawal_id, seen=seen)


def test_a_confirmation_killed_at_any_statement_leaves_nothing_or_everything(
    scene: Scene,
) -> None:
    unit = factories.customer("1234569", "Trường Mầm non Đông Hải")
    order = stories.ordered(unit, scene.salesperson, [(scene.catalogue.base, 1)])
    request = stories.approved(stories.sent(order, scene.salesperson), scene.officers[0]).request
    withdrawal = stories.proposed(request, scene.officers[0])
    events = OutboxEvent.objects.count()
    kills = 0
    for _statement in each_kill_point(confirm_once, withdrawal.pk, scene.officers[1].pk):
        kills += 1
        for record in (request, withdrawal, order):
            record.refresh_from_db()
        assert withdrawal.status == WithdrawalStatus.PROPOSED
        assert request.status == RequestStatus.APPROVED
        assert order.licence_status == LicenceStatus.APPROVED
        assert not Grant.objects.filter(kind=GrantKind.WITHDRAWAL).exists()
        assert Licence.objects.count() == 1
        assert AccountLink.objects.get().closed_from is None
        assert entries_of(request)[0].verb == "withdrawal_proposed"
        assert OutboxEvent.objects.count() == events
    assert kills > 20
    request.refresh_from_db()
    assert request.status == RequestStatus.WITHDRAWN
    assert Order.objects.get(pk=order.pk).licence_status == LicenceStatus.REVOKED
    assert AccountLink.objects.get().closed_from
    assert not list(ledger_differences())
