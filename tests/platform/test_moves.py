"""Statuses, numbers, versions and roles: what every module stands on."""

from __future__ import annotations

import datetime
from functools import partial

import pytest
from django.db import transaction

from capphep.crm.models import Customer
from capphep.crm.states import LICENCE_STATUS, LicenceStatus
from capphep.platform import numbers, versions
from capphep.platform.models import NumberSeries, User
from capphep.platform.moves import move
from capphep.platform.roles import SYSTEM, Permission, Role, may, require
from capphep.provisioning.states import REQUEST_STATUS, RequestStatus
from capphep.pure.errors import Conflict, Forbidden
from capphep.pure.states import StateTable
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

DAY = datetime.date(2026, 11, 25)


@pytest.mark.parametrize("table", [LICENCE_STATUS, REQUEST_STATUS])
def test_every_state_has_a_label_and_every_move_leads_to_a_known_state(table: StateTable) -> None:
    for (_verb, before), after in table.moves.items():
        assert before in table.labels
        assert after in table.labels


def test_an_illegal_move_names_the_state_that_stands_in_the_way() -> None:
    with pytest.raises(Conflict) as refused:
        REQUEST_STATUS.after("approve", RequestStatus.REJECTED)
    assert refused.value.params == {"state": "Rejected"}


def test_a_move_from_a_state_that_somebody_else_has_left_is_refused(
    salesperson: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(factories.customer(), salesperson, [(catalogue.base, 1)])
    stale = type(order).objects.get(pk=order.pk)
    move(order, LICENCE_STATUS, "send", field="licence_status")
    with pytest.raises(Conflict) as refused:
        move(stale, LICENCE_STATUS, "send", field="licence_status")
    assert refused.value.code == "changed_meanwhile"
    assert order.licence_status == LicenceStatus.PENDING


@pytest.mark.django_db
def test_numbers_count_by_prefix_and_year() -> None:
    assert numbers.next_number("DH", DAY) == "DH-2026-000001"
    assert numbers.next_number("DH", DAY) == "DH-2026-000002"
    assert numbers.next_number("YC", DAY) == "YC-2026-000001"
    assert numbers.next_number("DH", DAY.replace(year=2027)) == "DH-2027-000001"


@pytest.mark.django_db
def test_a_reserved_number_is_not_given_again() -> None:
    numbers.reserve(["YC-2026-000294", "YC-2026-000012", "YC-2026-99", "another kind of number"])
    numbers.reserve(["YC-2026-000100"])
    assert numbers.next_number("YC", DAY) == "YC-2026-000295"


def _take_numbers(count: int) -> list[str]:
    taken = []
    for _ in range(count):
        with transaction.atomic():
            taken.append(numbers.next_number("DH", DAY))
    return taken


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_never_get_the_same_number() -> None:
    outcomes = race(partial(_take_numbers, 5), 20)
    assert not losers(outcomes), outcomes
    taken = [number for some in winners(outcomes) for number in some]
    assert len(set(taken)) == 100
    assert NumberSeries.objects.get(series="DH-2026").last == 100


def test_a_write_from_an_old_version_is_refused_and_changes_nothing(salesperson: User) -> None:
    customer = factories.customer()
    versions.write(customer, 1, {"address": "Số 1"}, salesperson)
    with pytest.raises(versions.Stale):
        versions.write(customer, 1, {"address": "Số 2"}, salesperson)
    assert Customer.objects.get().address == "Số 1"


def test_a_write_returns_only_what_differs(salesperson: User) -> None:
    customer = factories.customer(address="Số 1")
    before, after = versions.write(
        customer, 1, {"address": "Số 2", "name": customer.name}, salesperson
    )
    assert (before, after) == ({"address": "Số 1"}, {"address": "Số 2"})


def test_an_auditor_may_do_nothing(auditor: User) -> None:
    assert not any(may(auditor, permission) for permission in Permission)
    with pytest.raises(Forbidden):
        require(auditor, Permission.CUSTOMER_WRITE)


def test_no_role_both_sends_and_decides() -> None:
    for role in set(Role) - {Role.SYSTEM}:
        person = User(role=role)
        assert not (
            may(person, Permission.REQUEST_WRITE) and may(person, Permission.REQUEST_DECIDE)
        )
    assert may(SYSTEM, Permission.CUSTOMER_WRITE)
