"""Work that is claimed for a while: one worker at a time, and never lost with its worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from capphep.platform import leases
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import race, winners

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 60


class Task(leases.Leased):
    done = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "platform"
        # Its table is made and dropped here; nobody else knows of it.
        managed = False
        indexes = [leases.due_index("task_due")]


@pytest.fixture(autouse=True)
def table(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Task)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Task)


def tasks(count: int) -> None:
    now = timezone.now()
    Task.objects.bulk_create(Task(next_at=now) for _ in range(count))


def claimed(seconds: int = LEASE) -> Task | None:
    return leases.claim(Task.objects.order_by("next_at", "pk"), seconds=seconds)


def done(task: Task) -> None:
    """Its outcome, once and for all."""
    with transaction.atomic():
        leases.release(task, next_at=None)
        Task.objects.filter(pk=task.pk).update(done=models.F("done") + 1)


def work_off(seconds: int = LEASE) -> int:
    count = 0
    while task := claimed(seconds):
        done(task)
        count += 1
    return count


def work_off_with_a_lease_that_is_over() -> None:
    work_off(seconds=0)


def test_what_is_claimed_is_nobody_elses() -> None:
    tasks(1)
    task = claimed()
    assert task is not None and task.attempts == 1
    assert claimed() is None


def test_what_is_not_due_waits() -> None:
    tasks(1)
    Task.objects.update(next_at=timezone.now() + timedelta(seconds=30))
    assert claimed() is None


def test_what_is_done_is_never_claimed_again() -> None:
    tasks(1)
    task = claimed()
    assert task is not None
    done(task)
    assert claimed() is None


def test_what_failed_is_claimed_again_when_its_time_comes() -> None:
    tasks(1)
    task = claimed()
    assert task is not None
    leases.release(task, next_at=timezone.now())
    again = claimed()
    assert again is not None and again.attempts == 2


def test_the_claim_is_in_the_order_of_the_queryset() -> None:
    tasks(3)
    first = Task.objects.order_by("pk").last()
    assert first is not None
    claim = leases.claim(Task.objects.order_by("-pk"), seconds=LEASE)
    assert claim is not None and claim.pk == first.pk


def test_a_lease_that_ran_out_goes_to_the_next_whose_outcome_counts() -> None:
    tasks(1)
    slow, quick = claimed(seconds=0), claimed()
    assert slow is not None and quick is not None and slow.pk == quick.pk
    with pytest.raises(leases.LeaseLost):
        done(slow)
    assert Task.objects.get().done == 0
    done(quick)
    assert Task.objects.get().done == 1


def test_workers_at_the_same_time_do_each_task_once() -> None:
    tasks(40)
    outcomes = race(work_off, 4)
    assert sum(winners(outcomes)) == 40
    assert set(Task.objects.values_list("done", "attempts")) == {(1, 1)}


@pytest.mark.postgresql
def test_nobody_waits_for_what_another_is_about_to_claim() -> None:
    tasks(2)
    with transaction.atomic():
        held = Task.objects.select_for_update().order_by("pk").first()
        outcomes = race([claimed])
    assert held is not None
    assert [task.pk for task in winners(outcomes) if task] == [held.pk + 1]


def test_work_whose_worker_was_killed_is_done_again() -> None:
    tasks(2)
    for _statement in each_kill_point(work_off_with_a_lease_that_is_over):
        assert set(Task.objects.values_list("done", flat=True)) <= {0, 1}
    assert set(Task.objects.values_list("done", flat=True)) == {1}


def test_the_last_failure_is_not_tried_again() -> None:
    assert leases.later((0, 5), 2) is None
    soon = leases.later((0, 5), 1)
    assert soon is not None and soon > timezone.now()


def test_a_claim_inside_a_transaction_is_refused() -> None:
    tasks(1)
    with transaction.atomic(), pytest.raises(RuntimeError):
        claimed()
