"""Two windows, two people: a draft is opened once, sent once, and never beside its order."""

from __future__ import annotations

from functools import partial

import pytest

from capphep.crm.actions.orders import LineInput, OrderHeader, edit_order
from capphep.crm.models import Order
from capphep.crm.states import LicenceStatus
from capphep.platform.models import OutboxEvent, StoredFile, User
from capphep.platform.versions import Stale
from capphep.provisioning.actions.drafts import discard_draft, open_request, refresh_lines
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.actions.sending import recall_request, send_request
from capphep.provisioning.actions.without_order import open_trial
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind, RequestStatus
from capphep.pure.errors import Conflict, Invalids
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

pytestmark = pytest.mark.django_db(transaction=True)


class Scene:
    """A unit with 100 users and an order for 50 more."""

    def __init__(self) -> None:
        team = factories.team("Bắc")
        self.salesperson: User = factories.user("sales", "sales", team)
        self.officer: User = factories.user("officer", "officer", team)
        self.catalogue = SmallCatalogue()
        self.customer = factories.customer(owner=self.salesperson, team=team)
        stories.opened(self.customer, self.catalogue)
        self.order: Order = stories.ordered(
            self.customer, self.salesperson, [(self.catalogue.users_50, 1)]
        )

    def send(self, record: LicenceRequest) -> LicenceRequest:
        return send_request(
            actor=self.salesperson,
            request_id=record.pk,
            seen_version=record.version,
            values=stories.complete_fields(record),
        )


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def test_an_order_opened_in_two_windows_has_one_draft(scene: Scene) -> None:
    open_it = partial(open_request, actor=scene.salesperson, order_id=scene.order.pk)
    outcomes = race(open_it, 4)
    assert losers(outcomes) == []
    assert {record.pk for record in winners(outcomes)} == {LicenceRequest.objects.get().pk}


def test_a_trial_opened_by_two_colleagues_at_once_is_one_request(scene: Scene) -> None:
    unit = factories.customer("7654321")
    igov = scene.catalogue.igov
    people = [scene.salesperson, factories.user("colleague", "sales", scene.salesperson.team)]
    open_it = [
        partial(open_trial, actor=person, customer_id=unit.pk, product_id=igov.pk)
        for person in people * 2
    ]
    outcomes = race(open_it)
    assert losers(outcomes) == []
    assert {record.pk for record in winners(outcomes)} == {LicenceRequest.objects.get().pk}


def test_a_draft_sent_in_two_windows_is_sent_once(scene: Scene) -> None:
    draft = stories.drafted(scene.order, scene.salesperson)
    outcomes = race(partial(scene.send, draft), 2)
    assert len(winners(outcomes)) == 1
    (loser,) = losers(outcomes)
    assert isinstance(loser, Conflict) and not isinstance(loser, Stale)
    assert OutboxEvent.objects.filter(type="request.sent").count() == 1
    scene.order.refresh_from_db()
    assert scene.order.licence_status == LicenceStatus.PENDING


def test_an_order_edited_while_its_request_is_sent_never_differs_from_it(scene: Scene) -> None:
    draft = stories.drafted(scene.order, scene.salesperson)

    def edit() -> Order:
        return edit_order(
            actor=scene.salesperson,
            order_id=scene.order.pk,
            seen_version=scene.order.version,
            header=OrderHeader(customer_id=scene.customer.pk),
            lines=[LineInput(scene.catalogue.users_50.pk, 3)],
        )

    outcomes = race([partial(scene.send, draft), edit])
    (loser,) = losers(outcomes)
    draft.refresh_from_db()
    ordered = scene.order.lines.get().quantity
    if draft.status == RequestStatus.WAITING:
        assert isinstance(loser, Conflict)
        assert (ordered, draft.lines.get().quantities.get().added) == (1, 50)
    else:
        assert isinstance(loser, Invalids)
        assert ordered == 3


def test_sending_and_discarding_at_once_end_in_one_of_the_two(scene: Scene) -> None:
    draft = stories.drafted(scene.order, scene.salesperson)
    discard = partial(discard_draft, actor=scene.salesperson, request_id=draft.pk)
    outcomes = race([partial(scene.send, draft), discard])
    assert len(winners(outcomes)) == 1
    scene.order.refresh_from_db()
    draft.refresh_from_db()
    is_waiting = draft.status == RequestStatus.WAITING
    assert (scene.order.licence_status == LicenceStatus.PENDING) == is_waiting


def test_a_recall_while_the_officer_approves_ends_in_one_of_the_two(scene: Scene) -> None:
    waiting = stories.sent(scene.order, scene.salesperson)
    seen = stories.seen_by_officer(waiting)

    def approve() -> None:
        stories.approve(actor=scene.officer, request_id=waiting.pk, seen=seen)

    def recall() -> None:
        recall_request(actor=scene.salesperson, request_id=waiting.pk)

    outcomes = race([approve, recall])
    assert len(winners(outcomes)) == 1
    waiting.refresh_from_db()
    scene.order.refresh_from_db()
    assert (waiting.status, scene.order.licence_status) in {
        (RequestStatus.APPROVED, LicenceStatus.APPROVED),
        (RequestStatus.DRAFT, LicenceStatus.NOT_REQUESTED),
    }


def test_one_file_dropped_twice_at_once_is_kept_once(scene: Scene) -> None:
    draft = open_request(actor=scene.salesperson, order_id=scene.order.pk)

    def attach() -> int:
        evidence = attach_evidence(
            actor=scene.salesperson,
            request_id=draft.pk,
            kind=EvidenceKind.COMMITMENT,
            name="cam kết.pdf",
            chunks=[stories.PDF],
        )
        return evidence.pk

    outcomes = race(attach, 4)
    assert losers(outcomes) == []
    assert draft.evidence.count() == StoredFile.objects.count() == 1


def test_lines_refreshed_twice_at_once_stand_once(scene: Scene) -> None:
    draft = open_request(actor=scene.salesperson, order_id=scene.order.pk)
    refresh = partial(refresh_lines, actor=scene.salesperson, request_id=draft.pk)
    assert losers(race(refresh, 3)) == []
    assert draft.lines.get().quantities.get().total == 150
