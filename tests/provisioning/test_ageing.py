"""A request that waits too long is noted on the day on which it became late, once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction

from capphep.crm.models import Customer
from capphep.ims.actions import reject, return_request
from capphep.platform import clock, ticks
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, Tick, User
from capphep.provisioning.actions.ageing import note_overdue
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.factories import SmallCatalogue

pytestmark = pytest.mark.django_db
ONE_DAY = datetime.timedelta(days=1)
MONDAY = datetime.date(2027, 1, 4)
DUE = MONDAY + 2 * ONE_DAY
LATE = DUE + ONE_DAY


@pytest.fixture
def monday(db: None, settings: Any) -> None:
    factories.reference_data()
    factories.Installation.objects.update(is_demo=True)
    settings.CLOCK = MONDAY


@pytest.fixture
def waiting(monday: None, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    """Sent on a Monday, to be decided by Wednesday."""
    unit: Customer = factories.customer()
    stories.opened(unit, catalogue)
    return stories.sent(stories.ordered(unit, salesperson, [(catalogue.users_50, 1)]), salesperson)


def announced() -> list[dict[str, Any]]:
    rows = OutboxEvent.objects.filter(type="request.overdue").order_by("id")
    return list(rows.values_list("payload", flat=True))


def test_it_becomes_late_on_the_day_after_it_was_due(waiting: LicenceRequest) -> None:
    assert waiting.due_on == DUE
    assert note_overdue(day=DUE) == 0
    assert note_overdue(day=LATE) == 1
    (payload,) = announced()
    assert (payload["request_no"], payload["status"]) == (waiting.request_no, "waiting")
    assert (payload["due_on"], payload["effective_on"]) == (DUE.isoformat(), LATE.isoformat())
    assert entries_of(waiting)[0].verb == "overdue"


def test_it_is_noted_once(waiting: LicenceRequest) -> None:
    note_overdue(day=LATE)
    assert note_overdue(day=LATE + ONE_DAY) == 0


def test_what_was_answered_on_the_due_day_is_not_late(
    waiting: LicenceRequest, officer: User, settings: Any
) -> None:
    settings.CLOCK = DUE
    reject(actor=officer, request_id=waiting.pk, reason="Thiếu dấu")
    assert note_overdue(day=LATE + 7 * ONE_DAY) == 0


def test_what_was_answered_late_was_late_nevertheless(
    waiting: LicenceRequest, officer: User, settings: Any
) -> None:
    settings.CLOCK = LATE
    reject(actor=officer, request_id=waiting.pk, reason="Thiếu dấu")
    assert note_overdue(day=LATE + 7 * ONE_DAY) == 1
    assert announced()[0]["effective_on"] == LATE.isoformat()


def test_each_round_has_a_time_of_its_own(
    waiting: LicenceRequest, officer: User, salesperson: User, settings: Any
) -> None:
    note_overdue(day=LATE)
    settings.CLOCK = LATE
    return_request(actor=officer, request_id=waiting.pk, comment="Xem lại", comments={})
    again = stories.sent_again(waiting, salesperson)
    assert again.due_on is not None
    assert note_overdue(day=again.due_on) == 0
    assert note_overdue(day=again.due_on + ONE_DAY) == 1
    assert len(announced()) == 2


@pytest.mark.parametrize("looks", [{3, 4, 5, 6, 7, 8, 9, 10}, {10}, {5, 10}])
def test_missing_days_and_running_once_notes_the_same(
    waiting: LicenceRequest, officer: User, settings: Any, looks: set[int]
) -> None:
    with transaction.atomic():
        Tick.objects.update_or_create(id=1, defaults={"last_day": MONDAY})
        for offset in range(1, 11):
            settings.CLOCK = MONDAY + offset * ONE_DAY
            if offset in looks:
                ticks.each_day(clock.today(), lambda day: note_overdue(day=day) and None)
            if offset == 4:
                reject(actor=officer, request_id=waiting.pk, reason="Thiếu dấu")
    assert [payload["effective_on"] for payload in announced()] == [LATE.isoformat()]
