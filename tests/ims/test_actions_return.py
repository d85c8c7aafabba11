"""*Trả lại*: what the officer says reaches the salesperson, and the order is free to be changed."""

from __future__ import annotations

import pytest

from capphep.crm.states import LicenceStatus
from capphep.ims.actions import approve, reject, return_request
from capphep.platform.audit import entries_of
from capphep.platform.models import OutboxEvent, User
from capphep.provisioning.models import LicenceRequest, RoundOutcome
from capphep.provisioning.states import RequestStatus
from capphep.pure.errors import Conflict, Forbidden, Invalid
from tests import factories, stories
from tests.plumbing.sql_counts import Counter

AT_FIELDS = {"level": "Xã, không phải tỉnh.", "evidence-commitment": "Thiếu dấu.", "line-1": "12?"}


def give_back(
    actor: User, record: LicenceRequest, comment: str = "", **comments: str
) -> LicenceRequest:
    return return_request(actor=actor, request_id=record.pk, comment=comment, comments=comments)


def test_a_return_reaches_request_order_trail_and_listeners(
    waiting: LicenceRequest, officer: User
) -> None:
    returned = give_back(officer, waiting, "Xem lại.", **AT_FIELDS)
    assert returned.status == RequestStatus.RETURNED
    order = returned.order
    assert order is not None
    order.refresh_from_db()
    assert order.licence_status == LicenceStatus.RETURNED
    ended = returned.rounds.get()
    assert (ended.outcome, ended.ended_by) == (RoundOutcome.RETURNED, officer)
    assert (ended.comment, ended.comments) == ("Xem lại.", AT_FIELDS)
    entry = entries_of(returned)[0]
    assert (entry.verb, entry.after["comment"], entry.after["comments"]) == (
        "return",
        "Xem lại.",
        AT_FIELDS,
    )
    assert entries_of(order)[0].verb == "return"
    told = OutboxEvent.objects.get(type="request.returned").payload
    assert (told["status"], told["comments"]) == ("returned", AT_FIELDS)


def test_a_return_costs_a_known_number_of_statements(
    waiting: LicenceRequest, officer: User, statements: Counter
) -> None:
    with statements("ims.return_request", at_most=10):
        give_back(officer, waiting, "Xem lại.")


@pytest.mark.parametrize("empty", ["", "  \n ", "\u200b"])
def test_a_return_says_at_least_one_thing(
    waiting: LicenceRequest, officer: User, empty: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give_back(officer, waiting, empty, level=empty)
    assert (refused.value.code, refused.value.field) == ("comment_required", "comment")
    assert give_back(officer, waiting, empty, note="Rõ hơn.").rounds.get().comments == {
        "note": "Rõ hơn."
    }


@pytest.mark.parametrize("name", ["reject_reason", "line-2", "evidence-other"])
def test_only_what_the_request_has_can_be_commented_on(
    waiting: LicenceRequest, officer: User, name: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give_back(officer, waiting, **{name: "?"})
    assert refused.value.code == "comment_field"
    waiting.refresh_from_db()
    assert waiting.status == RequestStatus.WAITING


def test_comments_keep_their_lines(waiting: LicenceRequest, officer: User) -> None:
    returned = give_back(officer, waiting, "Một.\r\n  Hai.  \n")
    assert returned.rounds.get().comment == "Một.\nHai."


@pytest.mark.parametrize("role", ["auditor", "admin", "sales"])
def test_only_officers_return(waiting: LicenceRequest, salesperson: User, role: str) -> None:
    person = factories.user("somebody", role, salesperson.team)
    with pytest.raises(Forbidden):
        give_back(person, waiting, "Xem lại.")


def test_who_sent_a_request_cannot_return_it(waiting: LicenceRequest, salesperson: User) -> None:
    salesperson.role = "officer"
    salesperson.save()
    with pytest.raises(Forbidden) as refused:
        give_back(salesperson, waiting, "Xem lại.")
    assert refused.value.code == "two_people"


def test_what_was_returned_cannot_be_decided_and_says_who_returned_it(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    seen = stories.seen_by_officer(waiting)
    give_back(officer, waiting, "Xem lại.")
    for late in (
        lambda: approve(actor=other_officer, request_id=waiting.pk, seen=seen),
        lambda: reject(actor=other_officer, request_id=waiting.pk, reason="Không."),
        lambda: give_back(other_officer, waiting, "Xem lại."),
    ):
        with pytest.raises(Conflict) as refused:
            late()
        assert refused.value.code == "wrong_state"
        assert refused.value.params["who"] == officer.full_name


def test_what_was_decided_cannot_be_returned(waiting: LicenceRequest, officer: User) -> None:
    stories.approved(waiting, officer)
    with pytest.raises(Conflict):
        give_back(officer, waiting, "Xem lại.")
