"""What became of licences that were issued: valid, superseded, withdrawn."""

from __future__ import annotations

import datetime
from importlib import import_module

import pytest
from django.apps import apps

from capphep.crm.models import Customer
from capphep.entitlements import public_codes
from capphep.entitlements.models import Licence, Subscription
from capphep.entitlements.queries import Standing, certified_lines, standings
from capphep.platform import clock
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

DAY = datetime.timedelta(days=1)


def standing(licence: Licence, day: datetime.date | None = None) -> Standing:
    (found,) = standings([licence], day or clock.today())
    return found


def test_a_licence_is_valid_until_its_terms_end(waiting: LicenceRequest, officer: User) -> None:
    licence = stories.approved(waiting, officer).licence
    assert standing(licence).state == "valid"
    assert standing(licence).successor is None
    assert standing(licence, clock.today() + 400 * DAY).state == "expired"


def test_a_later_approval_supersedes_it(
    waiting: LicenceRequest,
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
    officer: User,
) -> None:
    first = stories.approved(waiting, officer).licence
    order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
    second = stories.approved(stories.sent(order, salesperson), officer).licence
    assert standing(first).state == "superseded"
    assert standing(first).successor == second
    assert standing(second).state == "valid"


def test_a_withdrawal_takes_its_own_licence_back_and_leaves_what_is_left_valid(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    """The withdrawal's licence certifies the 100 users that were there before."""
    licence = stories.approved(waiting, officer).licence
    left = stories.withdrawn(waiting, officer, other_officer).licence
    assert standing(licence).state == "withdrawn"
    assert standing(licence).withdrawn_from == clock.today()
    assert standing(left).state == "valid"
    assert {line.quantity for line in certified_lines(left)} == {1, 100}


def test_until_the_day_of_its_withdrawal_a_licence_is_superseded(
    waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    licence = stories.approved(waiting, officer).licence
    tenth = clock.today() + 10 * DAY
    left = stories.withdrawn(waiting, officer, other_officer, from_day=tenth).licence
    assert standing(licence).state == "superseded"
    assert standing(licence, tenth).state == "withdrawn"
    assert [line.quantity for line in certified_lines(left)] == [1, 100, 50]


def test_where_nothing_is_left_the_licence_of_the_withdrawal_is_withdrawn_too(
    catalogue: SmallCatalogue, salesperson: User, officer: User, other_officer: User
) -> None:
    """A trial is taken back by its end, which is a withdrawal here and none where a sale begins."""
    unit = factories.customer()
    request = stories.trial_sent(unit, salesperson, catalogue.igov)
    trial = stories.approved(request, officer).licence
    assert all(line.is_trial for line in certified_lines(trial))
    left = stories.withdrawn(request, officer, other_officer).licence
    assert [standing(each).state for each in (trial, left)] == ["withdrawn", "withdrawn"]


def test_a_trial_that_a_sale_ended_was_superseded_not_withdrawn(
    catalogue: SmallCatalogue, salesperson: User, officer: User
) -> None:
    unit = factories.customer()
    trial = stories.approved(stories.trial_sent(unit, salesperson, catalogue.igov), officer).licence
    order = stories.ordered(unit, salesperson, [(catalogue.base, 1)])
    sale = stories.approved(stories.sent(order, salesperson), officer).licence
    assert [standing(each).state for each in (trial, sale)] == ["superseded", "valid"]


@pytest.mark.parametrize("number", [1, 3])
def test_many_take_the_same_statements_as_one(
    customer: Customer,
    catalogue: SmallCatalogue,
    salesperson: User,
    officer: User,
    statements: Counter,
    number: int,
) -> None:
    for _ in range(number):
        order = stories.ordered(customer, salesperson, [(catalogue.users_50, 1)])
        stories.approved(stories.sent(order, salesperson), officer)
    licences = list(Subscription.objects.get(customer=customer).licences.order_by("version"))
    with statements("entitlements.standings", at_most=2):
        found = standings(licences, clock.today())
    assert [each.state for each in found] == ["superseded"] * (number - 1) + ["valid"]


def test_a_licence_from_before_has_a_public_address_too(
    waiting: LicenceRequest, officer: User
) -> None:
    licence = stories.approved(waiting, officer).licence
    Licence.objects.update(public_code="")
    import_module("capphep.entitlements.migrations.0006_licence_public_codes").give_codes(
        apps, None
    )
    licence.refresh_from_db()
    assert len(licence.public_code) == public_codes.LENGTH
    assert public_codes.normal(licence.public_code) == licence.public_code
