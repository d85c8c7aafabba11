"""Work in the background: step by step, never twice, stopped when its owner says so."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from capphep.platform import jobs
from capphep.platform.job_states import JobState
from capphep.platform.jobs import Kind, Outcome, Run
from capphep.platform.models import BackgroundJob, Notice, Team, User
from capphep.pure.errors import Conflict, Invalid, NotFound
from tests import factories
from tests.plumbing.kills import each_kill_point
from tests.plumbing.races import race

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = 3


def make_teams(run: Run) -> Outcome:
    """Each step makes one team, whose name would be refused the second time."""
    for number in range(run.job.done, STEPS):
        with run.step():
            Team.objects.create(name=f"Team {number}")
            run.job.note(done=number + 1, cursor={"at": number + 1}, counts={"made": number + 1})
    run.draft.write_bytes(b"teams")
    return Outcome("Done: %(label)s", {"made": STEPS}, "teams.xlsx")


MAKE = Kind("make", make_teams)


def asked_by(user: User, kind: str = "make", total: int = STEPS) -> BackgroundJob:
    return jobs.submit(
        actor=user, kind=kind, title="Export", label="Đơn hàng", link="/", params={}, total=total
    )


def work() -> None:
    BackgroundJob.objects.filter(next_at__isnull=False).update(next_at=timezone.now())
    jobs.work_next([MAKE])


def test_a_job_is_done_with_its_result_and_a_notice(salesperson: User) -> None:
    job = asked_by(salesperson)
    assert jobs.work_next([MAKE]) == 1
    assert jobs.work_next([MAKE]) == 0
    job.refresh_from_db()
    assert (job.state, job.done, job.counts) == (JobState.DONE, STEPS, {"made": STEPS})
    path = jobs.result_of(job)
    assert path is not None and path.read_bytes() == b"teams"
    notice = Notice.objects.get(recipient=salesperson)
    assert notice.params == {"label": "Đơn hàng", "made": STEPS}


def test_a_worker_that_is_killed_anywhere_repeats_and_loses_nothing(salesperson: User) -> None:
    asked_by(salesperson)
    for _statement in each_kill_point(work):
        assert Team.objects.count() - 1 == BackgroundJob.objects.get().done
        BackgroundJob.objects.update(attempts=0)
    job = BackgroundJob.objects.get()
    assert (job.state, Team.objects.count() - 1) == (JobState.DONE, STEPS)
    assert Notice.objects.count() == 1


def test_two_workers_do_a_job_once(salesperson: User) -> None:
    asked_by(salesperson)
    race(work)
    assert Team.objects.filter(name__startswith="Team").count() == STEPS
    assert Notice.objects.count() == 1


def test_what_is_cancelled_stops_before_its_next_step(salesperson: User) -> None:
    def cancelled_after_one(run: Run) -> Outcome:
        with run.step():
            Team.objects.create(name="first")
            run.job.note(done=1)
        jobs.cancel(actor=salesperson, job_id=run.job.pk)
        with run.step():
            Team.objects.create(name="second")
        raise AssertionError("the step went through")

    job = asked_by(salesperson)
    jobs.work_next([Kind("make", cancelled_after_one)])
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 1)
    assert not Team.objects.filter(name="second").exists()
    with pytest.raises(Conflict):
        jobs.cancel(actor=salesperson, job_id=job.pk)


def test_a_refusal_ends_a_job_and_is_told(salesperson: User) -> None:
    def refused(run: Run) -> Outcome:
        raise Invalid("no", "There is no %(what)s.", params={"what": "sheet"})

    job = asked_by(salesperson)
    jobs.work_next([Kind("make", refused)])
    job.refresh_from_db()
    assert (job.state, job.problem_params) == (JobState.FAILED, {"what": "sheet"})
    assert Notice.objects.get().message == "Not finished: %(label)s"


def test_what_fails_unexpectedly_is_tried_again_and_at_last_given_up(salesperson: User) -> None:
    def broken(run: Run) -> Outcome:
        raise ZeroDivisionError

    job = asked_by(salesperson)
    for _ in jobs.MOMENTS:
        BackgroundJob.objects.filter(next_at__isnull=False).update(next_at=timezone.now())
        jobs.work_next([Kind("make", broken)])
    job.refresh_from_db()
    assert (job.state, job.next_at) == (JobState.FAILED, None)


def test_nothing_is_done_for_an_account_that_is_closed(salesperson: User) -> None:
    job = asked_by(salesperson)
    User.objects.update(is_active=False)
    jobs.work_next([MAKE])
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert Team.objects.count() == 1


def test_nobody_reaches_the_jobs_of_others(salesperson: User, colleague: User) -> None:
    job = asked_by(salesperson)
    for call in (jobs.cancel,):
        with pytest.raises(NotFound):
            call(actor=colleague, job_id=job.pk)
    assert list(jobs.jobs_of(colleague)) == []


def test_what_ended_long_ago_goes_with_its_result(salesperson: User) -> None:
    job = asked_by(salesperson)
    jobs.work_next([MAKE])
    job.refresh_from_db()
    path = jobs.result_of(job)
    assert jobs.forget_old() == 0
    old = timezone.now() - datetime.timedelta(days=jobs.KEPT_DAYS + 1)
    BackgroundJob.objects.update(ended_at=old)
    assert jobs.forget_old() == 1
    assert path is not None and not path.exists()
    assert not BackgroundJob.objects.exists()


def test_work_in_another_language_speaks_it(salesperson: User) -> None:
    factories.reference_data()
    job = asked_by(salesperson)
    assert job.language == "vi"
