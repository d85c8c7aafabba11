"""R15: whose account it is."""

from __future__ import annotations

import pytest

from capphep.crm.models import Customer
from capphep.identity.actions import Person, ensure_account
from capphep.identity.models import AccountLink, AdminAccount
from capphep.identity.states import AccountStatus
from tests import factories
from tests.factories import SmallCatalogue


@pytest.fixture
def customer(catalogue: SmallCatalogue) -> Customer:
    return factories.customer()


def ensured(
    customer: Customer, catalogue: SmallCatalogue, name: str, email: str, phone: str
) -> AccountLink:
    person = Person(name, email, phone)
    link, _ = ensure_account(
        person=person, customer=customer, product=catalogue.igov, request_no="YC-2026-000001"
    )
    return link


def test_a_person_whom_nobody_knows_waits_to_be_told(
    customer: Customer, catalogue: SmallCatalogue
) -> None:
    link = ensured(customer, catalogue, "Nguyễn Văn An", "an@example.vn", "0912345678")
    assert (link.status, link.account.email) == (AccountStatus.PENDING, "an@example.vn")
    assert link.account.next_at is not None


def test_an_account_with_the_same_phone_is_linked(
    customer: Customer, catalogue: SmallCatalogue
) -> None:
    known = AdminAccount.objects.create(full_name="Trần Thị Bình", phone="0912345678")
    link = ensured(customer, catalogue, "Bình", "binh@example.vn", "0912345678")
    assert (link.status, link.account) == (AccountStatus.PENDING, known)
    known.refresh_from_db()
    assert known.next_at is not None


def test_the_e_mail_is_the_same_in_capitals(customer: Customer, catalogue: SmallCatalogue) -> None:
    known = AdminAccount.objects.create(full_name="Trần Thị Bình", email="binh@example.vn")
    assert ensured(customer, catalogue, "Bình", "BINH@example.vn", "").account == known


def test_the_account_with_the_e_mail_wins_over_the_one_with_the_phone(
    customer: Customer, catalogue: SmallCatalogue
) -> None:
    AdminAccount.objects.create(full_name="Có số điện thoại", phone="0912345678")
    by_email = AdminAccount.objects.create(full_name="Có e-mail", email="an@example.vn")
    link = ensured(customer, catalogue, "An", "an@example.vn", "0912345678")
    assert link.account == by_email


def test_two_people_without_an_e_mail_are_two_accounts(
    customer: Customer, catalogue: SmallCatalogue
) -> None:
    ensured(customer, catalogue, "An", "", "0912345678")
    ensured(customer, catalogue, "Bình", "", "0987654321")
    assert AdminAccount.objects.count() == 2


def test_ensuring_again_changes_nothing(customer: Customer, catalogue: SmallCatalogue) -> None:
    first = ensured(customer, catalogue, "An", "an@example.vn", "")
    assert ensured(customer, catalogue, "An", "an@example.vn", "") == first
    assert AccountLink.objects.count() == 1


def test_what_was_given_up_begins_anew_with_the_next_approval(
    customer: Customer, catalogue: SmallCatalogue
) -> None:
    ensured(customer, catalogue, "An", "an@example.vn", "")
    AdminAccount.objects.update(next_at=None, failures=10, attempts=10, ended=10)
    other = factories.customer("1234568", "Trường Tiểu học Đông Hải")
    ensured(other, catalogue, "An", "an@example.vn", "")
    account = AdminAccount.objects.get()
    assert (account.next_at is None, account.failures) == (False, 0)
