"""Rows in one plain statement are those that the general way writes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from capphep.crm.models import Customer
from capphep.crm.states import LicenceStatus
from capphep.platform import rows
from capphep.platform.models import NumberSeries, OutboxEvent, Team, User
from tests import factories

pytestmark = pytest.mark.django_db


def test_inserted_records_have_their_keys_and_what_is_filled_in_by_itself() -> None:
    events = [
        OutboxEvent(public_id=str(n), type="a", subject=str(n), payload={"n": [n, "đ"]})
        for n in range(3)
    ]
    with CaptureQueriesContext(connection) as asked:
        assert rows.insert(iter(events)) == events
    assert len(asked) == 1
    found = OutboxEvent.objects.order_by("id")
    assert [(e.pk, e.subject, e.payload, e.at) for e in found] == [
        (e.pk, e.subject, e.payload, e.at) for e in events
    ]
    assert not events[0]._state.adding


def test_a_key_of_its_own_is_kept_and_nothing_is_nothing() -> None:
    assert rows.insert([]) == []
    rows.insert([NumberSeries(series="DH-2026", last=7)])
    assert NumberSeries.objects.get().last == 7
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert([NumberSeries(series="DH-2026")])


def test_a_record_like_one_that_is_there_is_not_written() -> None:
    first, second = Team(name="HCSN"), Team(name="HCSN")
    assert rows.insert_new(first)
    assert not rows.insert_new(second)
    assert (Team.objects.get(), second.pk) == (first, None)


def test_more_rows_than_one_statement_may_hold() -> None:
    count = 2_000
    rows.insert(
        OutboxEvent(public_id=str(n), type="a", subject=str(n), payload={}) for n in range(count)
    )
    assert OutboxEvent.objects.count() == count


@pytest.mark.parametrize("count", [3, 30])
def test_many_rows_say_what_few_say(count: int) -> None:
    """Many are written by another statement on PostgreSQL."""
    texts = ["", '{"a",\\b}', "NULL", "'%s' %% đ", "a\nb"]
    documents: list[Any] = [{}, {"q": '"\\"'}, [1, None], "null", {"đ": {"x": [True, 1.5]}}]
    events = rows.insert(
        OutboxEvent(
            public_id=str(n),
            type=LicenceStatus.PENDING,
            subject=texts[n % len(texts)],
            payload=documents[n % len(documents)],
        )
        for n in range(count)
    )
    found = OutboxEvent.objects.order_by("id")
    assert [(e.pk, e.type, e.subject, e.payload) for e in found] == [
        (e.pk, "pending", e.subject, e.payload) for e in events
    ]
    persons = [User(username=f"u{n}", full_name="A", team_id=None) for n in range(count)]
    assert {user.team_id for user in rows.insert(persons)} == {None}
    assert User.objects.filter(team=None, is_active=True, last_login=None).count() == count


@pytest.mark.postgresql
def test_what_is_too_long_is_refused_among_many_too() -> None:
    with pytest.raises(DataError), transaction.atomic():
        rows.insert(Team(name="x" * 1000 + str(n)) for n in range(30))


def test_an_update_is_of_what_was_seen(north: Team, salesperson: User) -> None:
    customer = factories.customer()
    seen = {"pk": customer.pk, "version": 1}
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    values = {"version": 2, "owner": salesperson, "team_id": north.pk, "updated_at": moment}
    assert rows.update(Customer, seen, values) == 1
    assert rows.update(Customer, seen, {"version": 3}) == 0
    customer.refresh_from_db()
    assert (customer.version, customer.owner, customer.team) == (2, salesperson, north)
    assert customer.updated_at == moment


def test_a_list_means_any_of_its_values_and_rows_can_be_removed() -> None:
    events = rows.insert(
        OutboxEvent(public_id=str(n), type=name, subject="1", payload={})
        for n, name in enumerate("aabc")
    )
    keys = [event.pk for event in events]
    assert rows.update(OutboxEvent, {"pk": keys[:3], "type": "a"}, {"subject": "2"}) == 2
    assert rows.delete(OutboxEvent, {"type": ["a", "c"], "pk": keys[1:]}) == 2
    assert [event.pk for event in OutboxEvent.objects.order_by("id")] == [keys[0], keys[2]]


def test_a_put_record_is_written_or_changes_the_row_with_its_key() -> None:
    rows.insert([Team(name="HCSN")])
    first = Team.objects.get(name="HCSN")
    user = User(username="an", password="x", full_name="An", role="sales", team=first)
    rows.put([user], key="username")
    with CaptureQueriesContext(connection) as asked:
        rows.put([User(username="an", password="y", full_name="Ân", role="sales")], key="username")
    assert len(asked) == 1
    found = User.objects.get()
    assert (found.full_name, found.password, found.team) == ("Ân", "y", None)
    rows.put(iter(()), key="username")
