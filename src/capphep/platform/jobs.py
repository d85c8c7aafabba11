"""What a person asked for and need not wait for: done in the background, step by step.

    EXPORT = Kind("export", export)                  # its line in `shell.worker`

    job = jobs.submit(actor=…, kind="export", title=gettext_noop("Export"), label=…, params={…})

    def export(run: Run) -> Outcome | None:
        for chunk in chunks_after(run.job.cursor):
            with run.step():                         # one transaction with its progress
                write(chunk)
                run.job.note(done=…, cursor={…})

Each step is written together with where the work stands, by whoever holds the lease: a worker
that is killed repeats nothing and loses nothing, for the next one goes on at the cursor. Cancelling
stops before the next step is written; what earlier steps wrote stays.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override

from capphep.platform import leases, moves, notices, rows
from capphep.platform.job_states import JOB_STATE, JobState
from capphep.platform.models import BackgroundJob, User
from capphep.platform.notices import News
from capphep.platform.origin import working_from
from capphep.pure.errors import (
    Conflict,
    Forbidden,
    Invalids,
    Label,
    NotFound,
    Refusal,
    gettext_noop,
)

LEASE: Final = 90
"""Seconds that a step may take; each step renews it."""
MOMENTS: Final = (0, 5, 30, 120)
"""When what failed unexpectedly is tried again, in seconds."""
KEPT_DAYS: Final = 14
_MOST_CLAIMS: Final = 10
"""A job that has killed as many workers is not given to another one."""
_LONGEST_NAME: Final = 200
_NOTED: Final = ("done", "total", "cursor", "counts")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person is told: an English msgid with the params of `notices.News`."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    file_name: str = ""
    """What the file in ``run.draft`` is downloaded as; "": there is none."""


class Stopped(Exception):
    """The job was cancelled, or another worker has it: nothing of the step is written."""


class Run:
    """One worker's hold on a job."""

    def __init__(self, job: BackgroundJob) -> None:
        self.job = job
        self.actor: User = job.owner
        self.draft = _directory() / f"{job.pk}.{job.attempts}.draft"

    @contextmanager
    def step(self) -> Iterator[None]:
        """A transaction that ends with the job's progress. Raises Stopped, and writes nothing."""
        with transaction.atomic():
            yield
            self.renew()

    def renew(self) -> None:
        """Write the progress, and hold the job for another while. Raises Stopped."""
        job = self.job
        seen = {"pk": job.pk, "attempts": job.attempts, "state": JobState.RUNNING}
        until = timezone.now() + timedelta(seconds=LEASE)
        noted = {name: getattr(job, name) for name in _NOTED}
        if not rows.update(BackgroundJob, seen, {**noted, "next_at": until}):
            raise Stopped


@dataclass(frozen=True, slots=True)
class Kind:
    """What does the jobs of one kind; in the language and by the rights of their owner."""

    name: str
    work: Callable[[Run], Outcome]


def submit(
    *,
    actor: User,
    kind: str,
    title: str,
    label: str,
    link: str,
    params: Mapping[str, object],
    total: int = 0,
) -> BackgroundJob:
    """Ask for something, in the caller's transaction; ``link`` is where the person sees it."""
    return BackgroundJob.objects.create(
        owner=actor,
        kind=kind,
        title=title,
        label=label[:200],
        link=link,
        language=get_language() or settings.LANGUAGE_CODE,
        params=dict(params),
        total=total,
        next_at=timezone.now(),
    )


def cancel(*, actor: User, job_id: int) -> BackgroundJob:
    """Stop one's own job before its next step. Raises NotFound; Conflict where it has ended."""
    job = own_job(actor, job_id)
    moves.move(job, JOB_STATE, "cancel", field="state", next_at=None, ended_at=timezone.now())
    return job


def jobs_of(actor: User) -> QuerySet[BackgroundJob]:
    """One's own, newest first."""
    return actor.jobs.order_by("-id")


def own_job(actor: User, job_id: int) -> BackgroundJob:
    """Raises NotFound for somebody else's too."""
    job = actor.jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound("not_found", gettext_noop("There is no such job."))
    return job


def result_of(job: BackgroundJob) -> Path | None:
    """Where the result lies, if there is one and its days are not over."""
    path = _result(job.pk)
    return path if job.file_name and job.state == JobState.DONE and path.exists() else None


def work_next(kinds: Sequence[Kind]) -> int:
    """Do the first job that is due as far as it goes; 1, or 0 where none is."""
    names = [kind.name for kind in kinds]
    waiting = BackgroundJob.objects.filter(kind__in=names).select_related("owner")
    job = leases.claim(waiting.order_by("next_at", "pk"), seconds=LEASE)
    if job is None:
        return 0
    run = Run(job)
    try:
        with override(job.language), working_from(f"job {job.pk}"):
            _do(run, next(kind for kind in kinds if kind.name == job.kind))
    except (Stopped, Conflict, leases.LeaseLost):
        _log.info("Job %s was cancelled or is another worker's now", job.pk)
    finally:
        run.draft.unlink(missing_ok=True)
    return 1


def forget_old() -> int:
    """Remove jobs that ended long ago with their results; returns how many."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    ended = list(BackgroundJob.objects.filter(ended_at__lt=before).values_list("pk", flat=True))
    for pk in ended:
        _result(pk).unlink(missing_ok=True)
    BackgroundJob.objects.filter(pk__in=ended).delete()
    for draft in _directory().glob("*.draft"):
        if draft.stat().st_mtime < before.timestamp():
            draft.unlink(missing_ok=True)
    return len(ended)


def _do(run: Run, kind: Kind) -> None:
    if run.job.state == JobState.WAITING:
        moves.move(run.job, JOB_STATE, "begin", field="state")
    try:
        _check(run)
        outcome = kind.work(run)
        _finish(run, outcome)
    except (Stopped, leases.LeaseLost):
        raise
    except Invalids as several:
        _fail(run, several.refusals[0])
    except Refusal as refusal:
        _fail(run, refusal)
    except Exception:
        _log.exception("Job %s failed at attempt %s", run.job.pk, run.job.attempts)
        again = leases.later(MOMENTS, run.job.attempts)
        if again is None:
            _fail(run, _unexpected())
        else:
            leases.release(run.job, next_at=again)


def _check(run: Run) -> None:
    if not run.actor.is_active:
        raise Forbidden("not_active", gettext_noop("The account that asked for it is not active."))
    if run.job.attempts > _MOST_CLAIMS:
        raise _unexpected()


def _finish(run: Run, outcome: Outcome) -> None:
    job = run.job
    if outcome.file_name:
        os.replace(run.draft, _result(job.pk))
    with transaction.atomic():
        job.done = job.total = max(job.done, job.total)
        run.renew()
        leases.release(job, next_at=None)
        changes = {"file_name": _fitting(outcome.file_name), "ended_at": timezone.now()}
        moves.move(job, JOB_STATE, "finish", field="state", **changes)
        _tell(job, outcome.message, outcome.params)


def _fitting(name: str) -> str:
    """A name that is too long loses the end of its stem: its ending says what the file is."""
    stem, point, ending = name.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}{point}{ending}"


def _fail(run: Run, refusal: Refusal) -> None:
    job = run.job
    params = {
        name: str(value) if isinstance(value, Label) else value
        for name, value in refusal.params.items()
    }
    changes = {"problem": refusal.message, "problem_params": params, "ended_at": timezone.now()}
    with transaction.atomic():
        leases.release(job, next_at=None)
        moves.move(job, JOB_STATE, "fail", field="state", **changes)
        _tell(job, gettext_noop("Not finished: %(label)s"), {"label": job.label})


def _tell(job: BackgroundJob, message: str, params: Mapping[str, object]) -> None:
    news = News("job", f"job:{job.pk}", message, job.link, {"label": job.label, **params})
    notices.tell([(job.owner_id, news)])


def _result(job_id: int) -> Path:
    return _directory() / f"{job_id}.result"


def _directory() -> Path:
    directory: Path = settings.JOB_FILES_DIR
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _unexpected() -> Refusal:
    message = gettext_noop("Something unexpected stopped it. Please try again, or tell us.")
    return Refusal("unexpected", message)
