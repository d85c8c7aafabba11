"""Who is told of what happened to a request, once, whoever looks and whoever dies."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from capphep.collaboration.models import Reading
from capphep.collaboration.telling import tell_next
from capphep.crm.models import Customer, Order
from capphep.entitlements.actions.occasions import note_ends
from capphep.entitlements.models import Subscription
from capphep.ims.actions import confirm_withdrawal, reject
from capphep.platform import notices
from capphep.platform.models import Notice, User
from capphep.provisioning.actions.ageing import note_overdue
from capphep.provisioning.actions.sending import recall_request
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.plumbing.kills import killed_at_statement
from tests.plumbing.races import losers, race

pytestmark = pytest.mark.django_db


def told(user: User) -> list[str]:
    """What is unread, by kind, oldest first."""
    while tell_next():
        pass
    return [one.kind for one in reversed(notices.unread_of(user))]


@pytest.fixture
def waiting(order: Order, salesperson: User) -> LicenceRequest:
    return stories.sent(order, salesperson)


def test_a_request_that_was_sent_waits_in_the_officers_bells(
    waiting: LicenceRequest, officer: User, other_officer: User, salesperson: User
) -> None:
    assert told(officer) == told(other_officer) == ["request.sent"]
    assert told(salesperson) == []
    (notice,) = notices.unread_of(officer)
    assert notice.link == reverse("ims:request", args=[waiting.pk])
    assert waiting.request_no in notices.text_of(notice)


def test_only_who_handles_it_is_told_when_it_comes_again(
    waiting: LicenceRequest, officer: User, other_officer: User, salesperson: User
) -> None:
    stories.returned(waiting, officer)
    stories.sent_again(waiting, salesperson)
    assert told(officer) == ["request.sent"]
    assert told(other_officer) == []
    assert told(salesperson) == []


@pytest.mark.parametrize("verb", ["approved", "rejected", "returned"])
def test_the_salesperson_is_told_of_the_answer_and_the_desk_is_done(
    verb: str, waiting: LicenceRequest, officer: User, other_officer: User, salesperson: User
) -> None:
    told(officer)
    if verb == "approved":
        stories.approved(waiting, officer)
    elif verb == "rejected":
        reject(actor=officer, request_id=waiting.pk, reason="Thiếu dấu.")
    else:
        stories.returned(waiting, officer, "Thiếu dấu.")
    assert told(salesperson) == [f"request.{verb}"]
    (notice,) = notices.unread_of(salesperson)
    assert notice.link == reverse("provisioning:request", args=[waiting.pk])
    assert notices.quote_of(notice) == ("" if verb == "approved" else "Thiếu dấu.")
    assert told(officer) == told(other_officer) == []


def test_what_was_recalled_waits_for_nobody(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    recall_request(actor=salesperson, request_id=waiting.pk)
    assert told(officer) == []


def test_what_is_late_is_told_while_it_waits(waiting: LicenceRequest, officer: User) -> None:
    assert waiting.due_on
    note_overdue(day=waiting.due_on + datetime.timedelta(days=1))
    assert told(officer) == ["request.sent", "request.overdue"]


def test_a_withdrawal_waits_for_the_second_officer(
    waiting: LicenceRequest, officer: User, other_officer: User, salesperson: User
) -> None:
    stories.approved(waiting, officer)
    stories.proposed(waiting, officer)
    assert told(other_officer) == ["request.withdrawal_proposed"]
    assert told(officer) == []
    proposal = waiting.withdrawals.get()
    confirm_withdrawal(
        actor=other_officer, withdrawal_id=proposal.pk, seen=stories.seen_withdrawal(proposal)
    )
    assert told(other_officer) == []
    assert told(salesperson) == ["request.approved", "request.withdrawn"]


def test_an_end_is_settled_when_the_renewal_is_approved(
    customer: Customer,
    salesperson: User,
    officer: User,
    catalogue: factories.SmallCatalogue,
) -> None:
    stories.opened(customer, catalogue)
    last_day = Subscription.objects.get().grants.order_by("-last_day")[0].last_day
    note_ends(day=last_day - datetime.timedelta(days=30))
    assert told(salesperson) == ["usage.end"]
    items = [(catalogue.base, 1), (catalogue.users_50, 2)]
    request = stories.renewal_sent(customer, salesperson, items)
    stories.approved(request, officer)
    assert told(salesperson) == ["request.approved"]


def test_read_again_from_the_start_nothing_is_told_twice(
    waiting: LicenceRequest, officer: User, salesperson: User
) -> None:
    stories.approved(waiting, officer)
    told(officer)
    before = Notice.objects.count()
    Reading.objects.update(position=0)
    assert tell_next()
    assert Notice.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once(waiting: LicenceRequest, officer: User, salesperson: User) -> None:
    stories.approved(waiting, officer)
    outcomes = race(tell_next, 3)
    assert not losers(outcomes), outcomes
    assert told(salesperson) == ["request.approved"]
    assert Notice.objects.filter(recipient=officer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_on_the_way_tells_once(waiting: LicenceRequest, officer: User) -> None:
    for statement in (5, 12, 18):
        killed_at_statement(tell_next, statement)
        assert (Notice.objects.count() > 0) == Reading.objects.filter(position__gt=0).exists()
    assert told(officer) == ["request.sent"]
    assert Notice.objects.count() == 1
