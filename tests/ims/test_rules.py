"""The desk's rules by example."""

from __future__ import annotations

import datetime

import pytest

from capphep.ims.rules import Age, Ageing, age, check_absence, check_withdrawal_day, fingerprint
from capphep.pure.errors import Conflict, Invalid


def day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()


SENT, DUE = day("19/11/2026"), day("23/11/2026")


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("19/11/2026", Age(Ageing.ON_TIME, 0, 0)),
        ("22/11/2026", Age(Ageing.ON_TIME, 0, 3)),
        ("23/11/2026", Age(Ageing.DUE_TODAY, 0, 4)),
        ("24/11/2026", Age(Ageing.OVERDUE, 1, 5)),
        ("03/12/2026", Age(Ageing.OVERDUE, 10, 14)),
        ("18/11/2026", Age(Ageing.ON_TIME, 0, 0)),
    ],
)
def test_a_request_is_in_time_until_its_target_day_is_over(today: str, expected: Age) -> None:
    assert age(sent_on=SENT, due_on=DUE, day=day(today)) == expected


@pytest.mark.parametrize("from_day", ["23/11/2026", "30/11/2026"])
def test_a_withdrawal_begins_on_any_day_that_is_left(from_day: str) -> None:
    check_withdrawal_day(day(from_day), day=DUE, last_left=day("30/11/2026"))


def test_a_withdrawal_begins_neither_before_today_nor_when_nothing_is_left() -> None:
    for from_day, code in [
        ("22/11/2026", "withdrawal_in_past"),
        ("01/12/2026", "withdrawal_too_late"),
    ]:
        with pytest.raises(Invalid) as refused:
            check_withdrawal_day(day(from_day), day=DUE, last_left=day("30/11/2026"))
        assert (refused.value.code, refused.value.field) == (code, "from_day")
    for last_left in (None, day("22/11/2026")):
        with pytest.raises(Conflict) as nothing:
            check_withdrawal_day(DUE, day=DUE, last_left=last_left)
        assert nothing.value.code == "nothing_to_withdraw"


def test_an_absence_of_one_day_may_follow_another_at_once() -> None:
    check_absence(first_day=DUE, last_day=DUE, taken=[(SENT, day("22/11/2026"))])


def test_a_fingerprint_names_what_was_seen_in_its_order() -> None:
    assert fingerprint([1, SENT]) == fingerprint([1, SENT])
    assert len({fingerprint(seen) for seen in ([1, 2], [2, 1], [12], [1, 2, ""])}) == 4
