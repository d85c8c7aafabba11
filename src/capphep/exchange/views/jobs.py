"""What goes on in the background for oneself: progress, results, cancelling."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.exchange.shown_jobs import shown
from capphep.platform import jobs
from capphep.platform.htmx import done, render_page_or_fragment
from capphep.platform.job_states import OPEN
from capphep.platform.models import BackgroundJob
from capphep.platform.signed_in import actor_of
from capphep.pure.errors import NotFound, gettext_noop

SHOWN: Final = 30
_TYPES: Final = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
}


def job_list(request: HttpRequest) -> HttpResponse:
    """The newest of one's own. context: title, jobs (shown_jobs.ShownJob), is_active, days."""
    found = [shown(job) for job in jobs.jobs_of(actor_of(request))[:SHOWN]]
    context = {
        "title": _("Background work"),
        "jobs": found,
        "is_active": any(each.is_open for each in found),
        "days": jobs.KEPT_DAYS,
    }
    return render_page_or_fragment(request, "exchange/jobs.html", "exchange/_jobs.html", context)


def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job with its bar, for the page that began it. context: each (shown_jobs.ShownJob).

    The answer that first shows the end says `record-changed`, so that the page around follows.
    """
    found = shown(jobs.own_job(actor_of(request), job_id))
    context: dict[str, Any] = {"each": found, "reload": request.GET.get("reload") == "1"}
    response = render(request, "exchange/_job.html", context)
    if not found.is_open and request.GET.get("reload") == "1":
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response


def job_cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop one's own job; what it has written stays."""
    if request.method == "POST":
        jobs.cancel(actor=actor_of(request), job_id=job_id)
    return done(request, _("Cancelled."), back="exchange:job_list")


def job_file(request: HttpRequest, job_id: int) -> FileResponse:
    """The result, for whoever asked for it; nobody else knows of it."""
    found = jobs.own_job(actor_of(request), job_id)
    path = jobs.result_of(found)
    if path is None:
        raise NotFound("not_found", gettext_noop("There is no result, or its days are over."))
    content_type = _TYPES[PurePath(found.file_name).suffix]
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=found.file_name, content_type=content_type
    )
    response["Cache-Control"] = "no-store, private"
    return response


def address_of(job: BackgroundJob) -> str:
    """Where a page asks for the job's progress."""
    reload = "?reload=1" if job.state in OPEN else ""
    return reverse("exchange:job", args=[job.pk]) + reload
