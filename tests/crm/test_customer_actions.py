"""Entering a customer: what is normalised, what is refused, once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from capphep.crm.actions.customers import (
    create_customer,
    deactivate_customer,
    edit_customer,
)
from capphep.crm.models import Customer
from capphep.crm.queries.customers import (
    customer_of,
)
from capphep.platform.audit import entries_of
from capphep.platform.models import AuditEntry, OutboxEvent, User
from capphep.pure.errors import Forbidden, Invalids
from tests.crm.conftest import codes_of, typed_customer


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
        province="Atlantis",
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
        "province": "province_unknown",
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
