"""Taking, giving and putting back what waits; who stands in for whom."""

from __future__ import annotations

import datetime

import pytest

from capphep.ims.actions import (
    assign,
    cancel_absence,
    enter_absence,
    reject,
    release,
    take,
)
from capphep.ims.models import Absence
from capphep.platform import clock
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tests import factories, stories

A_DAY = datetime.timedelta(days=1)


def holder(request: LicenceRequest) -> User | None:
    request.refresh_from_db()
    return request.assigned_to


# --- taking ------------------------------------------------------------------------------------


def test_an_officer_takes_what_waits_and_the_trail_says_so(
    waiting: LicenceRequest, officer: User
) -> None:
    take(actor=officer, request_id=waiting.pk)
    assert holder(waiting) == officer
    told = entries_of(waiting)[0]
    assert (told.verb, told.after) == ("taken", {"assigned_to": officer.full_name})


def test_taking_what_one_has_changes_nothing(waiting: LicenceRequest, officer: User) -> None:
    take(actor=officer, request_id=waiting.pk)
    before = entries_of(waiting).count()
    take(actor=officer, request_id=waiting.pk)
    assert entries_of(waiting).count() == before


def test_what_somebody_has_is_not_taken_and_says_who_has_it(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    take(actor=officer, request_id=waiting.pk)
    with pytest.raises(Conflict) as refused:
        take(actor=other_officer, request_id=waiting.pk)
    assert refused.value.params == {"who": officer.full_name}
    assert holder(waiting) == officer


def test_who_sent_a_request_does_not_take_it(waiting: LicenceRequest, salesperson: User) -> None:
    salesperson.role = "officer"
    salesperson.save()
    with pytest.raises(Forbidden) as refused:
        take(actor=salesperson, request_id=waiting.pk)
    assert refused.value.rule == "R6"


@pytest.mark.parametrize("role", ["auditor", "admin", "sales"])
def test_only_officers_take_give_and_put_back(
    waiting: LicenceRequest, officer: User, salesperson: User, role: str
) -> None:
    person = factories.user("somebody", role, salesperson.team)
    with pytest.raises(Forbidden):
        take(actor=person, request_id=waiting.pk)
    with pytest.raises(Forbidden):
        assign(actor=person, request_id=waiting.pk, officer_id=officer.pk, seen=None)
    with pytest.raises(Forbidden):
        release(actor=person, request_id=waiting.pk, seen=None)


def test_what_was_decided_is_not_taken(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.approved(waiting, officer)
    with pytest.raises(Conflict) as refused:
        take(actor=other_officer, request_id=waiting.pk)
    assert refused.value.params["who"] == officer.full_name


def test_who_decides_has_taken_it(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    take(actor=officer, request_id=waiting.pk)
    reject(actor=other_officer, request_id=waiting.pk, reason="Thiếu dấu")
    assert holder(waiting) == other_officer


def test_what_was_returned_comes_back_to_who_returned_it(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    stories.returned(waiting, officer)
    waiting.refresh_from_db()
    stories.sent_again(waiting, salesperson)
    assert holder(waiting) == officer


# --- giving and putting back -------------------------------------------------------------------


def test_a_request_is_given_to_a_colleague_and_put_back(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    take(actor=officer, request_id=waiting.pk)
    assign(actor=officer, request_id=waiting.pk, officer_id=other_officer.pk, seen=officer.pk)
    assert holder(waiting) == other_officer
    assert entries_of(waiting)[0].before == {"assigned_to": officer.full_name}
    release(actor=other_officer, request_id=waiting.pk, seen=other_officer.pk)
    assert holder(waiting) is None
    assert entries_of(waiting)[0].verb == "released"


def test_nobody_takes_a_request_out_of_hands_that_they_did_not_see(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    take(actor=other_officer, request_id=waiting.pk)
    with pytest.raises(Conflict) as refused:
        assign(actor=officer, request_id=waiting.pk, officer_id=officer.pk, seen=None)
    assert refused.value.params == {"who": other_officer.full_name}
    with pytest.raises(Conflict):
        release(actor=officer, request_id=waiting.pk, seen=officer.pk)
    assert holder(waiting) == other_officer


@pytest.mark.parametrize("role", ["sales", "auditor", "admin"])
def test_only_an_active_officer_is_given_something(
    waiting: LicenceRequest, officer: User, other_officer: User, role: str
) -> None:
    other_officer.is_active = False
    other_officer.save()
    for person in (other_officer, factories.user("somebody", role)):
        with pytest.raises(Invalid) as refused:
            assign(actor=officer, request_id=waiting.pk, officer_id=person.pk, seen=None)
        assert refused.value.field == "officer"


def test_who_sent_a_request_is_not_given_it(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    salesperson.role = "officer"
    salesperson.save()
    with pytest.raises(Invalid) as refused:
        assign(actor=officer, request_id=waiting.pk, officer_id=salesperson.pk, seen=None)
    assert refused.value.rule == "R6"


# --- absences ----------------------------------------------------------------------------------


def away(
    officer: User, substitute: User, first: int = 0, last: int = 4, actor: User | None = None
) -> Absence:
    return enter_absence(
        actor=actor or officer,
        officer_id=officer.pk,
        substitute_id=substitute.pk,
        first_day=clock.today() + first * A_DAY,
        last_day=clock.today() + last * A_DAY,
    )


def test_giving_to_who_is_away_is_asked_about_and_names_the_substitute(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    absence = away(other_officer, officer)
    with pytest.raises(Invalid) as refused:
        assign(actor=officer, request_id=waiting.pk, officer_id=other_officer.pk, seen=None)
    assert refused.value.code == "officer_absent"
    assert refused.value.params == {
        "who": other_officer.full_name,
        "last": f"{absence.last_day:%d/%m/%Y}",
        "substitute": officer.full_name,
    }
    assign(
        actor=officer,
        request_id=waiting.pk,
        officer_id=other_officer.pk,
        seen=None,
        although_absent=True,
    )
    assert holder(waiting) == other_officer


@pytest.mark.parametrize(("first", "last"), [(1, 4), (-4, -1)])
def test_who_is_away_on_other_days_is_given_requests_today(
    waiting: LicenceRequest, officer: User, other_officer: User, first: int, last: int
) -> None:
    away(other_officer, officer, first, last)
    assign(actor=officer, request_id=waiting.pk, officer_id=other_officer.pk, seen=None)
    assert holder(waiting) == other_officer


def test_an_absence_is_told_in_the_officers_own_trail(officer: User, other_officer: User) -> None:
    absence = away(officer, other_officer)
    assert entries_of(officer)[0].after["substitute"] == other_officer.full_name
    cancel_absence(actor=officer, absence_id=absence.pk)
    assert entries_of(officer)[0].verb == "absence_cancelled"
    with pytest.raises(NotFound):
        cancel_absence(actor=officer, absence_id=absence.pk)


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [(5, 9, True), (-3, -1, True), (4, 9, False), (-3, 0, False), (1, 2, False), (-1, 9, False)],
)
def test_two_absences_of_one_officer_do_not_overlap(
    officer: User, other_officer: User, first: int, last: int, fits: bool
) -> None:
    away(officer, other_officer)
    if fits:
        away(officer, other_officer, first, last)
        return
    with pytest.raises(Invalid) as refused:
        away(officer, other_officer, first, last)
    assert refused.value.code == "absence_overlaps"


def test_a_cancelled_absence_leaves_its_days_free(officer: User, other_officer: User) -> None:
    cancel_absence(actor=officer, absence_id=away(officer, other_officer).pk)
    away(officer, other_officer)


def test_the_substitute_is_another_officer_who_is_here(officer: User, other_officer: User) -> None:
    third = factories.user("officer3", "officer")
    away(other_officer, third, 2, 3)
    refusals: list[Refusal] = []
    for substitute in (officer, other_officer, factories.user("auditor", "auditor")):
        with pytest.raises(Invalid) as refused:
            away(officer, substitute)
        refusals.append(refused.value)
    assert [refusal.code for refusal in refusals] == [
        "substitute_oneself",
        "substitute_absent",
        "not_an_officer",
    ]
    assert {refusal.field for refusal in refusals} == {"substitute"}


def test_an_absence_does_not_end_before_it_begins(officer: User, other_officer: User) -> None:
    with pytest.raises(Invalid) as refused:
        away(officer, other_officer, 3, 2)
    assert refused.value.field == "last_day"


def test_an_administrator_enters_it_for_others_and_nobody_else_does(
    officer: User, other_officer: User, auditor: User, administrator: User, salesperson: User
) -> None:
    for person in (other_officer, auditor, salesperson):
        with pytest.raises(Forbidden):
            away(officer, other_officer, actor=person)
    absence = away(officer, other_officer, actor=administrator)
    for person in (other_officer, auditor, salesperson):
        with pytest.raises(Forbidden):
            cancel_absence(actor=person, absence_id=absence.pk)
    cancel_absence(actor=administrator, absence_id=absence.pk)
