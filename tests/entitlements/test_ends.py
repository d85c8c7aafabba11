"""Who is told that something ends, once for each mark, by days that pass (R17)."""

from __future__ import annotations

import datetime

import pytest
from django.conf import LazySettings

from capphep.entitlements.actions.occasions import note_ends
from capphep.entitlements.models import Occasion
from capphep.platform import notices
from capphep.platform.models import User
from capphep.pure.months import term
from tests import factories, stories
from tests.entitlements.conftest import DAY, Ledger
from tests.plumbing.sql_counts import Counter

YC = "YC-2026-000012"


@pytest.fixture
def end(ledger: Ledger, salesperson: User) -> datetime.date:
    """The last day of all that the unit has."""
    return term(ledger.today - 60 * DAY, 12).last


def told(user: User) -> list[str]:
    return [notices.text_of(each) for each in notices.unread_of(user)]


def levels() -> list[int]:
    return list(Occasion.objects.order_by("id").values_list("level", flat=True))


def test_each_mark_is_told_on_its_day(end: datetime.date, salesperson: User) -> None:
    for days, count in [(61, 0), (60, 1), (59, 0), (30, 1), (7, 1), (6, 0), (0, 0)]:
        assert note_ends(day=end - days * DAY) == count
    assert levels() == [60, 30, 7]


def test_the_notice_says_what_ends_and_when(end: datetime.date, salesperson: User) -> None:
    note_ends(day=end - 30 * DAY)
    (sentence,) = told(salesperson)
    assert f"{end:%d/%m/%Y}" in sentence
    assert "Kế toán – Bộ sổ kế toán 1 → 0; Văn phòng số – Người dùng 100 → 0" in sentence


def test_a_day_worked_through_again_tells_nothing(end: datetime.date, salesperson: User) -> None:
    assert note_ends(day=end - 30 * DAY) == 1
    assert note_ends(day=end - 30 * DAY) == 0
    assert len(told(salesperson)) == 1


def test_days_that_were_missed_end_as_if_none_had_been(
    end: datetime.date, salesperson: User
) -> None:
    for days in range(70, -1, -1):
        note_ends(day=end - days * DAY)
    assert levels() == [60, 30, 7]
    # What was told of sixty and of thirty days is not left to be read at seven.
    assert len(told(salesperson)) == 1


def test_what_was_renewed_is_not_told_of(
    ledger: Ledger, end: datetime.date, salesperson: User
) -> None:
    note_ends(day=end - 60 * DAY)
    ledger.grant(YC, 100, books=1, first=end + DAY)
    assert note_ends(day=end - 30 * DAY) == 0


def test_of_a_smaller_renewal_only_what_is_lost_is_told(
    ledger: Ledger, end: datetime.date, salesperson: User
) -> None:
    ledger.grant(YC, 60, books=1, first=end + DAY)
    note_ends(day=end - 30 * DAY)
    (sentence,) = told(salesperson)
    assert "Văn phòng số – Người dùng 100 → 60." in sentence and "Bộ sổ" not in sentence


def test_what_was_taken_back_does_not_end(ledger: Ledger, salesperson: User) -> None:
    ledger.grant(YC, 50, months=3)
    ledger.withdraw(YC, ledger.today + DAY)
    last = term(ledger.today, 3).last
    assert note_ends(day=last - 30 * DAY) == 0


def test_the_days_are_a_setting(
    end: datetime.date, salesperson: User, settings: LazySettings
) -> None:
    settings.EXPIRY_NOTICE_DAYS = [10]
    assert note_ends(day=end - 30 * DAY) == 0
    assert note_ends(day=end - 10 * DAY) == 1
    settings.EXPIRY_NOTICE_DAYS = []
    assert note_ends(day=end - 10 * DAY) == 0


def test_a_day_costs_the_same_however_much_ends(
    ledger: Ledger, end: datetime.date, salesperson: User, statements: Counter
) -> None:
    for number in range(30):
        customer = factories.customer(f"{2000000 + number}", f"UBND Xã {number}")
        stories.opened(customer, ledger.catalogue, request_no=f"YC-2026-8{number:05d}")
    with statements("entitlements.note_ends", at_most=20):
        assert note_ends(day=end - 30 * DAY) == 31
