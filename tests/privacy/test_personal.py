"""Who sees phones and e-mails in full, and what the access log keeps of it."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from capphep.crm.models import Contact, Customer
from capphep.platform import clock, personal
from capphep.platform.models import OptionValue, PersonalAccess, Team, User
from capphep.privacy.actions import forget_old_access
from capphep.privacy.rules import access_kept_from
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
PHONE, EMAIL = "0912345612", "nam@example.vn"


@pytest.fixture
def customer(north: Team, salesperson: User) -> Customer:
    customer = factories.customer(owner=salesperson, phone="0225312345")
    Contact.objects.create(customer=customer, full_name="Nam", phone=PHONE, email=EMAIL)
    return customer


def page_of(client: Client, customer: Customer) -> str:
    return client.get(f"/crm/customers/{customer.pk}/").content.decode()


@pytest.mark.parametrize("who", ["sales_client", "manager_client", "officer_client"])
def test_who_works_with_people_sees_them_in_full_and_is_noted_once_a_day(
    who: str, customer: Customer, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(who)
    for _ in range(2):
        page = page_of(client, customer)
        assert PHONE in page
        assert EMAIL in page
    noted = PersonalAccess.objects.order_by("subject_type").values_list("subject_type", "kind")
    assert list(noted) == [("contact", "view"), ("customer", "view")]


def test_an_auditor_sees_them_masked_and_shows_one_by_a_click(
    auditor_client: Client, customer: Customer, auditor: User
) -> None:
    page = page_of(auditor_client, customer)
    assert PHONE not in page
    assert EMAIL not in page
    assert "09** *** *12" in page
    assert "n***@…" in page
    assert not PersonalAccess.objects.exists()
    addresses = re.findall(r'hx-post="(/privacy/reveal/contact/[^"]+)"', page)
    assert [auditor_client.post(url).content.decode() for url in addresses] == [
        f"<span>{PHONE}</span>",
        f"<span>{EMAIL}</span>",
    ]
    entry = PersonalAccess.objects.get()
    assert (entry.person, entry.kind, entry.subject_type) == (auditor, "reveal", "contact")


def test_an_administrator_decides_which_roles_do(
    officer_client: Client, auditor_client: Client, customer: Customer
) -> None:
    OptionValue.objects.create(key="personal_full_roles", value=["auditor"])
    OptionValue.objects.create(key="personal_reveal_roles", value=[])
    assert PHONE in page_of(auditor_client, customer)
    page = page_of(officer_client, customer)
    assert PHONE not in page
    assert "/privacy/reveal/" not in page
    contact = Contact.objects.get()
    assert officer_client.post(f"/privacy/reveal/contact/{contact.pk}/phone").status_code == 403


@pytest.mark.parametrize(
    "address", ["contact/{}/full_name", "contact/999999/phone", "user/1/password", "contact/{}/x"]
)
def test_nothing_else_is_revealed(address: str, auditor_client: Client, customer: Customer) -> None:
    url = f"/privacy/reveal/{address.format(Contact.objects.get().pk)}"
    assert auditor_client.post(url).status_code == 404
    assert auditor_client.get(url).status_code == 405


def test_nobody_reveals_what_they_may_not_know_of(
    customer: Customer, salesperson: User, other_salesperson: User
) -> None:
    Customer.objects.update(team=salesperson.team)
    url = f"/privacy/reveal/contact/{Contact.objects.get().pk}/phone"
    assert signed_in(other_salesperson).post(url).status_code == 404
    assert not PersonalAccess.objects.exists()
    assert signed_in(salesperson).post(url).status_code == 200


def test_while_seeing_as_somebody_else_all_is_masked_and_nothing_noted(
    admin_client: Client, salesperson: User, customer: Customer
) -> None:
    admin_client.post(f"/users/{salesperson.pk}/preview")
    page = page_of(admin_client, customer)
    assert PHONE not in page
    assert "/privacy/reveal/" not in page
    assert not PersonalAccess.objects.exists()


def test_where_nobody_looks_nothing_is_masked_and_nothing_noted(customer: Customer) -> None:
    contact = Contact.objects.get()
    assert personal.of_record(contact, "phone") == PHONE
    assert personal.email(EMAIL) == EMAIL
    assert personal.phone(None) == ""
    assert not PersonalAccess.objects.exists()


def test_exports_are_noted_each_time(salesperson: User) -> None:
    for _ in range(2):
        personal.note_export(salesperson, "crm.customers", 3418)
    names = PersonalAccess.objects.values_list("subject_no", flat=True)
    assert list(names) == ["crm.customers (3418)"] * 2


def test_the_log_is_read_by_those_who_audit(
    admin_client: Client, sales_client: Client, auditor_client: Client, customer: Customer
) -> None:
    page_of(sales_client, customer)
    for client in (admin_client, auditor_client):
        page = client.get("/privacy/access/").content.decode()
        assert "Xem trên màn hình" in page
        assert "Nam" in page
    assert sales_client.get("/privacy/access/").status_code == 403


def test_the_database_lets_only_old_entries_go(customer: Customer, sales_client: Client) -> None:
    page_of(sales_client, customer)
    for change in (
        lambda: PersonalAccess.objects.update(subject_no="nobody"),
        lambda: PersonalAccess.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert PersonalAccess.objects.count() == 2


def test_what_is_older_than_the_option_says_is_removed(salesperson: User) -> None:
    today = clock.today()
    months = [0, 11, 23, 25, 40]
    PersonalAccess.objects.bulk_create(
        PersonalAccess(
            person=salesperson,
            kind="view",
            day=access_kept_from(today, each),
            subject_type="customer",
            subject_id=each,
        )
        for each in months
    )
    assert forget_old_access(day=today) == 2
    assert forget_old_access(day=today) == 0
    OptionValue.objects.create(key="personal_access_months", value=12)
    assert forget_old_access(day=today) == 1
    left = PersonalAccess.objects.order_by("subject_id").values_list("subject_id", flat=True)
    assert list(left) == [0, 11]


@pytest.mark.once
def test_months_are_counted_back_over_the_turn_of_the_year() -> None:
    assert access_kept_from(datetime.date(2026, 2, 28), 24) == datetime.date(2024, 2, 28)
    assert access_kept_from(datetime.date(2026, 1, 31), 12) == datetime.date(2025, 1, 28)
    assert access_kept_from(datetime.date(2026, 3, 5), 15) == datetime.date(2024, 12, 5)
