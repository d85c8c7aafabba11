"""The table of what goes on in the background for a person."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from capphep.platform.job_states import JobState
from capphep.platform.leases import Leased, due_index


class BackgroundJob(Leased):
    """Something long that a person asked for; `platform.jobs` does it step by step.

    ``title`` is an English msgid that says what it is, ``label`` says of what, in the person's own
    words or language. ``cursor`` is where the work goes on when another worker takes it up; it
    is written in the transaction of each step, with ``done`` and ``counts``.
    """

    # By its name: `platform.models` takes this table in.
    owner = models.ForeignKey("platform.User", on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=150)
    label = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    link = models.CharField(max_length=300)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(
        _("Status"), max_length=10, choices=JobState.choices, default=JobState.WAITING
    )
    cursor = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # What the result is downloaded as; "" where there is none.
    file_name = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    problem_params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("Asked for at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True)

    class Meta:
        app_label = "platform"
        indexes = [
            due_index("background_job_due"),
            models.Index(fields=["owner", "-id"], name="background_job_newest"),
            # Those that ended long ago go.
            models.Index(fields=["ended_at"], name="background_job_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.label}"

    @property
    def percent(self) -> int | None:
        """How much is done; None while nobody knows how much there is."""
        return min(100, self.done * 100 // self.total) if self.total else None

    def note(self, *, done: int | None = None, total: int | None = None, **values: Any) -> None:
        """Set what the step that is running writes at its end."""
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        for name, value in values.items():
            setattr(self, name, value)
