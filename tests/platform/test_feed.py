"""Events are read in the order of their commits, without gaps, whoever writes at the same time."""

from __future__ import annotations

import random
import threading
import time

import pytest
from django.db import connection, transaction

from capphep.platform import feed, outbox
from capphep.platform.models import OutboxEvent
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import losers, race

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 4, 12


def say(subject: str, type_: str = "order.created", customer: str = "", product: str = "") -> None:
    event = outbox.Event(type_, subject, {"n": subject}, customer=customer, product=product)
    outbox.enqueue([event])


def subjects(position: int = 0, **chosen: object) -> list[str]:
    return [event.subject for event in feed.after(position, **chosen)]  # type: ignore[arg-type]


def place() -> None:
    feed.place()


def test_events_have_positions_from_one_on_in_the_order_of_their_commits() -> None:
    for subject in "abc":
        say(subject)
    assert feed.place() == 3
    assert feed.place() == 0
    say("d")
    feed.place()
    assert [event.position for event in feed.after(0)] == [1, 2, 3, 4]
    assert subjects(2) == ["c", "d"]
    assert feed.last_position() == 4


def test_an_event_has_an_id_of_its_own_that_fits_a_signature() -> None:
    say("a")
    say("a")
    ids = set(OutboxEvent.objects.values_list("public_id", flat=True))
    assert len(ids) == 2
    assert all(one.startswith("evt_") and "." not in one for one in ids)


def test_they_are_chosen_by_type_and_by_whom_they_concern() -> None:
    say("a", "order.created", customer="1000001", product="IGOV")
    say("b", "order.changed", customer="1000002", product="IGOV")
    say("c", "order.changed", customer="1000002", product="IHOS")
    feed.place()
    assert subjects(types=["order.changed"]) == ["b", "c"]
    assert subjects(customers=["1000002"], product="IGOV") == ["b"]
    assert subjects(limit=1) == ["a"]


def test_what_is_not_committed_has_no_position() -> None:
    with transaction.atomic():
        say("a")
        transaction.set_rollback(True)
    assert feed.place() == 0
    assert feed.after(0) == []


def test_more_than_fit_into_a_batch_are_placed_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed, "BATCH", 2)
    for subject in "abcde":
        say(subject)
    assert feed.place() == 5
    assert subjects(limit=9) == list("abcde")


@pytest.mark.postgresql
def test_what_was_written_early_and_committed_late_is_not_missed() -> None:
    written, read = threading.Event(), threading.Event()

    def early_and_late() -> None:
        with transaction.atomic():
            say("early")
            written.set()
            read.wait(20)

    def in_between() -> list[str]:
        written.wait(20)
        say("late")
        feed.place()
        found = subjects()
        read.set()
        return found

    _, found = race([early_and_late, in_between])
    assert found == ["late"]
    feed.place()
    assert subjects() == ["late", "early"]
    assert subjects(1) == ["early"]


def test_a_reader_among_writers_misses_nothing_and_sees_nothing_twice() -> None:
    done = threading.Event()
    left = [WRITERS]
    guard = threading.Lock()

    def write(writer: int) -> None:
        for number in range(EACH):
            with transaction.atomic():
                say(f"{writer}/{number}")
                if connection.vendor == "postgresql":
                    time.sleep(random.random() / 200)
                say(f"{writer}/{number}+")
        with guard:
            left[0] -= 1
            if not left[0]:
                done.set()

    def read() -> list[str]:
        position, seen = 0, list[str]()
        while True:
            is_last = done.is_set()
            feed.place()
            for event in feed.after(position, limit=3):
                assert event.position == position + 1
                position += 1
                seen.append(event.subject)
            if is_last and feed.last_position() == position:
                return seen

    writers = [lambda writer=writer: write(writer) for writer in range(WRITERS)]
    outcomes = race([*writers, read, read])
    assert losers(outcomes) == []
    for seen in outcomes[-2:]:
        assert isinstance(seen, list)
        assert len(seen) == len(set(seen)) == 2 * WRITERS * EACH
        # What one writer committed in order is read in order.
        for writer in range(WRITERS):
            own = [one for one in seen if one.startswith(f"{writer}/")]
            numbers = [one for n in range(EACH) for one in (f"{writer}/{n}", f"{writer}/{n}+")]
            assert own == numbers


def test_a_reader_killed_at_any_statement_leaves_no_gap() -> None:
    for subject in "abc":
        say(subject)
    for _statement in each_kill_point(place):
        positions = [event.position for event in feed.after(0)]
        assert positions in ([], [1, 2, 3])
    assert subjects() == list("abc")


def test_an_event_is_read_as_standard_webhooks_and_as_cloudevents_have_it() -> None:
    say("DH-2026-000001")
    feed.place()
    (event,) = feed.after(0)
    body = feed.body(event)
    assert body["type"] == "order.created"
    assert body["timestamp"] == body["time"] == feed.moment_text(event.at)
    assert str(body["time"]).endswith("Z")
    assert body["data"] == {"n": "DH-2026-000001"}
    # CloudEvents 1.0.2: what is required is there, and every name is lower-case and short.
    assert {"id", "source", "specversion", "type"} <= body.keys()
    assert body["specversion"] == "1.0"
    assert all(name.isalnum() and name.islower() for name in body)
