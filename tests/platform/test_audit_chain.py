"""Recording: one chain per transaction, never a fork, never a wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from capphep.platform import audit
from capphep.platform.audit_chain import differences
from capphep.platform.models import AuditChain, AuditEntry, Team, User
from capphep.platform.roles import SYSTEM
from tests.plumbing.processes import race_processes
from tests.plumbing.races import PATIENCE, losers, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team(transactional_db: None) -> Team:
    return Team.objects.create(name="Nhóm")


def record(team: Team, *verbs: str) -> None:
    audit.record(SYSTEM, [audit.Change(team, verb, {}, {"verb": verb}) for verb in verbs])


def places() -> list[tuple[str, int, int]]:
    chains = [chain.pk for chain in AuditChain.objects.order_by("pk")]
    entries = AuditEntry.objects.order_by("id")
    return [(entry.verb, chains.index(entry.chain_id), entry.seq) for entry in entries]


def test_entries_follow_each_other_in_one_chain(team: Team) -> None:
    with transaction.atomic():
        record(team, "one", "two")
    with transaction.atomic():
        record(team, "three")
    assert places() == [("one", 0, 1), ("two", 0, 2), ("three", 0, 3)]
    chain, last = AuditChain.objects.get(), AuditEntry.objects.latest("id")
    assert (chain.length, chain.head) == (3, last.hash)
    assert not list(differences())


def test_recording_takes_three_statements_however_much_is_recorded(team: Team) -> None:
    for count in (1, 1, 50):
        with transaction.atomic(), CountedStatements() as counted:
            record(team, *["edited"] * count)
        assert counted.statements == 3


class CountedStatements:
    def __enter__(self) -> CountedStatements:
        self.statements = 0
        self.wrapper = connection.execute_wrapper(self.count)
        self.wrapper.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.wrapper.__exit__(None, None, None)

    def count(self, execute: Callable[..., object], *call: object) -> object:
        self.statements += 1
        return execute(*call)


def test_nothing_recorded_needs_no_statement(team: Team) -> None:
    with transaction.atomic(), CountedStatements() as counted:
        record(team)
    assert counted.statements == 0


def test_an_entry_outside_a_transaction_is_refused(team: Team) -> None:
    with pytest.raises(TransactionManagementError):
        record(team, "edited")
    assert not AuditChain.objects.exists()


def test_what_is_rolled_back_leaves_no_place_behind(team: Team) -> None:
    with transaction.atomic():
        record(team, "one")
        with pytest.raises(LookupError), transaction.atomic():
            record(team, "taken back")
            raise LookupError
        record(team, "two")
    with pytest.raises(LookupError), transaction.atomic():
        record(team, "taken back too")
        raise LookupError
    with transaction.atomic():
        record(team, "three")
    assert places() == [("one", 0, 1), ("two", 0, 2), ("three", 0, 3)]
    assert not list(differences())


def test_a_first_entry_that_is_rolled_back_leaves_no_chain(team: Team) -> None:
    with pytest.raises(LookupError), transaction.atomic():
        record(team, "taken back")
        raise LookupError
    assert not AuditChain.objects.exists()
    with transaction.atomic():
        record(team, "one")
    assert places() == [("one", 0, 1)]


def test_a_chain_cannot_fork(team: Team) -> None:
    with transaction.atomic():
        record(team, "one")
    twin = AuditEntry.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError):
        twin.save(force_insert=True)


def test_the_audit_table_refuses_changes(team: Team, administrator: User) -> None:
    with transaction.atomic():
        audit.record(administrator, [audit.Change(team, "edited")])
    entries = AuditEntry.objects.all()
    for change in (entries.delete, partial(entries.update, verb="x"), entries.get().save):
        with pytest.raises(IntegrityError, match="platform_auditentry is append-only"):
            change()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM platform_auditentry")
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute("TRUNCATE platform_auditentry")
    assert entries.get().verb == "edited"


# --- many at once ------------------------------------------------------------------------------


class Holder(threading.Thread):
    """A transaction in a thread of its own that has recorded and does not commit yet."""

    def __init__(self, team: Team, verb: str) -> None:
        super().__init__(daemon=True)
        self.team, self.verb = team, verb
        self.recorded, self.go_on = threading.Event(), threading.Event()

    def __enter__(self) -> Holder:
        self.start()
        assert self.recorded.wait(PATIENCE)
        return self

    def __exit__(self, *exception: object) -> None:
        self.go_on.set()
        self.join(PATIENCE)
        assert not self.is_alive()

    def run(self) -> None:
        with transaction.atomic():
            record(self.team, self.verb)
            self.recorded.set()
            self.go_on.wait(PATIENCE)
            record(self.team, f"{self.verb} again")
        connections.close_all()


def impatient() -> None:
    """In this transaction any wait for a lock is an error."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")


@pytest.mark.postgresql
def test_open_transactions_do_not_wait_for_each_other(team: Team) -> None:
    with Holder(team, "a"), Holder(team, "b"):
        for verb in ("c", "d"):
            with transaction.atomic():
                impatient()
                record(team, verb)
        assert [verb for verb, _, _ in places()] == ["c", "d"]
    assert AuditChain.objects.count() == 3
    assert not list(differences())


@pytest.mark.postgresql
def test_a_transaction_that_records_twice_stays_in_its_chain(team: Team) -> None:
    with Holder(team, "a"):
        with Holder(team, "b"):
            pass
        # The first chain is held, the second free again: the third entry goes there.
        with transaction.atomic():
            record(team, "c")
    by_chain = {chain: [v for v, c, _ in places() if c == chain] for _, chain, _ in places()}
    assert sorted(by_chain.values()) == [["a", "a again"], ["b", "b again", "c"]]


@pytest.mark.postgresql
def test_a_lock_that_is_waited_for_would_have_been_seen(team: Team) -> None:
    """The measure of the two tests above measures."""
    with transaction.atomic():
        record(team, "one")

    def lock() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM platform_auditchain FOR UPDATE")

    def second() -> None:
        with transaction.atomic():
            impatient()
            lock()

    with transaction.atomic():
        lock()
        (outcome,) = race(second, 1)
    assert isinstance(outcome, DatabaseError)


def _records(team: Team, count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            record(team, "first", "second")
            record(team, f"third of {number}")


def test_eight_threads_fork_nothing(team: Team) -> None:
    outcomes = race(partial(_records, team, 25), 8)
    assert not losers(outcomes), outcomes
    assert AuditEntry.objects.count() == 8 * 25 * 3
    assert AuditChain.objects.count() <= (8 if connection.vendor == "postgresql" else 1)
    assert not list(differences())


def test_eight_processes_fork_nothing(team: Team) -> None:
    outcomes = race_processes([partial(_records, team, 25)] * 8)
    assert all(outcome.succeeded for outcome in outcomes), outcomes
    assert AuditEntry.objects.count() == 8 * 25 * 3
    assert AuditChain.objects.count() <= (8 if connection.vendor == "postgresql" else 1)
    assert not list(differences())
