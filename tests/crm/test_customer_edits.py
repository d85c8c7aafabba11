"""Edits of a customer: by whom, from which version, and what follows them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from capphep.crm.actions.customers import (
    create_customer,
    deactivate_customer,
    edit_customer,
    reactivate_customer,
)
from capphep.crm.models import Customer, Opportunity, Sector
from capphep.crm.queries.customers import (
    customer_of,
    visible_customers,
)
from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry, User
from capphep.platform.roles import SYSTEM
from capphep.platform.versions import Stale
from capphep.pure.errors import Forbidden, Invalids, NotFound
from tests import factories, stories
from tests.crm.conftest import codes_of, typed_customer
from tests.factories import SmallCatalogue


def test_an_edit_tells_the_audit_trail_what_was_before_and_after(
    salesperson: User, own_customer: Customer
) -> None:
    edited = edit_customer(
        actor=salesperson,
        customer_id=own_customer.pk,
        seen_version=1,
        typed=typed_customer(name="UBND Xã Đông Hải mới", address="Số 1"),
    )
    assert edited.version == 2
    entry = entries_of(own_customer).get()
    assert entry.before == {"name": "UBND Xã Đông Hải", "address": ""}
    assert entry.after == {"name": "UBND Xã Đông Hải mới", "address": "Số 1"}


def test_an_edit_that_changes_nothing_writes_nothing(
    salesperson: User, own_customer: Customer
) -> None:
    edited = edit_customer(
        actor=salesperson, customer_id=own_customer.pk, seen_version=1, typed=typed_customer()
    )
    assert edited.version == 1
    assert not AuditEntry.objects.exists()


def test_an_edit_from_an_old_version_is_stale(salesperson: User, own_customer: Customer) -> None:
    def edit(name: str) -> None:
        edit_customer(
            actor=salesperson,
            customer_id=own_customer.pk,
            seen_version=1,
            typed=typed_customer(name=name),
        )

    edit("Tên một")
    with pytest.raises(Stale):
        edit("Tên hai")
    own_customer.refresh_from_db()
    assert own_customer.name == "Tên một"


def test_the_pools_customers_are_everyones_to_edit(
    other_salesperson: User, pool_customer: Customer
) -> None:
    edited = edit_customer(
        actor=other_salesperson,
        customer_id=pool_customer.pk,
        seen_version=1,
        typed=typed_customer(budget_code="2222222", chapter_code="822", name="Trường mới"),
    )
    assert (edited.name, edited.owner) == ("Trường mới", None)


def test_a_colleagues_customer_can_be_seen_and_not_changed(
    salesperson: User, team_customer: Customer
) -> None:
    assert customer_of(salesperson, team_customer.pk) == team_customer
    with pytest.raises(Forbidden):
        edit_customer(
            actor=salesperson,
            customer_id=team_customer.pk,
            seen_version=1,
            typed=typed_customer(budget_code="3333333"),
        )


def test_another_teams_customer_is_not_found(salesperson: User, foreign_customer: Customer) -> None:
    with pytest.raises(NotFound):
        customer_of(salesperson, foreign_customer.pk)
    with pytest.raises(NotFound):
        deactivate_customer(actor=salesperson, customer_id=foreign_customer.pk)
    assert foreign_customer not in visible_customers(salesperson)


def test_a_salesperson_without_a_team_sees_own_and_pool_only(
    salesperson: User, own_customer: Customer, pool_customer: Customer, team_customer: Customer
) -> None:
    salesperson.team = None
    salesperson.save()
    assert set(visible_customers(salesperson)) == {own_customer, pool_customer}


def test_an_edit_does_not_change_the_budget_code(salesperson: User, own_customer: Customer) -> None:
    with pytest.raises(Invalids) as refused:
        edit_customer(
            actor=salesperson,
            customer_id=own_customer.pk,
            seen_version=1,
            typed=typed_customer(budget_code="1234568"),
        )
    assert codes_of(refused) == {"budget_code": "budget_code_fixed"}


def test_opportunities_and_orders_are_found_by_the_customers_new_name(
    salesperson: User, own_customer: Customer, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(own_customer, salesperson, [(catalogue.base, 1)])
    opportunity = Opportunity.objects.create(
        name="Mua thêm", customer=own_customer, salesperson=salesperson, search_key="x"
    )
    edit_customer(
        actor=salesperson,
        customer_id=own_customer.pk,
        seen_version=1,
        typed=typed_customer(name="Ủy ban Đảo Ngọc"),
    )
    order.refresh_from_db()
    opportunity.refresh_from_db()
    assert "uy ban dao ngoc" in order.search_key
    assert opportunity.search_key.startswith("mua them 1234567 uy ban dao ngoc")


def test_a_unit_is_not_governed_by_itself_nor_by_one_below_it(
    salesperson: User, own_customer: Customer
) -> None:
    child = factories.customer("1000001", "Con", parent=own_customer)
    grandchild = factories.customer("1000002", "Cháu", parent=child)
    for below in (own_customer, child, grandchild):
        with pytest.raises(Invalids) as refused:
            edit_customer(
                actor=salesperson,
                customer_id=own_customer.pk,
                seen_version=1,
                typed=typed_customer(parent_id=below.pk),
            )
        assert codes_of(refused) == {"parent": "parent_below"}


def test_a_governing_unit_that_stands_there_may_stay_though_it_is_another_teams(
    salesperson: User, own_customer: Customer, foreign_customer: Customer
) -> None:
    Customer.objects.filter(pk=own_customer.pk).update(parent=foreign_customer)
    kept = typed_customer(parent_id=foreign_customer.pk, address="Số 2")
    edited = edit_customer(
        actor=salesperson, customer_id=own_customer.pk, seen_version=1, typed=kept
    )
    assert edited.parent == foreign_customer


def test_a_unit_of_the_old_district_level_keeps_it(salesperson: User) -> None:
    old = factories.customer("1000003", "Phòng cũ", level=3, chapter_code="622")
    kept = typed_customer(
        budget_code="1000003", name="Phòng cũ", level=3, chapter_code="622", address="Số 3"
    )
    assert edit_customer(
        actor=salesperson, customer_id=old.pk, seen_version=1, typed=kept
    ).address == ("Số 3")


def test_sector_and_parent_stand_in_the_audit_trail_by_name(
    salesperson: User, own_customer: Customer, pool_customer: Customer
) -> None:
    sector, _ = Sector.objects.get_or_create(name="Giáo dục")
    edit_customer(
        actor=salesperson,
        customer_id=own_customer.pk,
        seen_version=1,
        typed=typed_customer(sector_id=sector.pk, parent_id=pool_customer.pk),
    )
    after = entries_of(own_customer).get().after
    assert after == {"sector": "Giáo dục", "parent": "2222222 · Trường THCS Mai Hạ"}


def test_a_customer_is_no_longer_followed_and_followed_again(
    salesperson: User, own_customer: Customer
) -> None:
    assert not deactivate_customer(actor=salesperson, customer_id=own_customer.pk).is_active
    deactivate_customer(actor=salesperson, customer_id=own_customer.pk)
    assert reactivate_customer(actor=salesperson, customer_id=own_customer.pk).is_active
    verbs = list(entries_of(own_customer).values_list("verb", flat=True))
    assert verbs == ["reactivated", "deactivated"]


def test_a_command_enters_customers_of_the_common_pool(db: None) -> None:
    customer = create_customer(actor=SYSTEM, typed=typed_customer(), token=uuid4())
    assert (customer.owner, customer.team) == (None, None)
