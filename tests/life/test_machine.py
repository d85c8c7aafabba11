"""Random people do random things in a random order: the ledger stays right after every step.

300 runs of 40 steps, shared by the two databases, of which SQLite is twice as fast;
`./capphep test tests/life --lives 2000 --hypothesis-seed 7` runs as many others on each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import hypothesis
import pytest
from django.db import connection, transaction
from django.db.models import Max
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from capphep.catalog.kinds import OrderPurpose
from capphep.catalog.models import Item
from capphep.crm.models import Customer, Order
from capphep.crm.states import LICENCE_STATUS, LicenceStatus
from capphep.ims import ledger
from capphep.platform import audit_chain
from capphep.platform.audit_hash import entry_hash
from capphep.platform.models import AuditChain, AuditEntry, OutboxEvent, User
from capphep.provisioning.models import LicenceRequest, Round, Withdrawal
from capphep.provisioning.states import (
    LIVE,
    REQUEST_STATUS,
    RequestKind,
    RequestStatus,
    WithdrawalStatus,
)
from capphep.pure.states import StateTable
from tests.life.model import ONE_DAY, Model, stored_balances, summed_grants
from tests.life.world import World

SHARE = {"sqlite": 250, "postgresql": 50}
STEPS = 40
# Sampled, not drawn as integers: those are zero far too wild.
index = st.sampled_from(range(60))
wild = st.sampled_from([False] * 6 + [True])
goods = st.lists(
    st.tuples(st.sampled_from(range(3)), st.sampled_from([1, 2, 3])), min_size=1, max_size=2
)


DEEDS = [
    *["order"] * 2,
    *["edit"] * 1,
    *["turn"] * 1,
    *["raise"] * 2,
    *["send"] * 5,
    *["recall"] * 1,
    *["discard"] * 1,
    *["look"] * 1,
    *["approve"] * 8,
    *["reject"] * 1,
    *["return"] * 2,
    *["renew"] * 2,
    *["trial"] * 1,
    *["inform"] * 1,
    *["propose"] * 2,
    *["confirm"] * 2,
    *["decline"] * 1,
    *["days"] * 2,
]


WAITING, EDITABLE = {RequestStatus.WAITING}, {RequestStatus.DRAFT, RequestStatus.RETURNED}
FITTING: dict[str, set[RequestStatus]] = {
    "send": EDITABLE,
    "discard": EDITABLE,
    **dict.fromkeys(["look", "recall", "approve", "reject", "return"], WAITING),
    "propose": {RequestStatus.APPROVED},
}


OF_THE_LEDGER = {"approve", "confirm", "days"}


class Life(RuleBasedStateMachine):
    """One life of the world, in a transaction that is rolled back at its end."""

    world: World
    tally: Counter[tuple[str, bool]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world.begin()
        self.model = Model()
        self.orders: list[Order] = []
        self.requests: list[LicenceRequest] = []
        self.looks: dict[int, str] = {}
        self.statuses: dict[int, str] = {}
        self.heads = heads()
        self.walked = AuditEntry.objects.aggregate(Max("pk", default=0))["pk__max"]

    def teardown(self) -> None:
        try:
            # Each step looked at its own entries: now the whole, by the command's own walk.
            assert list(audit_chain.differences()) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- who and what ----------------------------------------------------------------------

    def attempt(self, deed: Callable[..., Any], *arguments: Any) -> Any | None:
        return self.world.attempt(partial(deed, *arguments))

    def person(self, number: int) -> User:
        return self.world.people[number % len(self.world.people)]

    def some_order(self, number: int) -> Order:
        return self.orders[number % len(self.orders)]

    def some_request(self, number: int, wild: bool, deed: str) -> LicenceRequest:
        """Mostly one in a state that allows the deed, now and then any."""
        fit = [one for one in self.requests if self.statuses.get(one.pk) in FITTING[deed]]
        among = fit if fit and not wild else self.requests
        return among[number % len(among)]

    def known(self, request: LicenceRequest | None) -> LicenceRequest | None:
        if request and request.pk not in {known.pk for known in self.requests}:
            self.requests.append(request)
        return request

    def proposed(self) -> list[Withdrawal]:
        rows = Withdrawal.objects.select_related("request__customer", "request__product")
        return list(rows.filter(status=WithdrawalStatus.PROPOSED).order_by("id"))

    def some_withdrawal(self, number: int) -> Withdrawal | None:
        found = self.proposed()
        return found[number % len(found)] if found else None

    def unit_and_goods(
        self, which: int, wild: bool, chosen: list[tuple[int, int]]
    ) -> tuple[Customer, list[tuple[Item, int]]]:
        """Mostly what the unit may buy: the base package once, later what is added to it."""
        unit, items = self.world.customers[which % 2], self.items(chosen)
        if not wild:
            owns = any(
                one.held[0] == unit.pk and one.covers(self.world.today) and not one.is_trial
                for one in self.model.added
            )
            base, quantity = self.world.catalogue.base, items[0][1]
            items = [(item, each) for item, each in items if item != base] if owns else []
            items = items or [(self.world.catalogue.users_50 if owns else base, quantity)]
        return unit, items

    def seller(self, order: Order, who: int, wild: bool) -> User:
        """Mostly the person whose order it is, now and then anybody."""
        return self.world.by_id[order.salesperson_id] if not wild else self.person(who)

    def owner(self, request: LicenceRequest, who: int, wild: bool) -> User:
        return self.world.by_id[request.created_by_id] if not wild else self.person(who)

    def some_officer(self, who: int, wild: bool) -> User:
        return self.world.officers[who % 2] if not wild else self.person(who)

    def items(self, chosen: list[tuple[int, int]]) -> list[tuple[Item, int]]:
        return [(self.world.items[item], quantity) for item, quantity in dict(chosen).items()]

    # --- what may happen -------------------------------------------------------------------

    @rule(deed=st.sampled_from(DEEDS), which=index, who=index, wild=wild, chosen=goods)
    def step(
        self, deed: str, which: int, who: int, wild: bool, chosen: list[tuple[int, int]]
    ) -> None:
        """One deed of somebody; where there is nothing to do it to, an order is entered."""
        if not (wild and self.requests):
            deed = self.possible(deed)
        done = getattr(self, f"do_{deed}")(which, who, wild, chosen) is not None
        self.tally[deed, done] += 1
        if done:
            self.check()
        if done and deed in OF_THE_LEDGER:
            assert list(ledger.differences()) == []

    def possible(self, deed: str) -> str:
        """The deed, or what has to come before it."""
        statuses = set(self.statuses.values())
        if deed in FITTING and not statuses & FITTING[deed]:
            deed = "send" if statuses & FITTING["send"] else "raise"
        if deed in ("confirm", "decline") and not self.proposed():
            deed = "propose" if statuses & FITTING["propose"] else "approve"
            return self.possible(deed)
        needs_order = deed in ("raise", "edit", "turn") or (deed == "look" and not self.requests)
        return "order" if needs_order and not self.orders else deed

    def do_order(self, which: int, who: int, wild: bool, chosen: list[tuple[int, int]]) -> Any:
        actor = self.world.salespeople[who % 2] if not wild else self.person(who)
        unit, items = self.unit_and_goods(which, wild, chosen)
        order = self.attempt(self.world.order, actor, unit, items)
        if order:
            self.orders.append(order)
        return order

    def do_edit(self, which: int, who: int, wild: bool, chosen: list[tuple[int, int]]) -> Any:
        if not self.orders:
            return None
        order = self.some_order(which)
        edited = self.attempt(
            self.world.edit, self.seller(order, who, wild), order, self.items(chosen)
        )
        if edited:
            order.refresh_from_db()
            assert order.licence_status not in (LicenceStatus.PENDING, LicenceStatus.APPROVED)
        return edited

    def do_turn(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        if not self.orders:
            return None
        away = Order.objects.filter(is_active=False).order_by("pk").first()
        order = away or self.some_order(which)
        return self.attempt(self.world.turn, self.seller(order, who, wild), order)

    def do_raise(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        raised = {one.order_id for one in self.requests}
        idle = [one for one in self.orders if one.pk not in raised]
        order = idle[-1] if idle and not wild else self.some_order(which)
        request = self.attempt(self.world.raise_request, self.seller(order, who, wild), order)
        return self.known(request)

    def do_send(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        request = self.some_request(which, wild, "send")
        ahead = (0, 0, 0, 10, 40, 400)[which % 6]
        return self.attempt(self.world.send, self.owner(request, who, wild), request, ahead)

    def do_recall(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        request = self.some_request(which, wild, "recall")
        return self.attempt(self.world.recall, self.owner(request, who, wild), request)

    def do_discard(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        request = self.some_request(which, wild, "discard")
        return self.attempt(self.world.discard, self.owner(request, who, wild), request)

    def do_look(self, which: int, _who: int, wild: bool, _chosen: object) -> None:
        request = self.some_request(which, wild, "look")
        self.looks[request.pk] = self.world.look(request)

    def do_approve(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        request = self.some_request(which, wild, "approve")
        fresh = self.world.look(request)
        seen = fresh if not wild else self.looks.get(request.pk, "")
        approved = self.attempt(self.world.approve, self.some_officer(who, wild), request, seen)
        if approved:
            assert seen == fresh
            self.note_approval(approved)
        return approved

    def do_reject(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        request = self.some_request(which, wild, "reject")
        return self.attempt(self.world.reject, self.some_officer(who, wild), request)

    def do_return(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        request = self.some_request(which, wild, "return")
        return self.attempt(self.world.send_back, self.some_officer(who, wild), request)

    def do_trial(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        actor = self.person(who) if wild else self.world.salespeople[who % 2]
        request = self.attempt(self.world.trial, actor, self.world.customers[which % 2])
        return self.known(request)

    def do_renew(self, which: int, who: int, wild: bool, chosen: list[tuple[int, int]]) -> Any:
        actor = self.person(who) if wild else self.world.salespeople[who % 2]
        unit = self.world.customers[which % 2]
        order = self.attempt(
            self.world.order, actor, unit, self.items(chosen), OrderPurpose.RENEWAL
        )
        if order:
            self.orders.append(order)
        return order

    def do_inform(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        actor = self.person(who) if wild else self.world.salespeople[who % 2]
        unit = self.world.customers[which % 2]
        return self.known(self.attempt(self.world.change_information, actor, unit))

    def do_propose(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        request = self.some_request(which, wild, "propose")
        actor = self.some_officer(who, wild)
        return self.attempt(self.world.propose, actor, request, (0, 0, 10, 40, -1)[which % 5])

    def do_confirm(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        found = self.some_withdrawal(which)
        confirmed = found and self.attempt(self.world.confirm, self.some_officer(who, wild), found)
        if confirmed:
            assert confirmed.decided_by_id != confirmed.proposed_by_id
            self.model.end(confirmed.request.request_no, confirmed.from_day)
        return confirmed

    def do_decline(self, which: int, who: int, wild: bool, _chosen: object) -> Any:
        found = self.some_withdrawal(which)
        return found and self.attempt(self.world.decline, self.some_officer(who, wild), found)

    def do_days(self, which: int, _who: int, wild: bool, _chosen: object) -> Any:
        self.world.let_days_pass(95 if wild else (1, 1, 2, 7, 31)[which % 5])
        return True

    # --- what it should come to ------------------------------------------------------------

    def note_approval(self, request: LicenceRequest) -> None:
        """What was approved, reckoned from the order and the catalogue alone."""
        if request.kind == RequestKind.INFO_CHANGE:
            return
        day, is_trial = self.world.today, request.kind == RequestKind.TRIAL
        bought = self.model.tried() if is_trial else self.model.bought(items_of(request))
        begins = max(day, request.start_on or day)
        firsts = dict.fromkeys({module for module, _, _ in bought}, begins)
        if request.kind == RequestKind.NEW:
            self.model.end_trials(request.customer_id, begins)
        if request.kind == RequestKind.RENEWAL:
            for module in firsts:
                running = self.model.running_until(request.customer_id, module, day)
                firsts[module] = max(begins, running + ONE_DAY) if running else begins
        self.model.add(request.customer_id, request.request_no, bought, firsts, is_trial=is_trial)

    # --- what holds after every step -------------------------------------------------------

    def check(self) -> None:
        self.in_force_is_what_was_approved_less_what_was_withdrawn()
        requests = list(LicenceRequest.objects.select_related("order"))
        self.statuses = {one.pk: one.status for one in requests}
        self.an_order_has_one_live_request_and_its_status_follows(requests)
        self.every_move_is_in_the_trail(requests)
        self.every_sending_is_a_round(requests)
        self.every_approval_was_announced_once(requests)
        self.the_trail_grew_link_by_link()

    def in_force_is_what_was_approved_less_what_was_withdrawn(self) -> None:
        days = self.model.turning_days() | {self.world.today}
        expected = {day: self.model.in_force(day) for day in days}
        assert stored_balances(days) == expected
        assert summed_grants(days) == expected

    def an_order_has_one_live_request_and_its_status_follows(
        self, requests: list[LicenceRequest]
    ) -> None:
        live = [request for request in requests if request.status in LIVE]
        assert max(Counter(one.order_id for one in live if one.order_id).values(), default=0) <= 1
        for request in live:
            expected = ORDER_STATUS.get(RequestStatus(request.status))
            if request.order and expected:
                assert request.order.licence_status == expected
        for request in requests:
            if request.status in (*ORDER_STATUS, RequestStatus.WITHDRAWN) and request.order:
                assert request.order.is_active

    def every_move_is_in_the_trail(self, requests: list[LicenceRequest]) -> None:
        """Replayed from the trail, each record stands where it stands, by legal moves only."""
        moves = list(
            AuditEntry.objects.filter(subject_type__in=("licencerequest", "order"))
            .order_by("id")
            .values_list("subject_type", "subject_id", "verb", "before", "after")
        )
        statuses = {("licencerequest", one.pk): one.status for one in requests}
        orders = Order.objects.values_list("pk", "licence_status")
        statuses |= {("order", pk): status for pk, status in orders}
        replayed: dict[tuple[str, int], str] = dict.fromkeys(statuses, "")
        for subject_type, subject_id, verb, before, after in moves:
            column, table = TABLES[subject_type]
            if column in after and verb != "created":
                key = (subject_type, subject_id)
                assert replayed[key] in ("", before[column])
                assert table.after(verb, before[column]) == after[column]
                replayed[key] = after[column]
        unmoved = {"licencerequest": RequestStatus.DRAFT, "order": LicenceStatus.NOT_REQUESTED}
        assert {key: status or unmoved[key[0]] for key, status in replayed.items()} == statuses

    def every_sending_is_a_round(self, requests: list[LicenceRequest]) -> None:
        sent = Counter(
            AuditEntry.objects.filter(subject_type="licencerequest", verb="send").values_list(
                "subject_id", flat=True
            )
        )
        rounds = Round.objects.values_list("request", "outcome")
        assert Counter(request for request, _ in rounds) == sent
        waiting = {one.pk for one in requests if one.status == RequestStatus.WAITING}
        assert Counter(request for request, outcome in rounds if not outcome) == Counter(waiting)

    def every_approval_was_announced_once(self, requests: list[LicenceRequest]) -> None:
        announced = OutboxEvent.objects.filter(type="request.approved").values_list("subject")
        granted = (RequestStatus.APPROVED, RequestStatus.WITHDRAWN)
        expected = Counter((one.request_no,) for one in requests if one.status in granted)
        assert Counter(announced) == expected

    def the_trail_grew_link_by_link(self) -> None:
        """What was written since the last look follows what stood there; the heads say so."""
        new = AuditEntry.objects.filter(pk__gt=self.walked).order_by("chain", "seq")
        for entry in new:
            length, head = self.heads.get(entry.chain_id, (0, ""))
            assert (entry.seq, entry.hash) == (length + 1, entry_hash(head, entry))
            self.heads[entry.chain_id] = (entry.seq, entry.hash)
            self.walked = max(self.walked, entry.pk)
        assert self.heads == heads()


def heads() -> dict[int, tuple[int, str]]:
    """How long each chain of the audit trail is, and the hash of its last entry."""
    return {chain.pk: (chain.length, chain.head) for chain in AuditChain.objects.all()}


def items_of(request: LicenceRequest) -> dict[int, int]:
    assert request.order is not None
    return dict(request.order.lines.values_list("item", "quantity"))


ORDER_STATUS = {
    RequestStatus.WAITING: LicenceStatus.PENDING,
    RequestStatus.RETURNED: LicenceStatus.RETURNED,
    RequestStatus.APPROVED: LicenceStatus.APPROVED,
}
TABLES: dict[str, tuple[str, StateTable]] = {
    "licencerequest": ("status", REQUEST_STATUS),
    "order": ("licence_status", LICENCE_STATUS),
}


@pytest.fixture
def lives(request: pytest.FixtureRequest) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=request.config.getoption("--lives") or SHARE[connection.vendor],
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.django_db
def test_the_ledger_stays_right_through_any_life(settings: Any, lives: hypothesis.settings) -> None:
    # Made once; every life begins with it and is rolled back.
    Life.world = World(settings)
    run_state_machine_as_test(Life, settings=lives)
    never = {deed for deed in DEEDS if deed != "look"} - {deed for deed, done in Life.tally if done}
    assert not never, Life.tally
