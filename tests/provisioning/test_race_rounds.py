"""Returned, recalled, expired, saved and sent at the same moment: one of them, and it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.conf import LazySettings

from capphep.crm.states import LicenceStatus
from capphep.ims.actions import return_request
from capphep.platform import clock
from capphep.platform.models import OutboxEvent
from capphep.provisioning.actions.drafts import save_draft
from capphep.provisioning.actions.expiry import expire_drafts
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest, RoundOutcome
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import Conflict
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race, winners
from tests.plumbing.times import days_ago

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = 10


class Scene:
    """A unit with 100 users and an order for 50 more; drafts end after ten days."""

    def __init__(self) -> None:
        team = factories.team("Bắc")
        self.salesperson = factories.user("sales", "sales", team)
        self.officer = factories.user("officer", "officer", team)
        self.catalogue = SmallCatalogue()
        self.customer = factories.customer(owner=self.salesperson, team=team)
        stories.opened(self.customer, self.catalogue)
        self.order = stories.ordered(
            self.customer, self.salesperson, [(self.catalogue.users_50, 1)]
        )

    def states(self, record: LicenceRequest) -> tuple[str, str]:
        record.refresh_from_db()
        self.order.refresh_from_db()
        return record.status, self.order.licence_status


@pytest.fixture
def scene(transactional_db: None, settings: LazySettings) -> Scene:
    settings.DRAFT_DAYS = DAYS
    return Scene()


def outcomes_of(record: LicenceRequest) -> list[str]:
    return list(record.rounds.values_list("outcome", flat=True))


def give_back(officer_id: int, request_id: int) -> None:
    officer = factories.User.objects.get(pk=officer_id)
    return_request(actor=officer, request_id=request_id, comment="Xem lại.", comments={})


def told(event: str) -> int:
    return OutboxEvent.objects.filter(type=event).count()


def test_a_return_and_an_approval_at_once_end_in_one_of_the_two(scene: Scene) -> None:
    waiting = stories.sent(scene.order, scene.salesperson)
    seen = stories.seen_by_officer(waiting)
    approve = partial(stories.approve, actor=scene.officer, request_id=waiting.pk, seen=seen)
    outcomes = race([partial(give_back, scene.officer.pk, waiting.pk), approve])
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Conflict) for loser in losers(outcomes)), outcomes
    assert (*scene.states(waiting), *outcomes_of(waiting)) in {
        (RequestStatus.RETURNED, LicenceStatus.RETURNED, RoundOutcome.RETURNED),
        (RequestStatus.APPROVED, LicenceStatus.APPROVED, RoundOutcome.APPROVED),
    }
    assert told("request.returned") + told("request.approved") == 1


def test_a_return_and_a_recall_at_once_end_in_one_of_the_two(scene: Scene) -> None:
    waiting = stories.sent(scene.order, scene.salesperson)
    recall = partial(recall_request, actor=scene.salesperson, request_id=waiting.pk)
    outcomes = race([partial(give_back, scene.officer.pk, waiting.pk), recall])
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Conflict) for loser in losers(outcomes)), outcomes
    assert (*scene.states(waiting), *outcomes_of(waiting)) in {
        (RequestStatus.RETURNED, LicenceStatus.RETURNED, RoundOutcome.RETURNED),
        (RequestStatus.DRAFT, LicenceStatus.NOT_REQUESTED, RoundOutcome.RECALLED),
    }


def test_a_returned_request_sent_in_two_windows_is_one_round_more(scene: Scene) -> None:
    returned = stories.returned(stories.sent(scene.order, scene.salesperson), scene.officer)
    send = partial(stories.sent_again, returned, scene.salesperson)
    outcomes = race(send, 3)
    assert len(winners(outcomes)) == 1
    assert list(returned.rounds.values_list("number", flat=True)) == [1, 2]


@pytest.fixture(params=["draft", "returned"])
def untouched(scene: Scene, request: pytest.FixtureRequest) -> Iterator[LicenceRequest]:
    """A request that ends today unless somebody changes it."""
    with days_ago(DAYS):
        if request.param == "draft":
            record = stories.drafted(scene.order, scene.salesperson)
        else:
            sent = stories.sent(scene.order, scene.salesperson)
            record = stories.returned(sent, scene.officer)
    yield record


def race_with_expiry(act: Callable[[], object]) -> list[object]:
    return race([partial(expire_drafts, day=clock.today()), act])


def test_who_saves_while_a_draft_ends_keeps_it_or_is_told(
    scene: Scene, untouched: LicenceRequest
) -> None:
    ended, saved = race_with_expiry(
        partial(
            save_draft,
            actor=scene.salesperson,
            request_id=untouched.pk,
            seen_version=LicenceRequest.objects.get(pk=untouched.pk).version,
            values={"note": "Đang sửa"},
        )
    )
    before = untouched.status
    status, _order = scene.states(untouched)
    if isinstance(saved, Exception):
        assert isinstance(saved, Conflict)
        assert saved.code == "wrong_state"
        assert (status, ended) == (RequestStatus.EXPIRED, [untouched])
    else:
        assert (status, untouched.note, ended) == (before, "Đang sửa", [])


def test_who_sends_while_a_draft_ends_sends_it_or_is_told(
    scene: Scene, untouched: LicenceRequest
) -> None:
    ended, sent = race_with_expiry(partial(stories.sent_again, untouched, scene.salesperson))
    states = scene.states(untouched)
    if isinstance(sent, Exception):
        assert isinstance(sent, Conflict)
        assert states == (RequestStatus.EXPIRED, LicenceStatus.NOT_REQUESTED)
        assert ended == [untouched]
    else:
        assert states == (RequestStatus.WAITING, LicenceStatus.PENDING)
        assert ended == []


def test_drafts_that_end_in_two_runs_at_once_end_once(
    scene: Scene, untouched: LicenceRequest
) -> None:
    outcomes = race(partial(expire_drafts, day=clock.today()), 3)
    assert losers(outcomes) == []
    assert sum(len(ended) for ended in winners(outcomes)) == 1
    assert told("request.expired") == 1


def test_a_return_killed_at_any_statement_leaves_all_or_nothing(scene: Scene) -> None:
    waiting = stories.sent(scene.order, scene.salesperson)
    for _statement in each_kill_point(give_back, scene.officer.pk, waiting.pk):
        assert scene.states(waiting) == (RequestStatus.WAITING, LicenceStatus.PENDING)
        assert outcomes_of(waiting) == [""]
        assert told("request.returned") == 0
    assert scene.states(waiting) == (RequestStatus.RETURNED, LicenceStatus.RETURNED)
    assert outcomes_of(waiting) == [RoundOutcome.RETURNED]
    assert told("request.returned") == 1
