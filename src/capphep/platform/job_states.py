"""Where work in the background stands."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.pure.errors import gettext_noop
from capphep.pure.states import StateTable


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting its turn")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


JOB_STATE = StateTable(
    moves={
        ("begin", JobState.WAITING): JobState.RUNNING,
        ("finish", JobState.RUNNING): JobState.DONE,
        ("fail", JobState.WAITING): JobState.FAILED,
        ("fail", JobState.RUNNING): JobState.FAILED,
        ("cancel", JobState.WAITING): JobState.CANCELLED,
        ("cancel", JobState.RUNNING): JobState.CANCELLED,
    },
    labels={
        JobState.WAITING: gettext_noop("Waiting its turn"),
        JobState.RUNNING: gettext_noop("Running"),
        JobState.DONE: gettext_noop("Done"),
        JobState.FAILED: gettext_noop("Failed"),
        JobState.CANCELLED: gettext_noop("Cancelled"),
    },
)
OPEN: Final = (JobState.WAITING, JobState.RUNNING)
