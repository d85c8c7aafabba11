"""`GET /api/v1/events`: what changed, in order, for programs that ask."""

from __future__ import annotations

from typing import Any

import pytest

from capphep.crm.models import Customer
from capphep.integration import limits
from capphep.platform.api import Scope
from capphep.platform.models import User
from capphep.platform.outbox import Event, enqueue
from tests import factories
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, product_program, program
from tests.plumbing.sql_counts import Counter

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    limits.LIMITER.forget()


@pytest.fixture
def reader(db: None) -> Program:
    return product_program(Scope.EVENTS_READ)


def say(subject: str, customer: str = "", product: str = "", type_: str = "order.changed") -> None:
    enqueue([Event(type_, subject, {"n": subject}, customer=customer, product=product)])


def read(reader: Program, query: str = "") -> tuple[list[str], int]:
    answer = reader.get(f"/events{query}")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return [event["subject"] for event in body["items"]], body["after"]


def test_events_are_read_page_by_page_to_the_end(reader: Program) -> None:
    for subject in "abc":
        say(subject)
    assert read(reader, "?limit=2") == (["a", "b"], 2)
    assert read(reader, "?limit=2&after=2") == (["c"], 3)
    assert read(reader, "?after=3") == ([], 3)
    say("d")
    assert read(reader, "?after=3") == (["d"], 4)


def test_an_event_has_its_position_and_the_record(reader: Program) -> None:
    say("a")
    (event,) = reader.get("/events").json()["items"]
    assert (event["position"], event["type"], event["data"]) == (1, "order.changed", {"n": "a"})
    assert event["id"].startswith("evt_")
    assert event["timestamp"] == event["time"] and event["time"].endswith("Z")


def test_types_are_chosen_and_unknown_ones_refused(reader: Program) -> None:
    say("a")
    say("b", type_="order.created")
    say("c", type_="request.sent")
    assert read(reader, "?types=order.created,request.sent") == (["b", "c"], 3)
    answer = reader.get("/events?types=order.created,nonsense")
    assert (answer.status_code, answer.json()["code"]) == (422, "event_type_unknown")


def test_a_bound_token_reads_what_concerns_its_customer_and_product(
    catalogue: SmallCatalogue,
) -> None:
    mine, other = factories.customer("1000001"), factories.customer("1000002")
    say("a", mine.budget_code, "igov")
    say("b", mine.budget_code, "ihos")
    say("c", other.budget_code, "igov")
    say("d")
    igov = factories.user("igov", "program")
    assert read(program(igov, customer=mine))[0] == ["a", "b"]
    assert read(program(igov, product=catalogue.igov))[0] == ["a", "c"]
    assert read(program(igov, product=catalogue.igov, customer=mine))[0] == ["a"]


def test_who_reads_only_a_teams_records_does_not_read_events(salesperson: User) -> None:
    answer = program(salesperson, Scope.EVENTS_READ).get("/events")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


def test_the_scope_is_needed(db: None) -> None:
    answer = product_program(Scope.ORDERS_READ).get("/events")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", f"after={2**63}", "limit=0", "limit=1001"]
)
def test_what_cannot_be_asked_is_refused(reader: Program, query: str) -> None:
    assert reader.get(f"/events?{query}").status_code == 422


def test_reading_costs_the_same_however_many(reader: Program, statements: Counter) -> None:
    for number in range(20):
        say(str(number))
    read(reader)
    with statements("integration.api.events", at_most=5):
        read(reader)


def test_an_unused_customer_is_bound_all_the_same(customer: Customer, reader: Program) -> None:
    say("a")
    igov = factories.user("igov2", "program")
    assert read(program(igov, customer=customer))[0] == []


@pytest.fixture
def customer(db: None) -> Customer:
    return factories.customer()
