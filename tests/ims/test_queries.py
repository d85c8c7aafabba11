"""Reads of the desk that no screen shows alone."""

from __future__ import annotations

import datetime

import pytest

from capphep.crm.models import Customer
from capphep.entitlements.models import Grant, GrantKind, Subscription
from capphep.entitlements.queries import additions_of
from capphep.ims.actions import enter_absence, take
from capphep.ims.queries import desk
from capphep.ims.queries.absences import absences_on
from capphep.ims.queries.holdings import HeldModule, grant_state, holdings_of
from capphep.ims.queries.queue import neighbours, next_waiting
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Conflict, Forbidden
from tests import stories
from tests.factories import SmallCatalogue


def test_the_next_one_is_the_oldest_that_the_officer_may_decide(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    auditor: User,
    catalogue: SmallCatalogue,
) -> None:
    later = stories.sent(
        stories.ordered(customer, salesperson, [(catalogue.users_50, 1)]), salesperson
    )
    assert next_waiting(officer, {}) == waiting
    assert next_waiting(auditor, {}) is None
    LicenceRequest.objects.filter(pk=waiting.pk).update(created_by=officer)
    assert next_waiting(officer, {}) == later
    stories.approved(later, officer)
    assert next_waiting(officer, {}) is None


def test_ones_own_come_before_nobodys_and_others_never(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    other_officer: User,
    catalogue: SmallCatalogue,
) -> None:
    def another() -> LicenceRequest:
        order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
        return stories.sent(order, salesperson)

    nobodys, own, others = waiting, another(), another()
    take(actor=officer, request_id=own.pk)
    take(actor=other_officer, request_id=others.pk)
    assert next_waiting(officer, {}) == own
    stories.approved(own, officer)
    assert next_waiting(officer, {}) == nobodys
    stories.approved(nobodys, officer)
    assert next_waiting(officer, {}) is None
    enter_absence(
        actor=other_officer,
        officer_id=other_officer.pk,
        substitute_id=officer.pk,
        first_day=clock.today(),
        last_day=clock.today(),
    )
    assert next_waiting(officer, absences_on(clock.today())) == others


def test_what_waits_before_and_after_follows_the_order_of_sending(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    later = [
        stories.sent(stories.ordered(customer, salesperson, [(catalogue.users_50, 1)]), salesperson)
        for _ in range(2)
    ]
    LicenceRequest.objects.filter(pk=later[0].pk).update(sent_at=waiting.sent_at)
    later[0].refresh_from_db()
    assert neighbours(officer, waiting) == (None, later[0])
    assert neighbours(officer, later[0]) == (waiting, later[1])
    stories.approved(later[0], officer)
    assert neighbours(officer, later[1]) == (waiting, None)
    assert neighbours(officer, later[0]) == (waiting, later[1])


def test_the_two_people_rule_is_a_setting(
    waiting: LicenceRequest, officer: User, settings: object
) -> None:
    LicenceRequest.objects.filter(pk=waiting.pk).update(created_by=officer)
    waiting.refresh_from_db()
    with pytest.raises(Forbidden) as refused:
        desk.require_decision(officer, waiting, "approve")
    assert refused.value.rule == "R6"
    settings.TWO_PEOPLE = False  # type: ignore[attr-defined]
    desk.require_decision(officer, waiting, "approve")
    assert next_waiting(officer, {}) == waiting


def test_a_decision_that_comes_too_late_names_the_faster_one(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.approved(waiting, officer)
    waiting.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        desk.require_decision(other_officer, waiting, "reject")
    assert refused.value.code == "wrong_state"
    assert refused.value.params["who"] == officer.full_name


def test_the_difference_of_a_waiting_request_is_counted_today_and_of_a_decided_one_kept(
    waiting: LicenceRequest,
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: SmallCatalogue,
) -> None:
    second = stories.sent(
        stories.ordered(customer, salesperson, [(catalogue.users_50, 2)]), salesperson
    )
    today = clock.today()
    assert amounts(second, today) == [(100, 100, 200, False)]
    stories.approved(waiting, officer)
    assert amounts(second, today) == [(150, 100, 250, True)]
    stories.approved(second, officer)
    second.refresh_from_db()
    assert amounts(second, today) == [(150, 100, 250, False)]
    assert desk.difference_of(second, today).fingerprint == ""


def amounts(request: LicenceRequest, day: datetime.date) -> list[tuple[int, int, int, bool]]:
    return [
        (one.base, one.added, one.total, one.has_moved)
        for line in desk.difference_of(request, day).lines
        for one in line.amounts
    ]


def test_a_grant_is_coming_running_or_over_by_its_days() -> None:
    first, last = datetime.date(2026, 3, 15), datetime.date(2027, 3, 14)
    one = datetime.timedelta(days=1)
    grant = Grant(first_day=first, last_day=last, granted_on=first - one, kind=GrantKind.APPROVAL)
    addition = additions_of([grant])[0]
    days = (first - 2 * one, first - one, first, last, last + one)
    states = [grant_state(addition, day) for day in days]
    assert states == ["later", "upcoming", "in_force", "in_force", "ended"]


def test_a_grant_is_taken_back_from_the_day_of_its_withdrawal() -> None:
    first, last = datetime.date(2026, 3, 15), datetime.date(2027, 3, 14)
    from_day = datetime.date(2026, 6, 1)
    grant = Grant(first_day=first, last_day=last, kind=GrantKind.APPROVAL)
    taken = Grant(first_day=from_day, last_day=last, kind=GrantKind.WITHDRAWAL)
    one = datetime.timedelta(days=1)
    addition = additions_of([grant, taken])[0]
    states = [grant_state(addition, day) for day in (from_day - one, from_day, last + one)]
    assert states == ["in_force", "taken_back", "taken_back"]
    whole = additions_of([grant, Grant(first_day=first, last_day=last, kind=taken.kind)])[0]
    assert grant_state(whole, first - one) == "taken_back"


def test_a_number_links_to_a_request_only_where_the_reader_may_see_it(
    waiting: LicenceRequest, officer: User, other_salesperson: User, customer: Customer
) -> None:
    stories.approved(waiting, officer)
    subscription = Subscription.objects.get(customer=customer)
    day = clock.today()
    assert linked(holdings_of(officer, subscription).on(day)) == {waiting.pk}
    assert linked(holdings_of(other_salesperson, subscription).on(day)) == set()


def linked(modules: list[HeldModule]) -> set[int]:
    return {
        grant.request_id
        for module in modules
        for held in module.resources
        for grant in held.grants
        if grant.request_id
    }
