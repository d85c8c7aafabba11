"""A job in the background as its owner reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.platform import jobs
from capphep.platform.job_states import OPEN, JobState
from capphep.platform.kit import Status, Tone
from capphep.platform.models import BackgroundJob

_TONES: Final[dict[str, Tone]] = {
    JobState.WAITING: "waiting",
    JobState.RUNNING: "info",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "gone",
}


@dataclass(frozen=True, slots=True)
class ShownJob:
    """``percent`` is None while nobody knows how much there is."""

    job: BackgroundJob
    title: str
    status: Status
    is_open: bool
    percent: int | None
    problem: str
    result_url: str
    cancel_url: str


def shown(job: BackgroundJob) -> ShownJob:
    is_open = job.state in OPEN
    has_result = jobs.result_of(job) is not None
    return ShownJob(
        job=job,
        title=_(job.title),
        status=Status(job.get_state_display(), _TONES[job.state]),
        is_open=is_open,
        percent=job.percent if is_open else None,
        problem=_problem(job),
        result_url=reverse("exchange:job_file", args=[job.pk]) if has_result else "",
        cancel_url=reverse("exchange:job_cancel", args=[job.pk]) if is_open else "",
    )


def _problem(job: BackgroundJob) -> str:
    if not job.problem:
        return ""
    text = _(job.problem)
    return text % job.problem_params if job.problem_params else text
