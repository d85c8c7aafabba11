"""Drafts that nobody touches end by themselves, on a day that does not depend on the run's."""

from __future__ import annotations

import datetime

import pytest
from django.conf import LazySettings

from capphep.crm.models import Customer, Order
from capphep.crm.states import LicenceStatus
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.actions import drafts
from capphep.provisioning.actions.evidence import attach_evidence
from capphep.provisioning.actions.expiry import expire_drafts
from capphep.provisioning.expiry_queries import WARNED_DAYS, ends_on
from capphep.provisioning.models import LicenceRequest
from capphep.provisioning.states import EvidenceKind, RequestStatus
from capphep.pure.errors import Conflict
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.times import days_ago

DAYS = 90
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def customer(catalogue: SmallCatalogue) -> Customer:
    """A unit that had iGOV well before the drafts were written."""
    with days_ago(2 * DAYS):
        unit = factories.customer()
        stories.opened(unit, catalogue)
    return unit


@pytest.fixture
def old(order: Order, salesperson: User) -> LicenceRequest:
    """A draft that was last changed exactly as many days ago as the setting says."""
    with days_ago(DAYS):
        return stories.drafted(order, salesperson)


@pytest.fixture
def old_returned(order: Order, salesperson: User, officer: User) -> LicenceRequest:
    with days_ago(DAYS):
        return stories.returned(stories.sent(order, salesperson), officer)


def status(record: LicenceRequest) -> str:
    record.refresh_from_db()
    return record.status


def test_a_draft_ends_on_the_day_of_its_last_change_plus_the_days(old: LicenceRequest) -> None:
    assert expire_drafts(day=clock.today() - ONE_DAY) == []
    assert status(old) == RequestStatus.DRAFT
    assert expire_drafts(day=clock.today()) == [old]
    assert status(old) == RequestStatus.EXPIRED
    assert old.order is not None
    assert old.order.licence_status == LicenceStatus.NOT_REQUESTED


@pytest.mark.parametrize("late", [0, 1, 400])
def test_it_took_effect_on_that_day_however_late_it_is_noted(
    old: LicenceRequest, late: int
) -> None:
    expire_drafts(day=clock.today() + late * ONE_DAY)
    entry = entries_of(old)[0]
    assert (entry.verb, entry.actor_name) == ("expire", "capphep")
    told = OutboxEvent.objects.get(type="request.expired").payload
    today = clock.today().isoformat()
    assert (entry.after["effective_on"], told["effective_on"]) == (today, today)
    assert told["status"] == "expired"


def test_noting_it_again_changes_nothing(old: LicenceRequest) -> None:
    expire_drafts(day=clock.today())
    assert expire_drafts(day=clock.today()) == []
    assert OutboxEvent.objects.filter(type="request.expired").count() == 1


def test_what_was_returned_ends_too_and_its_order_is_free(old_returned: LicenceRequest) -> None:
    expire_drafts(day=clock.today())
    assert status(old_returned) == RequestStatus.EXPIRED
    order = Order.objects.get(pk=old_returned.order_id)
    assert order.licence_status == LicenceStatus.NOT_REQUESTED
    assert entries_of(order)[0].after["effective_on"] == clock.today().isoformat()


def test_what_waits_or_was_decided_does_not_end(order: Order, salesperson: User) -> None:
    with days_ago(2 * DAYS):
        waiting = stories.sent(order, salesperson)
    assert expire_drafts(day=clock.today()) == []
    assert status(waiting) == RequestStatus.WAITING


def test_a_file_counts_as_a_change(old: LicenceRequest, salesperson: User) -> None:
    with days_ago(1):
        attach_evidence(
            actor=salesperson,
            request_id=old.pk,
            kind=EvidenceKind.COMMITMENT,
            name="bản mới.pdf",
            chunks=[b"%PDF-1.4 new" + stories.PDF],
        )
    assert expire_drafts(day=clock.today()) == []
    assert expire_drafts(day=clock.today() + (DAYS - 1) * ONE_DAY) == [old]


def test_saving_counts_as_a_change_even_of_nothing(old: LicenceRequest, salesperson: User) -> None:
    drafts.save_draft(actor=salesperson, request_id=old.pk, seen_version=old.version, values={})
    assert expire_drafts(day=clock.today()) == []


def test_with_the_setting_at_zero_nothing_ends(old: LicenceRequest, settings: LazySettings) -> None:
    settings.DRAFT_DAYS = 0
    assert expire_drafts(day=clock.today() + 1000 * ONE_DAY) == []
    assert ends_on(old, clock.today()) is None


def test_more_than_a_batch_ends_in_one_run(
    old: LicenceRequest,
    salesperson: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("capphep.provisioning.actions.expiry._BATCH", 1)
    assert old.order is not None
    items = [(line.item, line.quantity) for line in old.order.lines.all()]
    with days_ago(DAYS):
        another = stories.drafted(stories.ordered(old.customer, salesperson, items), salesperson)
    assert expire_drafts(day=clock.today()) == [old, another]


def test_what_ended_can_no_longer_be_saved_and_is_followed_by_one_that_holds_the_same(
    old: LicenceRequest, salesperson: User
) -> None:
    drafts.save_draft(
        actor=salesperson,
        request_id=old.pk,
        seen_version=old.version,
        values={"note": "Giữ lại", "admin_name": "Trần Thị Bích"},
    )
    expire_drafts(day=clock.today() + DAYS * ONE_DAY)
    with pytest.raises(Conflict) as refused:
        drafts.save_draft(
            actor=salesperson, request_id=old.pk, seen_version=old.version, values={"note": "x"}
        )
    assert refused.value.code == "wrong_state"
    assert old.order_id is not None
    again = drafts.open_request(actor=salesperson, order_id=old.order_id)
    assert (again.note, again.admin_name) == ("Giữ lại", "Trần Thị Bích")
    assert again.request_no != old.request_no
    assert again.evidence.count() == old.evidence.count() == 2


def test_a_draft_warns_some_days_before(
    old: LicenceRequest, order: Order, salesperson: User
) -> None:
    today = clock.today()
    assert ends_on(old, today) == today
    assert ends_on(old, today - WARNED_DAYS * ONE_DAY) == today
    assert ends_on(old, today - (WARNED_DAYS + 1) * ONE_DAY) is None
