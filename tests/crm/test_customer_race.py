"""Two people at one customer at once."""

from __future__ import annotations

from uuid import uuid4

from capphep.crm.actions.customers import (
    create_customer,
    edit_customer,
)
from capphep.crm.models import Customer
from capphep.platform.models import AuditEntry, User
from capphep.platform.versions import Stale
from capphep.pure.errors import Invalids
from tests.crm.conftest import typed_customer
from tests.plumbing.races import losers, race, winners


def test_of_two_who_enter_one_budget_code_at_once_one_is_told(
    transactional_db: None, salesperson: User, colleague: User
) -> None:
    outcomes = race(
        [
            lambda: create_customer(actor=salesperson, typed=typed_customer(name="Một")),
            lambda: create_customer(actor=colleague, typed=typed_customer(name="Hai")),
        ]
    )
    assert len(winners(outcomes)) == 1
    (lost,) = losers(outcomes)
    assert isinstance(lost, Invalids)
    assert [refusal.code for refusal in lost.refusals] == ["budget_code_taken"]
    assert Customer.objects.count() == AuditEntry.objects.count() == 1


def test_one_form_sent_twice_at_once_enters_one_customer(
    transactional_db: None, salesperson: User
) -> None:
    token = uuid4()
    outcomes = race(
        lambda: create_customer(actor=salesperson, typed=typed_customer(), token=token), 4
    )
    assert len({customer.pk for customer in winners(outcomes)}) == 1
    assert not losers(outcomes)
    assert Customer.objects.count() == 1


def test_of_two_who_edit_one_customer_at_once_one_is_told(
    transactional_db: None, salesperson: User, own_customer: Customer
) -> None:
    def edit(name: str) -> Customer:
        return edit_customer(
            actor=salesperson,
            customer_id=own_customer.pk,
            seen_version=1,
            typed=typed_customer(name=name),
        )

    outcomes = race([lambda: edit("Tên một"), lambda: edit("Tên hai")])
    (won,) = winners(outcomes)
    (lost,) = losers(outcomes)
    assert isinstance(lost, Stale)
    own_customer.refresh_from_db()
    assert (own_customer.name, own_customer.version) == (won.name, 2)


def test_two_units_cannot_come_to_govern_each_other_at_once(
    transactional_db: None, salesperson: User, own_customer: Customer, pool_customer: Customer
) -> None:
    def edit(customer: Customer, parent: Customer) -> Customer:
        return edit_customer(
            actor=salesperson,
            customer_id=customer.pk,
            seen_version=1,
            typed=typed_customer(budget_code=customer.budget_code, parent_id=parent.pk),
        )

    outcomes = race(
        [
            lambda: edit(own_customer, pool_customer),
            lambda: edit(pool_customer, own_customer),
        ]
    )
    assert len(winners(outcomes)) == 1
    (lost,) = losers(outcomes)
    assert isinstance(lost, Invalids)
