"""A person goes: a colleague takes over what is open, and nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from capphep.collaboration.models import Activity
from capphep.crm.models import Customer, Opportunity, Order
from capphep.platform.audit import entries_of
from capphep.platform.models import Notice, OutboxEvent, Team, User
from capphep.platform.versions import Stale
from capphep.provisioning.models import LicenceRequest
from capphep.pure.errors import Invalid
from capphep.shell.leaving import deactivate_user
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.plumbing.races import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(salesperson: User, catalogue: SmallCatalogue) -> Customer:
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    factories.customer("7654321", "Ngừng theo dõi", owner=salesperson, is_active=False)
    stories.opened(unit, catalogue)
    Opportunity.objects.create(
        name="Mua thêm", search_key="mua them", customer=unit, salesperson=salesperson
    )
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    stories.drafted(order, salesperson)
    Activity.objects.create(
        record_type="customer",
        record_id=unit.pk,
        kind="call",
        subject="Gọi",
        due_on=datetime.date(2026, 11, 30),
        assignee=salesperson,
        created_by=salesperson,
        token=uuid4(),
    )
    return unit


def test_a_colleague_takes_over_what_is_open(
    admin_client: Client,
    customer: Customer,
    salesperson: User,
    other_salesperson: User,
    south: Team,
) -> None:
    address = f"/users/{salesperson.pk}/deactivate"
    page = admin_client.get(address).content.decode()
    assert "Người sales2 · HCSN miền Nam" in page
    typed = {"version": "1", "successor": str(other_salesperson.pk)}
    assert admin_client.post(address, typed).status_code == 302
    salesperson.refresh_from_db()
    assert not salesperson.is_active
    customer.refresh_from_db()
    assert (customer.owner, customer.team, customer.version) == (other_salesperson, south, 2)
    order, request = Order.objects.get(), LicenceRequest.objects.get()
    assert (order.salesperson, order.team) == (other_salesperson, south)
    assert (request.created_by, request.team) == (other_salesperson, south)
    assert Opportunity.objects.get().salesperson == other_salesperson
    assert Activity.objects.get().assignee == other_salesperson
    assert Customer.objects.get(is_active=False).owner == salesperson
    for record in (customer, order, request):
        entry = entries_of(record)[0]
        assert entry.verb == "handed_over"
        assert "Người sales2" in entry.after.values()
    assert Notice.objects.get(recipient=other_salesperson).params["count"] == 5
    assert OutboxEvent.objects.filter(type="customer.changed").count() == 1


def test_without_one_everything_stays_with_the_name(
    admin_client: Client, customer: Customer, salesperson: User
) -> None:
    admin_client.post(f"/users/{salesperson.pk}/deactivate", {"version": "1", "successor": ""})
    customer.refresh_from_db()
    salesperson.refresh_from_db()
    assert (salesperson.is_active, customer.owner) == (False, salesperson)


def test_who_cannot_do_the_work_does_not_take_it_over(
    admin_client: Client,
    customer: Customer,
    salesperson: User,
    officer: User,
    administrator: User,
) -> None:
    address = f"/users/{salesperson.pk}/deactivate"
    typed = {"version": "1", "successor": str(officer.pk)}
    assert admin_client.post(address, typed).status_code == 422
    with pytest.raises(Invalid):
        deactivate_user(
            actor=administrator, user=salesperson, seen_version=1, successor_id=officer.pk
        )
    salesperson.refresh_from_db()
    assert salesperson.is_active


def test_an_officer_hands_over_what_they_handle(
    admin_client: Client,
    customer: Customer,
    salesperson: User,
    officer: User,
    other_officer: User,
) -> None:
    stories.send(LicenceRequest.objects.get(), salesperson)
    LicenceRequest.objects.update(assigned_to=officer)
    typed = {"version": "1", "successor": str(other_officer.pk)}
    admin_client.post(f"/users/{officer.pk}/deactivate", typed)
    request = LicenceRequest.objects.get()
    assert (request.assigned_to, request.created_by) == (other_officer, salesperson)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_over_at_once_one_is_late(
    salesperson: User, colleague: User, other_salesperson: User, administrator: User
) -> None:
    customer = factories.customer(owner=salesperson)

    def to(successor: User) -> Callable[[], int]:
        return lambda: deactivate_user(
            actor=administrator, user=salesperson, seen_version=1, successor_id=successor.pk
        )

    outcomes = race([to(colleague), to(other_salesperson)])
    assert [type(one) for one in outcomes if one != 1] == [Stale]
    customer.refresh_from_db()
    assert customer.owner == (colleague if outcomes[0] == 1 else other_salesperson)
    assert customer.version == 2
