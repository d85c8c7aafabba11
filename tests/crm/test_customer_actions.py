from __future__ import annotations

import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from capphep.crm.actions.customers import (
    create_customer,
    deactivate_customer,
    edit_customer,
    reactivate_customer,
)
from capphep.crm.actions.ownership import note_ownership
from capphep.crm.models import Customer, Opportunity, OwnedProduct, Sector
from capphep.crm.queries.customers import (
    best_first,
    customer_of,
    owned_products,
    search_customers,
    visible_customers,
)
from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry, OutboxEvent, User
from capphep.platform.roles import SYSTEM
from capphep.platform.versions import Stale
from capphep.pure.errors import Forbidden, Invalids, NotFound
from tests import factories, stories
from tests.crm.conftest import typed_customer
from tests.factories import SmallCatalogue
from tests.plumbing.races import losers, race, winners

MARCH = datetime.date(2026, 3, 15)


def codes_of(refused: pytest.ExceptionInfo[Invalids]) -> dict[str, str]:
    return {refusal.field: refusal.code for refusal in refused.value.refusals}


# --- creating ------------------------------------------------------------------------------------


def test_a_salesperson_enters_a_customer_who_is_then_theirs_and_their_teams(
    salesperson: User,
) -> None:
    customer = create_customer(actor=salesperson, typed=typed_customer())
    customer.refresh_from_db()
    assert (customer.owner, customer.team) == (salesperson, salesperson.team)
    assert customer.search_key.startswith("1234567 ubnd xa dong hai")
    entry = entries_of(customer).get()
    assert (entry.verb, entry.actor) == ("created", salesperson)
    assert entry.after["name"] == "UBND Xã Đông Hải"
    assert "search_key" not in entry.after
    assert OutboxEvent.objects.get().type == "customer.created"


def test_pasted_codes_are_normalised_and_not_refused(salesperson: User) -> None:
    customer = create_customer(
        actor=salesperson,
        typed=typed_customer(
            budget_code=" 1.234.567 ",
            name="  UBND  Xã Đông Hải ",
            tax_code="0100109106",
            phone="+84 912 345 678",
            email="Van.Phong@Example.VN",
        ),
    )
    assert customer.budget_code == "1234567"
    assert customer.name == "UBND Xã Đông Hải"
    assert (customer.phone, customer.email) == ("0912345678", "Van.Phong@example.vn")
    assert "0100109106 0912345678" in customer.search_key


def test_every_wrong_field_is_told_at_once(salesperson: User) -> None:
    wrong = typed_customer(
        budget_code="123456",
        name=" ",
        tax_code="0100109107",
        phone="123",
        email="nobody",
        chapter_code="990",
        org_type="moon",
        public_unit_kind="",
        level=9,
        sector_id=99_999,
        parent_id=99_999,
    )
    with pytest.raises(Invalids) as refused:
        create_customer(actor=salesperson, typed=wrong)
    assert codes_of(refused) == {
        "budget_code": "budget_code_digits",
        "name": "required",
        "tax_code": "tax_code_check",
        "phone": "phone_digits",
        "email": "email_form",
        "chapter_code": "chapter_code_range",
        "org_type": "required",
        "public_unit_kind": "required",
        "level": "required",
        "sector": "sector_unknown",
        "parent": "parent_unknown",
    }
    assert not Customer.objects.exists()


def test_a_chapter_belongs_to_one_level(salesperson: User) -> None:
    with pytest.raises(Invalids) as refused:
        create_customer(actor=salesperson, typed=typed_customer(chapter_code="412"))
    assert codes_of(refused) == {"chapter_code": "chapter_of_other_level"}


def test_nobody_enters_a_unit_of_the_abolished_district_level(salesperson: User) -> None:
    with pytest.raises(Invalids) as refused:
        create_customer(actor=salesperson, typed=typed_customer(level=3, chapter_code="622"))
    assert codes_of(refused) == {"level": "level_abolished"}


def test_a_first_digit_outside_1_to_3_is_not_refused(salesperson: User) -> None:
    typed = typed_customer(budget_code="9234567")
    assert create_customer(actor=salesperson, typed=typed).budget_code == "9234567"


def test_too_long_a_name_is_told_at_its_field(salesperson: User) -> None:
    with pytest.raises(Invalids) as refused:
        create_customer(actor=salesperson, typed=typed_customer(name="x" * 251))
    assert codes_of(refused) == {"name": "too_long"}


def test_a_taken_code_names_the_customer_to_who_may_know_it(
    salesperson: User, team_customer: Customer
) -> None:
    with pytest.raises(Invalids) as refused:
        create_customer(actor=salesperson, typed=typed_customer(budget_code="3333333"))
    assert codes_of(refused) == {"budget_code": "budget_code_taken"}
    assert "UBND Xã Yên Phong" in str(refused.value.refusals[0])


def test_a_taken_code_does_not_name_another_teams_customer(
    salesperson: User, foreign_customer: Customer
) -> None:
    with pytest.raises(Invalids) as refused:
        create_customer(actor=salesperson, typed=typed_customer(budget_code="1444444"))
    assert codes_of(refused) == {"budget_code": "budget_code_taken"}
    assert "Phú Thuận" not in str(refused.value.refusals[0])


def test_a_form_sent_twice_enters_one_customer(salesperson: User) -> None:
    token = uuid4()
    first = create_customer(actor=salesperson, typed=typed_customer(), token=token)
    second = create_customer(actor=salesperson, typed=typed_customer(), token=token)
    assert first == second
    assert Customer.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_a_form_that_was_refused_may_be_sent_again(salesperson: User) -> None:
    token = uuid4()
    with pytest.raises(Invalids):
        create_customer(actor=salesperson, typed=typed_customer(name=""), token=token)
    assert create_customer(actor=salesperson, typed=typed_customer(), token=token).pk


def test_officer_auditor_and_administrator_change_nothing_here(
    officer: User, auditor: User, administrator: User, pool_customer: Customer
) -> None:
    for reader in (officer, auditor, administrator):
        with pytest.raises(Forbidden):
            create_customer(actor=reader, typed=typed_customer())
        with pytest.raises(Forbidden):
            edit_customer(
                actor=reader,
                customer_id=pool_customer.pk,
                seen_version=1,
                typed=typed_customer(budget_code="2222222"),
            )
        with pytest.raises(Forbidden):
            deactivate_customer(actor=reader, customer_id=pool_customer.pk)
        assert customer_of(reader, pool_customer.pk) == pool_customer


# --- editing -------------------------------------------------------------------------------------


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


# --- what is owned, what is found ----------------------------------------------------------------


def test_ownership_is_replaced_in_two_statements(
    own_customer: Customer, catalogue: SmallCatalogue, django_assert_num_queries: Any
) -> None:
    factories.owns(own_customer, catalogue.igov)
    factories.owns(own_customer, catalogue.ihos)
    april = datetime.date(2026, 4, 1)
    spans = [(MARCH, MARCH), (april, april + datetime.timedelta(days=30))]
    with transaction.atomic(), django_assert_num_queries(2):
        note_ownership({(own_customer.pk, catalogue.igov.pk): spans})
    stored = OwnedProduct.objects.filter(customer=own_customer, product=catalogue.igov)
    assert list(stored.order_by("first_day").values_list("first_day", "last_day")) == spans
    assert own_customer.owned_products.filter(product=catalogue.ihos).count() == 1
    note_ownership({(own_customer.pk, catalogue.igov.pk): []})
    assert not stored.exists()


def test_a_product_is_in_force_lapsed_or_neither(
    own_customer: Customer, catalogue: SmallCatalogue, django_assert_num_queries: Any
) -> None:
    day = datetime.timedelta(days=1)
    factories.owns(own_customer, catalogue.igov, MARCH - 20 * day, MARCH - 10 * day)
    factories.owns(own_customer, catalogue.igov, MARCH, MARCH + 5 * day)
    factories.owns(own_customer, catalogue.ihos, MARCH - 9 * day, MARCH - day)
    with django_assert_num_queries(1):
        in_force, lapsed = owned_products(own_customer, MARCH)
    assert in_force == {catalogue.igov.pk: MARCH + 5 * day}
    assert lapsed == {catalogue.ihos.pk}
    assert owned_products(own_customer, MARCH - 30 * day) == ({}, set())


@pytest.mark.parametrize("text", ["dong hai", "ĐÔNG  hải", "hai 1234567", "1.234.567", "1234"])
def test_words_are_found_with_and_without_accents(own_customer: Customer, text: str) -> None:
    assert list(search_customers(Customer.objects.all(), text)) == [own_customer]


def test_words_that_are_not_there_find_nothing(own_customer: Customer) -> None:
    assert not search_customers(Customer.objects.all(), "đông tây").exists()
    assert not search_customers(Customer.objects.all(), "100%").exists()


def test_the_exact_budget_code_comes_first(own_customer: Customer) -> None:
    decoy = factories.customer("1000009", "A 1234567", tax_code="1234567890")
    found = best_first(search_customers(Customer.objects.all(), "1234567"), "1234567")
    assert list(found) == [own_customer, decoy]


# --- races ---------------------------------------------------------------------------------------


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
