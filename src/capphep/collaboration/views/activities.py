"""What is to be done: a record's panel, the dialogs, and one's own list."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from capphep.collaboration.actions import activities as actions
from capphep.collaboration.forms import ActivityForm, OutcomeForm, initial_of
from capphep.collaboration.models import Activity, ActivityKind
from capphep.collaboration.queries import activities as queries
from capphep.collaboration.records import Talked, record_of
from capphep.platform import clock, kept_forms
from capphep.platform.conflicts import StaleEdit, stale_edit
from capphep.platform.htmx import done, render_dialog, render_page_or_fragment
from capphep.platform.models import User
from capphep.platform.roles import Permission, may, require
from capphep.platform.signed_in import actor_of
from capphep.platform.texts import show_refusals
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalid

ICONS: Final = {
    ActivityKind.CALL: "phone",
    ActivityKind.VISIT: "building",
    ActivityKind.EMAIL: "mail",
    ActivityKind.TASK: "checklist",
}


@dataclass(frozen=True, slots=True)
class ShownActivity:
    """``is_late``: its day has passed; ``is_today``: it is the one."""

    row: Activity
    icon: str
    is_late: bool
    is_today: bool
    record: Talked | None = None


def _shown(row: Activity, day: datetime.date, record: Talked | None = None) -> ShownActivity:
    is_open = row.done_at is None
    is_late, is_today = is_open and row.due_on < day, is_open and row.due_on == day
    return ShownActivity(row, ICONS[ActivityKind(row.kind)], is_late, is_today, record)


def activity_panel(request: HttpRequest, record_type: str, record_id: int) -> HttpResponse:
    """context: title, record, open and done (ShownActivity), may_write, new_url, panel_url,
    panel_loaded."""
    actor, day = actor_of(request), clock.today()
    record = record_of(actor, record_type, record_id)
    context = {
        "title": _("To do"),
        "record": record,
        "open": [_shown(one, day) for one in queries.open_on(record)],
        "done": [_shown(one, day) for one in queries.done_on(record)],
        "may_write": may(actor, Permission.TALK_WRITE),
        "new_url": reverse("collaboration:activity_new", args=[record.type.value, record.pk]),
        "panel_url": request.path,
        "panel_loaded": True,
    }
    return render_page_or_fragment(
        request, "collaboration/activities.html", "collaboration/_activities.html", context
    )


def activity_new(request: HttpRequest, record_type: str, record_id: int) -> HttpResponse:
    """context: title, form, action, back_url."""
    actor = actor_of(request)
    require(actor, Permission.TALK_WRITE)
    record = record_of(actor, record_type, record_id)
    tomorrow = clock.today() + datetime.timedelta(days=1)
    initial = {"assignee": actor.pk, "due_on": tomorrow}
    posted = request.POST if request.method == "POST" else kept_forms.take(request)
    form = ActivityForm(posted, record=record, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_activity(
                actor=actor,
                record_type=record_type,
                record_id=record_id,
                typed=form.typed(),
                token=form.cleaned_data["token"] or uuid.uuid4(),
            )
            return done(request, _("Saved."), back=record.url)
        except Invalid as refusal:
            show_refusals(form, [refusal])
    return _form_dialog(request, record, form, _("Plan an activity"))


def activity_edit(request: HttpRequest, activity_id: int) -> HttpResponse:
    """context: title, form, action, back_url, conflict."""
    actor = actor_of(request)
    require(actor, Permission.TALK_WRITE)
    activity, record = queries.activity_of(actor, activity_id)
    posted = request.POST if request.method == "POST" else kept_forms.take(request)
    form = ActivityForm(posted, record=record, initial=initial_of(activity))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_activity(
                actor=actor,
                activity_id=activity_id,
                seen_version=form.cleaned_data["version"] or 0,
                typed=form.typed(),
            )
            return done(request, _("Saved."), back=record.url)
        except Stale:
            fresh, _record = queries.activity_of(actor, activity_id)
            conflict = stale_edit(form, fresh, theirs=initial_of(fresh))
            return _form_dialog(request, record, form, _("Change the activity"), conflict)
        except Invalid as refusal:
            show_refusals(form, [refusal])
    return _form_dialog(request, record, form, _("Change the activity"))


def _form_dialog(
    request: HttpRequest,
    record: Talked,
    form: ActivityForm,
    title: str,
    conflict: StaleEdit | None = None,
) -> HttpResponse:
    context = {
        "title": title,
        "intro": record.label,
        "form": form,
        "action": request.path,
        "back_url": record.url,
        "conflict": conflict,
    }
    status = 409 if conflict else 422 if request.method == "POST" else 200
    return render_dialog(request, "collaboration/_activity_form.html", context, status=status)


def activity_done(request: HttpRequest, activity_id: int) -> HttpResponse:
    """context: title, form, action, back_url, submit_label."""
    actor = actor_of(request)
    require(actor, Permission.TALK_WRITE)
    activity, record = queries.activity_of(actor, activity_id)
    form = OutcomeForm(request.POST or kept_forms.take(request))
    if request.method == "POST" and form.is_valid():
        actions.end_activity(actor=actor, activity_id=activity_id, **form.cleaned_data)
        return done(request, _("Saved."), back=record.url)
    context = {
        "title": activity.subject,
        "intro": record.label,
        "form": form,
        "action": request.path,
        "back_url": record.url,
        "submit_label": _("Done"),
    }
    return render_dialog(request, "platform/_dialog_form.html", context)


def todo(request: HttpRequest) -> HttpResponse:
    """*Việc cần làm*. context: as `_todo_context`."""
    return render_page_or_fragment(
        request,
        "collaboration/todo.html",
        "collaboration/_todo.html",
        _todo_context(actor_of(request), whole_team=request.GET.get("of") == "team"),
    )


def _todo_context(actor: User, *, whole_team: bool) -> dict[str, Any]:
    """context: title, whole_team, count, is_more, may_write, groups as [(key, label,
    [ShownActivity])]."""
    day = clock.today()
    found = queries.to_do(actor, day, whole_team=whole_team)
    groups = [
        ("overdue", _("Overdue"), found.overdue),
        ("today", _("Today"), found.today),
        ("coming", _("Coming"), found.coming),
    ]
    return {
        "title": _("To do"),
        "whole_team": whole_team,
        "count": found.count,
        "is_more": found.is_more,
        "may_write": may(actor, Permission.TALK_WRITE),
        "groups": [
            (key, label, [_shown(one.activity, day, one.record) for one in rows])
            for key, label, rows in groups
            if rows
        ],
    }
