"""Workers at once, a killed one, and wishes that cross: one user, in or out as it stands last."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import settings as used
from django.db import connections, transaction
from django.utils import timezone

from capphep.catalog.models import Product
from capphep.crm.models import Customer
from capphep.identity.actions import Person, close_links, ensure_account
from capphep.identity.delivery import deliver_next
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.states import AccountStatus
from capphep.platform import clock
from capphep.platform.models import OutboxEvent
from tests import factories
from tests.identity.providers import TOKEN, USER, Tenant, bad_server, listing, saying
from tests.plumbing.kills import killed_at_statement
from tests.plumbing.races import losers, race

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """Two units that have the same administrator of the same product."""

    def __init__(self) -> None:
        factories.reference_data()
        self.product = factories.SmallCatalogue().igov
        self.units = [
            factories.customer(),
            factories.customer("1234568", "Trường Tiểu học Đông Hải"),
        ]

    def approve(self, number: int) -> AccountLink:
        return noted(self.units[number], self.product)

    def withdraw(self, number: int) -> None:
        withdrawn(self.units[number], self.product)

    def statuses(self) -> list[str]:
        return list(AccountLink.objects.order_by("customer_id").values_list("status", flat=True))


@transaction.atomic
def noted(customer: Customer, product: Product) -> AccountLink:
    person = Person("Nguyễn Văn An", "an@example.vn", "")
    link, _ = ensure_account(
        person=person, customer=customer, product=product, request_no="YC-2026-000001"
    )
    return link


@transaction.atomic
def withdrawn(customer: Customer, product: Product) -> None:
    day = clock.today()
    close_links(
        customer=customer, product=product, request_no="YC-2026-000009", from_day=day, day=day
    )


def work() -> None:
    while deliver_next():
        pass


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return Desk()


class Memory:
    """A provider that keeps one user; ``meanwhile`` happens before it answers a change."""

    def __init__(self) -> None:
        self.active: list[bool] = []
        self.made = 0
        self.meanwhile: list[Callable[[], object]] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        asked = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if handler.command == "GET":
            found = self._user()
            is_one = "/Users/" in handler.path
            saying(200, json.dumps(found) if is_one else listing(*([found] * self.made)))(handler)
            return
        if self.meanwhile:
            elsewhere(self.meanwhile.pop())
        if handler.command == "POST":
            self.made, self.active = self.made + 1, [*self.active, True]
            saying(201, json.dumps(self._user()))(handler)
        else:
            self.active.append(json.loads(asked)["Operations"][0]["value"])
            saying(204)(handler)

    def _user(self) -> dict[str, Any]:
        is_active = self.active[-1] if self.active else True
        return {"schemas": [USER], "id": "7", "userName": "an@example.vn", "active": is_active}


def elsewhere(call: Callable[[], object]) -> None:
    """In another thread, as another person, on a connection of its own."""

    def run() -> None:
        call()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
def memory(settings: Any) -> Any:
    provider = Memory()
    with bad_server(provider) as settings.SCIM_URL:
        settings.SCIM_TOKEN = TOKEN
        yield provider


def test_two_workers_at_once_make_one_user(desk: Desk, tenant: Tenant) -> None:
    desk.approve(0)
    outcomes = race(deliver_next, 3)
    assert sorted(map(repr, outcomes)) == ["0", "0", "1"]
    assert len(tenant.users()) == 1
    assert desk.statuses() == [AccountStatus.INVITED]


def test_withdrawn_while_being_invited_the_person_ends_locked_out(
    desk: Desk, memory: Memory
) -> None:
    desk.approve(0)
    memory.meanwhile.append(partial(desk.withdraw, 0))
    deliver_next()
    assert desk.statuses() == [AccountStatus.CLOSING]
    work()
    assert desk.statuses() == [AccountStatus.CLOSED]
    assert (memory.made, memory.active) == (1, [True, False])


def test_approved_while_being_locked_out_the_person_ends_let_in(desk: Desk, memory: Memory) -> None:
    desk.approve(0)
    work()
    desk.withdraw(0)
    memory.meanwhile.append(partial(desk.approve, 1))
    deliver_next()
    assert desk.statuses() == [AccountStatus.CLOSED, AccountStatus.PENDING]
    work()
    assert desk.statuses() == [AccountStatus.CLOSED, AccountStatus.LINKED]
    assert memory.active == [True, False, True]


def test_opened_again_while_being_locked_out_the_person_ends_let_in(
    desk: Desk, memory: Memory
) -> None:
    desk.approve(0)
    work()
    desk.withdraw(0)
    memory.meanwhile.append(partial(desk.approve, 0))
    work()
    assert desk.statuses() == [AccountStatus.LINKED]
    assert memory.active == [True, False, True]


def test_a_worker_that_took_too_long_writes_nothing(desk: Desk, memory: Memory) -> None:
    def another_worker() -> None:
        AdminAccount.objects.update(next_at=timezone.now())
        deliver_next()

    desk.approve(0)
    memory.meanwhile.append(another_worker)
    deliver_next()
    assert OutboxEvent.objects.count() == 1
    assert AdminAccount.objects.get().attempts == 2
    assert desk.statuses() == [AccountStatus.INVITED]


@pytest.mark.parametrize("round_", range(3))
def test_no_wish_is_overlooked_while_the_worker_writes(
    desk: Desk, memory: Memory, round_: int
) -> None:
    desk.approve(0)
    outcomes = race([deliver_next, partial(desk.approve, 1), partial(desk.withdraw, 0)])
    assert not losers(outcomes), outcomes
    work()
    first, second = desk.statuses()
    assert first == AccountStatus.CLOSED
    assert second in (AccountStatus.INVITED, AccountStatus.LINKED)
    assert memory.active[-1] is True
    assert AdminAccount.objects.get().next_at is None


def test_an_approval_and_a_withdrawal_that_cross_leave_the_person_let_in(
    desk: Desk, memory: Memory
) -> None:
    desk.approve(0)
    work()
    outcomes = race([partial(desk.withdraw, 0), partial(desk.approve, 1)])
    assert not losers(outcomes), outcomes
    work()
    assert desk.statuses() == [AccountStatus.CLOSED, AccountStatus.LINKED]
    assert all(memory.active)


def deliver_at(address: str) -> None:
    """What the killed process was doing."""
    used.SCIM_URL, used.SCIM_TOKEN = address, TOKEN
    deliver_next()


@pytest.mark.parametrize("statement", [7, 11, 14])
def test_a_worker_killed_after_the_user_was_made_makes_no_second(
    desk: Desk, tenant: Tenant, statement: int
) -> None:
    """Before what came of it is written, while it is, and just before the end."""
    desk.approve(0)
    assert killed_at_statement(deliver_at, statement, tenant.address)
    assert len(tenant.users()) == 1
    assert desk.statuses() == [AccountStatus.PENDING]
    assert deliver_next() == 0  # the dead one's lease
    AdminAccount.objects.update(next_at=timezone.now())
    work()
    assert desk.statuses() == [AccountStatus.INVITED]
    assert len(tenant.users()) == 1
    assert AdminAccount.objects.get().provider_id == tenant.users()[0]["id"]
