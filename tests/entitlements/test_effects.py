"""Grants begin and end by themselves, and say so on the day on which they do."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capphep.entitlements.actions.effects import note_effects
from capphep.entitlements.models import GrantKind
from capphep.platform import ticks
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, Tick
from capphep.pure.errors import Conflict
from tests.entitlements.conftest import DAY, Ledger

pytestmark = pytest.mark.django_db

Decision = tuple[int, str, int, int]
"""Day, what is done, users or days ahead, months."""


def announced() -> list[dict[str, Any]]:
    return list(
        OutboxEvent.objects.filter(type="entitlement.changed", payload__cause="day")
        .order_by("id")
        .values_list("payload", flat=True)
    )


def users_in(payload: dict[str, Any]) -> int:
    return sum(line["quantity"] for line in payload["in_force"] if line["resource"] == "users")


def test_a_grant_that_begins_later_is_announced_on_its_first_day(ledger: Ledger) -> None:
    begins = ledger.today + 10 * DAY
    ledger.grant("YC-2026-000001", 50, first=begins)
    assert note_effects(day=begins - DAY) == 0
    assert note_effects(day=begins) == 1
    (payload,) = announced()
    assert payload["effective_on"] == begins.isoformat()
    assert users_in(payload) == 150


def test_a_grant_that_ends_is_announced_on_the_day_after(ledger: Ledger) -> None:
    ledger.grant("YC-2026-000001", 50, months=1)
    last = ledger.of("YC-2026-000001", GrantKind.APPROVAL)[0][2]
    assert note_effects(day=last) == 0
    assert note_effects(day=last + DAY) == 1
    assert users_in(announced()[0]) == 100


def test_what_was_decided_on_the_day_itself_announced_itself(ledger: Ledger) -> None:
    ledger.grant("YC-2026-000001", 50)
    assert note_effects(day=ledger.today) == 0


def test_a_renewal_that_follows_without_a_gap_changes_nothing(ledger: Ledger) -> None:
    ledger.grant("YC-2026-000001", 50, months=1)
    ends = ledger.of("YC-2026-000001", GrantKind.APPROVAL)[0][2]
    ledger.grant("YC-2026-000002", 50, first=ends + DAY)
    assert note_effects(day=ends + DAY) == 0


def test_the_trail_says_what_was_before_and_after(ledger: Ledger) -> None:
    begins = ledger.today + DAY
    ledger.grant("YC-2026-000001", 50, first=begins)
    note_effects(day=begins)
    entry = entries_of(ledger.subscription)[0]
    assert (entry.actor_name, entry.verb) == ("capphep", "took_effect")
    (name,) = entry.before
    assert (entry.before[name], entry.after[name]) == (100, 150)
    assert entry.after["effective_on"] == begins.isoformat()


decisions = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.sampled_from(["grant", "trial", "withdraw", "end_trials"]),
        st.integers(0, 20),
        st.integers(1, 2),
    ),
    max_size=8,
)


def decide(ledger: Ledger, day: datetime.date, decision: Decision, number: int) -> None:
    _, verb, ahead, months = decision
    ledger.today, first = day, day + ahead * DAY
    request_no = f"YC-2027-{number:06d}"
    if verb in ("grant", "trial"):
        kind = GrantKind.TRIAL if verb == "trial" else GrantKind.APPROVAL
        ledger.grant(request_no, 10 + number, kind=kind, first=first, months=months)
    elif verb == "end_trials":
        ledger.end_trials(first)
    elif number:
        with contextlib.suppress(Conflict):
            ledger.withdraw(f"YC-2027-{number - 1:06d}", first)


def announced_by(
    ledger: Ledger, start: datetime.date, script: Sequence[Decision], ticking: set[int]
) -> list[dict[str, Any]]:
    """Play the script from day to day, with the calendar looked at on some of the days only."""
    with transaction.atomic():
        Tick.objects.update_or_create(id=1, defaults={"last_day": start - DAY})
        for offset in range(60):
            day = start + offset * DAY
            if offset in ticking:
                ticks.each_day(day, lambda each: note_effects(day=each) and None)
            for number, decision in enumerate(script):
                if decision[0] == offset:
                    decide(ledger, day, decision, number)
        found = announced()
        transaction.set_rollback(True)
    return found


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(decisions, st.sets(st.integers(0, 58), max_size=6))
def test_missing_days_and_running_once_announces_the_same_as_running_daily(
    ledger: Ledger, script: list[Decision], some_days: set[int]
) -> None:
    start = ledger.today
    daily = announced_by(ledger, start, script, set(range(60)))
    ledger.today = start
    seldom = announced_by(ledger, start, script, some_days | {59})
    ledger.today = start
    assert seldom == daily


def test_a_day_is_worked_through_once(ledger: Ledger) -> None:
    seen: list[datetime.date] = []
    assert ticks.is_due(ledger.today)
    assert ticks.each_day(ledger.today, seen.append) == 1
    assert not ticks.is_due(ledger.today)
    assert ticks.each_day(ledger.today, seen.append) == 0
    assert ticks.each_day(ledger.today + 7 * DAY, seen.append) == 7
    assert seen == [ledger.today + n * DAY for n in range(8)]
