"""The register of data subjects' requests."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from django.test import Client

from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import Notice, User
from capphep.platform.versions import Stale
from capphep.privacy import actions, rules
from capphep.privacy.models import SubjectRequest
from capphep.privacy.rules import RequestInput
from capphep.pure.errors import Conflict, Forbidden, Invalids
from tests.plumbing.races import losers, race, winners
from tests.plumbing.sql_counts import Counter

pytestmark = pytest.mark.django_db
FRIDAY = datetime.date(2026, 11, 20)
TYPED = RequestInput(kind="delete", asked_by=" Trần  Văn Nam ", received_on=FRIDAY)
FORM = {
    "kind": "view",
    "asked_by": "Trần Văn Nam",
    "received_on": "20/11/2026",
    "reach": "0912345612",
}


@pytest.fixture
def noted(administrator: User) -> SubjectRequest:
    return actions.enter_request(actor=administrator, typed=TYPED)


@pytest.mark.once
@pytest.mark.parametrize(
    ("came", "until"), [(FRIDAY, (24, 11)), (datetime.date(2026, 11, 16), (18, 11))]
)
def test_it_is_to_be_answered_within_two_working_days(
    came: datetime.date, until: tuple[int, int]
) -> None:
    due = rules.due_on(came)
    assert (due.day, due.month) == until


def test_a_request_is_noted_with_its_day(noted: SubjectRequest) -> None:
    assert (noted.asked_by, noted.due_on) == ("Trần Văn Nam", datetime.date(2026, 11, 24))
    assert [entry.verb for entry in entries_of(noted)] == ["created"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "sing"}, "kind"),
        ({"asked_by": " "}, "asked_by"),
        ({"received_on": datetime.date(2999, 1, 1)}, "received_on"),
        ({"about": "x" * 4001}, "about"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(
    changes: dict[str, object], field: str, administrator: User
) -> None:
    with pytest.raises(Invalids) as found:
        actions.enter_request(
            actor=administrator,
            typed=replace(TYPED, **changes),  # type: ignore[arg-type]
        )
    assert [refusal.field for refusal in found.value.refusals] == [field]


@pytest.mark.parametrize("who", ["salesperson", "manager", "officer", "auditor"])
def test_only_administrators_keep_the_register(
    who: str, noted: SubjectRequest, request: pytest.FixtureRequest
) -> None:
    actor: User = request.getfixturevalue(who)
    with pytest.raises(Forbidden):
        actions.enter_request(actor=actor, typed=TYPED)
    with pytest.raises(Forbidden):
        actions.edit_request(actor=actor, request_id=noted.pk, seen_version=1, typed=TYPED)
    with pytest.raises(Forbidden):
        actions.end_request(actor=actor, request_id=noted.pk, verb="answer", answer="x")


def test_who_handles_it_is_told_before_and_when_it_is_late(
    noted: SubjectRequest, administrator: User, officer: User
) -> None:
    for day, told in ((FRIDAY, 0), (datetime.date(2026, 11, 23), 1), (noted.due_on, 1)):
        actions.tell_due_requests(day=day)
        assert Notice.objects.filter(recipient=administrator).count() == told
    actions.edit_request(
        actor=administrator,
        request_id=noted.pk,
        seen_version=1,
        typed=replace(TYPED, handler_id=officer.pk),
    )
    for _ in range(2):
        actions.tell_due_requests(day=datetime.date(2026, 11, 25))
    assert Notice.objects.filter(recipient=officer, kind="privacy_overdue").count() == 1
    actions.end_request(actor=administrator, request_id=noted.pk, verb="answer", answer="Đã xóa.")
    assert not Notice.objects.filter(read_at=None).exists()


def test_what_was_answered_stays_as_it_is(noted: SubjectRequest, administrator: User) -> None:
    actions.end_request(actor=administrator, request_id=noted.pk, verb="refuse", answer="Vì luật.")
    noted.refresh_from_db()
    assert (noted.status, noted.answer, noted.ended_on) == ("refused", "Vì luật.", clock.today())
    with pytest.raises(Conflict):
        actions.end_request(actor=administrator, request_id=noted.pk, verb="answer", answer="x")
    with pytest.raises(Conflict):
        actions.edit_request(actor=administrator, request_id=noted.pk, seen_version=2, typed=TYPED)
    with pytest.raises(Stale):
        actions.edit_request(actor=administrator, request_id=noted.pk, seen_version=1, typed=TYPED)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_answer_at_once_one_is_late(
    noted: SubjectRequest, administrator: User
) -> None:
    outcomes = race(
        [
            lambda verb=verb: actions.end_request(  # type: ignore[misc]
                actor=administrator, request_id=noted.pk, verb=verb, answer=verb
            )
            for verb in ("answer", "refuse")
        ]
    )
    assert len(winners(outcomes)) == 1
    assert [isinstance(one, Conflict) for one in losers(outcomes)] == [True]


def test_the_screens_walk_through_a_request(admin_client: Client, administrator: User) -> None:
    assert admin_client.post("/privacy/requests/new", {**FORM, "asked_by": ""}).status_code == 422
    made = admin_client.post("/privacy/requests/new", FORM)["Location"]
    page = admin_client.get(made).content.decode()
    assert "Trần Văn Nam" in page
    typed = {**FORM, "version": "1", "about": "Xin bản sao"}
    assert admin_client.post(made, typed).status_code == 302
    assert admin_client.post(made, typed).status_code == 409
    assert admin_client.post(f"{made}answer", {"answer": ""}).status_code == 422
    assert admin_client.post(f"{made}answer", {"answer": "Đã gửi."}).status_code == 302
    assert "Đã gửi." in admin_client.get(made).content.decode()
    assert admin_client.get(f"{made}sing").status_code == 404


def test_an_auditor_reads_and_others_do_not_know(
    auditor_client: Client, officer_client: Client, noted: SubjectRequest, statements: Counter
) -> None:
    with statements("privacy.requests.list", at_most=8):
        page = auditor_client.get("/privacy/requests/").content.decode()
    assert "Quá hạn" in page or "Chờ trả lời" in page
    address = f"/privacy/requests/{noted.pk}/"
    assert "Trần Văn Nam" in auditor_client.get(address).content.decode()
    assert auditor_client.post(address, FORM).status_code == 403
    assert auditor_client.get("/privacy/requests/new").status_code == 403
    for url in (address, "/privacy/requests/"):
        assert officer_client.get(url).status_code == 403
