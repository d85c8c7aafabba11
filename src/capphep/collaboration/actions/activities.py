"""Planning what is to be done about a record, changing it, and saying what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from capphep.collaboration import rules
from capphep.collaboration.models import Activity, ActivityKind
from capphep.collaboration.queries.activities import activity_for_update
from capphep.collaboration.records import Talked, held, may_see, page_for, record_of, records_of
from capphep.platform import audit, notices, rows, versions
from capphep.platform.models import User
from capphep.platform.notices import News
from capphep.platform.roles import Permission, require
from capphep.pure.errors import Conflict, Invalid, gettext_noop
from capphep.pure.folding import clean_lines


@dataclass(frozen=True, slots=True)
class ActivityInput:
    """What was typed. ``due_on`` is a local day; ``assignee_id`` the id of a person."""

    kind: str
    subject: str
    due_on: datetime.date
    assignee_id: int
    note: str = ""


def plan_activity(
    *, actor: User, record_type: str, record_id: int, typed: ActivityInput, token: UUID
) -> Activity:
    """Note what is to be done; another person who is to do it is told. Sent twice, it is one.

    Raises Forbidden, NotFound; Invalid ``subject_empty``, ``subject_too_long``,
    ``assignee_cannot_see``.
    """
    require(actor, Permission.TALK_WRITE)
    record = record_of(actor, record_type, record_id)
    values = _checked(record, typed)
    with transaction.atomic():
        held(record)
        activity = Activity(
            record_type=record.type, record_id=record.pk, created_by=actor, token=token, **values
        )
        activity.updated_by = actor
        if not rows.insert_new(activity):
            return Activity.objects.get(created_by=actor, token=token)
        audit.record(actor, [_change(record, activity, "activity_planned")])
        _tell_assignee(actor, record, activity)
    return activity


@transaction.atomic
def edit_activity(
    *, actor: User, activity_id: int, seen_version: int, typed: ActivityInput
) -> Activity:
    """Change what is to be done, by when and by whom, while it is open.

    Raises as `plan_activity`; Conflict ``activity_is_done``, `versions.Stale`.
    """
    activity, record = _open_for_update(actor, activity_id)
    assignee, due_on = activity.assignee_id, activity.due_on
    values = _checked(record, typed)
    before, after = versions.write(activity, seen_version, values, actor)
    if not after:
        return activity
    facts = {"subject": activity.subject, **_in_words(after)}
    audit.record(actor, [audit.Change(record.row, "activity_edited", _in_words(before), facts)])
    if due_on != activity.due_on or assignee != activity.assignee_id:
        notices.settle([due_key(activity.pk, due_on)])
    if assignee != activity.assignee_id:
        _tell_assignee(actor, record, activity)
    return activity


@transaction.atomic
def end_activity(
    *, actor: User, activity_id: int, outcome: str, is_dropped: bool = False
) -> Activity:
    """It was done, or (``is_dropped``) will not be: with what came of it, which may be empty.

    Raises Forbidden, NotFound, Conflict ``activity_is_done``.
    """
    activity, record = _open_for_update(actor, activity_id)
    activity.done_at, activity.done_by, activity.is_dropped = timezone.now(), actor, is_dropped
    activity.outcome = clean_lines(outcome)[: rules.LONGEST_COMMENT]
    activity.updated_by = actor
    activity.version += 1
    activity.save()
    verb = "activity_dropped" if is_dropped else "activity_done"
    audit.record(actor, [_change(record, activity, verb, outcome=activity.outcome)])
    told = assigned_key(activity.pk, activity.assignee_id)
    notices.settle([due_key(activity.pk, activity.due_on), told])
    return activity


def note_due(*, day: datetime.date) -> int:
    """Remind each person of what is due on the day, once; returns how many activities.

    What was done until now needs no reminder. Inside the transaction of `platform.ticks`.
    """
    due = list(
        Activity.objects.filter(due_on=day, done_at__isnull=True, assignee__is_active=True)
        .select_related("assignee")
        .order_by("id")
    )
    told = []
    for activity in due:
        record = _seen_by(activity.assignee, activity)
        if record:
            told.append((activity.assignee_id, _due_news(record, activity)))
    notices.tell(told)
    return len(told)


def due_key(activity_id: int, due_on: datetime.date) -> str:
    return f"activity/{activity_id}/due/{due_on}"


def assigned_key(activity_id: int, assignee_id: int) -> str:
    return f"activity/{activity_id}/for/{assignee_id}"


def _open_for_update(actor: User, activity_id: int) -> tuple[Activity, Talked]:
    require(actor, Permission.TALK_WRITE)
    activity, record = activity_for_update(actor, activity_id)
    if activity.done_at:
        message = gettext_noop("This was done already, or dropped.")
        raise Conflict("activity_is_done", message)
    return activity, record


def _checked(record: Talked, typed: ActivityInput) -> dict[str, Any]:
    """The columns. Raises Invalid."""
    if typed.kind not in ActivityKind:
        raise Invalid("activity_kind", gettext_noop("Choose what kind it is."), field="kind")
    assignee = User.objects.filter(pk=typed.assignee_id).first()
    if assignee is None or not may_see(assignee, record):
        message = gettext_noop("Choose somebody who may see this record.")
        raise Invalid("assignee_cannot_see", message, field="assignee")
    values = asdict(typed)
    del values["assignee_id"]
    subject, note = rules.checked_subject(typed.subject), clean_lines(typed.note)
    note = note[: rules.LONGEST_COMMENT]
    return {**values, "subject": subject, "note": note, "assignee": assignee}


def _in_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the trail of a record tells it that does not know the kinds of activities."""
    kind = {"kind": str(ActivityKind(values["kind"]).label)} if "kind" in values else {}
    return {**values, **kind}


def _change(record: Talked, activity: Activity, verb: str, **more: str) -> audit.Change:
    facts = {
        "subject": activity.subject,
        "due_on": activity.due_on,
        "assignee": activity.assignee.full_name,
        **{name: value for name, value in more.items() if value},
    }
    return audit.Change(record.row, verb, after=facts)


def _tell_assignee(actor: User, record: Talked, activity: Activity) -> None:
    if activity.assignee_id == actor.pk:
        return
    message = gettext_noop("%(author)s gave you something to do at %(record)s until %(day)s.")
    news = News(
        kind="activity.assigned",
        key=assigned_key(activity.pk, activity.assignee_id),
        message=message,
        link=f"{page_for(activity.assignee, record.type, record.pk)}#activities",
        params={"author": actor.full_name, **_about(record, activity)},
    )
    notices.notify(recipient_id=activity.assignee_id, news=news)


def _due_news(record: Talked, activity: Activity) -> News:
    return News(
        kind="activity.due",
        key=due_key(activity.pk, activity.due_on),
        message=gettext_noop("To be done by %(day)s at %(record)s."),
        link=f"{page_for(activity.assignee, record.type, record.pk)}#activities",
        params=_about(record, activity),
    )


def _about(record: Talked, activity: Activity) -> dict[str, str]:
    return {
        "record": record.label,
        "day": f"{activity.due_on:%d/%m/%Y}",
        "text": activity.subject,
    }


def _seen_by(person: User, activity: Activity) -> Talked | None:
    key = (activity.record_type, activity.record_id)
    return records_of(person, [key]).get(key)
