"""What is planned: who may, who sees it, who is reminded, what came of it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from capphep.collaboration.actions.activities import (
    ActivityInput,
    edit_activity,
    end_activity,
    note_due,
    plan_activity,
)
from capphep.collaboration.actions.merging import move_talk
from capphep.collaboration.models import Activity, ActivityKind, Comment, Following
from capphep.collaboration.queries.activities import to_do
from capphep.crm.models import Customer, Order
from capphep.platform import clock, notices
from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry, Notice, Team, User
from capphep.platform.versions import Stale
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories
from tests.collaboration.conftest import Say
from tests.conftest import signed_in
from tests.plumbing.races import losers, race, winners
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ONE_DAY = datetime.timedelta(days=1)


def plan(actor: User, record: Customer | Order, assignee: User, **more: Any) -> Activity:
    values = {"kind": "call", "subject": "Gọi kế toán trưởng", "due_on": clock.today(), **more}
    token = values.pop("token", None) or uuid.uuid4()
    return plan_activity(
        actor=actor,
        record_type="customer" if isinstance(record, Customer) else "order",
        record_id=record.pk,
        typed=ActivityInput(assignee_id=assignee.pk, **values),
        token=token,
    )


def kinds(user: User) -> list[str]:
    return [one.kind for one in notices.unread_of(user)]


def test_what_is_planned_for_another_is_told_and_ends_with_its_outcome(
    salesperson: User, colleague: User, customer: Customer
) -> None:
    activity = plan(salesperson, customer, colleague)
    assert kinds(colleague) == ["activity.assigned"]
    assert kinds(salesperson) == []
    end_activity(actor=colleague, activity_id=activity.pk, outcome=" Hẹn thứ Hai. ")
    activity.refresh_from_db()
    assert (activity.outcome, activity.done_by) == ("Hẹn thứ Hai.", colleague)
    assert kinds(colleague) == []
    with pytest.raises(Conflict):
        end_activity(actor=colleague, activity_id=activity.pk, outcome="")
    verbs = AuditEntry.objects.filter(subject_type="customer").values_list("verb", flat=True)
    assert {"activity_planned", "activity_done"} <= set(verbs)


def test_nobody_is_given_what_they_may_not_see(
    salesperson: User, other_salesperson: User, auditor: User, customer: Customer
) -> None:
    with pytest.raises(Invalid) as refused:
        plan(salesperson, customer, other_salesperson)
    assert refused.value.code == "assignee_cannot_see"
    with pytest.raises(NotFound):
        plan(other_salesperson, customer, other_salesperson)
    with pytest.raises(Forbidden):
        plan(auditor, customer, auditor)
    with pytest.raises(Invalid):
        plan(salesperson, customer, salesperson, subject=" ")
    with pytest.raises(Invalid):
        plan(salesperson, customer, salesperson, kind="dance")


def test_an_edit_moves_the_day_and_the_person(
    salesperson: User, colleague: User, customer: Customer
) -> None:
    activity = plan(salesperson, customer, salesperson)
    with transaction.atomic():
        note_due(day=clock.today())
    assert kinds(salesperson) == ["activity.due"]
    later = ActivityInput("visit", "Gặp", clock.today() + ONE_DAY, colleague.pk)
    edit_activity(actor=salesperson, activity_id=activity.pk, seen_version=1, typed=later)
    assert kinds(salesperson) == []
    assert kinds(colleague) == ["activity.assigned"]
    told = entries_of(customer)[0]
    assert (told.verb, told.after["kind"]) == ("activity_edited", str(ActivityKind.VISIT.label))
    with pytest.raises(Stale):
        edit_activity(actor=salesperson, activity_id=activity.pk, seen_version=1, typed=later)


def test_each_is_reminded_on_the_day_once_and_a_missed_week_changes_nothing(
    salesperson: User, customer: Customer
) -> None:
    today = clock.today()
    plan(salesperson, customer, salesperson, due_on=today - 3 * ONE_DAY)
    plan(salesperson, customer, salesperson, due_on=today)
    done = plan(salesperson, customer, salesperson, due_on=today)
    end_activity(actor=salesperson, activity_id=done.pk, outcome="", is_dropped=True)
    for days in range(7, -1, -1):
        with transaction.atomic():
            note_due(day=today - days * ONE_DAY)
            note_due(day=today - days * ONE_DAY)
    assert Notice.objects.filter(kind="activity.due").count() == 2


def test_who_no_longer_sees_the_record_is_not_reminded(
    salesperson: User, south: Team, customer: Customer
) -> None:
    activity = plan(salesperson, customer, salesperson)
    other = factories.user("other", "sales", south)
    Customer.objects.update(owner=other, team=south)
    assert note_due(day=clock.today()) == 0
    assert to_do(salesperson, clock.today()).count == 0
    page = signed_in(salesperson).get(reverse("collaboration:activity_edit", args=[activity.pk]))
    assert page.status_code == 404


def test_ones_own_list_parts_what_is_late_from_what_comes(
    salesperson: User,
    colleague: User,
    order: Order,
    customer: Customer,
    sales_client: Client,
    statements: Counter,
) -> None:
    today = clock.today()
    plan(salesperson, customer, salesperson, subject="Trễ", due_on=today - ONE_DAY)
    plan(salesperson, order, salesperson, subject="Hôm nay", due_on=today)
    plan(salesperson, order, salesperson, subject="Mai", due_on=today + ONE_DAY)
    plan(colleague, order, colleague, subject="Của đồng nghiệp", due_on=today)
    with statements("collaboration.todo", at_most=7):
        page = sales_client.get(reverse("collaboration:todo"))
    groups = {key: [one.row.subject for one in rows] for key, _, rows in page.context["groups"]}
    assert groups == {"overdue": ["Trễ"], "today": ["Hôm nay"], "coming": ["Mai"]}
    team = sales_client.get(reverse("collaboration:todo") + "?of=team").content.decode()
    assert "Của đồng nghiệp" in team


def test_a_manager_of_no_team_sees_everybodys(
    salesperson: User, manager_client: Client, customer: Customer
) -> None:
    plan(salesperson, customer, salesperson, subject="Gọi")
    assert "Gọi" in manager_client.get(reverse("collaboration:todo") + "?of=team").content.decode()


def test_the_dialogs_plan_change_and_end(
    sales_client: Client, salesperson: User, customer: Customer
) -> None:
    new = reverse("collaboration:activity_new", args=["customer", customer.pk])
    form = sales_client.get(new, headers=HTMX).context["form"]
    data = {
        "kind": "visit",
        "subject": "Gặp chủ tịch",
        "due_on": "01/12/2026",
        "assignee": str(salesperson.pk),
        "token": str(form.initial["token"]),
    }
    wrong = sales_client.post(new, data | {"due_on": "x"}, headers=HTMX)
    assert wrong.status_code == 422 and "Gặp chủ tịch" in wrong.content.decode()
    for _twice in range(2):
        answer = sales_client.post(new, data, headers=HTMX)
        assert answer.status_code == 204 and "record-changed" in answer["HX-Trigger"]
    activity = Activity.objects.get()
    edit = reverse("collaboration:activity_edit", args=[activity.pk])
    sales_client.post(edit, data | {"subject": "Gặp kế toán", "version": "1"}, headers=HTMX)
    stale = sales_client.post(edit, data | {"note": "Mang mẫu", "version": "1"}, headers=HTMX)
    assert stale.status_code == 409
    assert [(one.theirs, one.yours) for one in stale.context["conflict"].differences] == [
        ("Gặp kế toán", "Gặp chủ tịch"),
        ("", "Mang mẫu"),
    ]
    panel = reverse("collaboration:activities", args=["customer", customer.pk])
    assert "Gặp kế toán" in sales_client.get(panel).content.decode()
    ended = reverse("collaboration:activity_done", args=[activity.pk])
    assert sales_client.get(ended, headers=HTMX).status_code == 200
    assert sales_client.post(ended, {"outcome": "Xong"}, headers=HTMX).status_code == 204
    assert "Xong" in sales_client.get(panel, headers=HTMX).content.decode()
    assert sales_client.post(ended, {"outcome": "Xong"}, headers=HTMX).status_code == 409


def test_an_auditor_reads_what_is_planned(
    salesperson: User, auditor_client: Client, customer: Customer
) -> None:
    activity = plan(salesperson, customer, salesperson)
    panel = reverse("collaboration:activities", args=["customer", customer.pk])
    page = auditor_client.get(panel).content.decode()
    assert "Gọi kế toán trưởng" in page and "activities/new" not in page
    for name, args in (("activity_edit", [activity.pk]), ("activity_done", [activity.pk])):
        assert auditor_client.get(reverse(f"collaboration:{name}", args=args)).status_code == 403
    assert auditor_client.get(f"{panel}/new").status_code == 403


def test_a_merged_customer_takes_along_what_was_said_and_planned(
    salesperson: User, colleague: User, customer: Customer, say: Say
) -> None:
    target = factories.customer("7654321", "UBND Xã Mới", owner=salesperson, team=salesperson.team)
    say(colleague, "Cũ", on=customer)
    say(colleague, "Mới", on=target)
    plan(salesperson, customer, salesperson)
    with transaction.atomic():
        moved = move_talk(customer, target)
    assert moved == 2
    assert Comment.objects.filter(record_type="customer", record_id=target.pk).count() == 2
    assert Activity.objects.get().record_id == target.pk
    assert Following.objects.filter(person=colleague, record_id=target.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_planned_twice_at_once_it_is_planned_once(
    salesperson: User, colleague: User, customer: Customer
) -> None:
    token = uuid.uuid4()
    outcomes = race(lambda: plan(salesperson, customer, colleague, token=token), 2)
    assert len(winners(outcomes)) == 2, outcomes
    assert Activity.objects.count() == 1
    assert kinds(colleague) == ["activity.assigned"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_end_it_at_once_one_learns_that_it_was_done(
    salesperson: User, colleague: User, customer: Customer
) -> None:
    activity = plan(salesperson, customer, colleague)

    def end(actor: User) -> Activity:
        return end_activity(actor=actor, activity_id=activity.pk, outcome=actor.username)

    outcomes = race([lambda: end(salesperson), lambda: end(colleague)])
    (loser,) = losers(outcomes)
    assert isinstance(loser, Conflict)
    assert AuditEntry.objects.filter(verb="activity_done").count() == 1
