"""The people at a customer, on their dialogs."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client

from capphep.crm.models import Customer
from capphep.platform.models import AuditEntry
from tests import factories
from tests.crm.posted import HTMX, url


def test_a_contact_is_entered_changed_and_set_aside(
    sales_client: Client, own_customer: Customer
) -> None:
    typed = {"full_name": "Lê Thị Hoa", "phone": "0912 345 678", "token": str(uuid4())}
    for _ in range(2):
        added = sales_client.post(url("contact_new", own_customer.pk), typed, **HTMX)
        assert added.status_code == 204
    contact = own_customer.contacts.get()
    edit = url("contact_edit", own_customer.pk, contact.pk)
    assert "Lê Thị Hoa" in sales_client.get(edit, **HTMX).content.decode()
    changed = {"full_name": "Lê Thị Hoa", "position": "Kế toán trưởng", "is_active": "on"}
    assert sales_client.post(edit, changed | {"version": "1"}, **HTMX).status_code == 204
    left = {"full_name": "Lê Thị Hoa", "position": "Kế toán trưởng"}
    assert sales_client.post(edit, left | {"version": "2"}, **HTMX).status_code == 204
    contact.refresh_from_db()
    assert (contact.position, contact.phone, contact.is_active) == ("Kế toán trưởng", "", False)
    assert sales_client.post(edit, changed | {"version": "3"}, **HTMX).status_code == 204
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["contact_added", "contact_edited", "contact_deactivated", "contact_added"]


def test_a_wrong_contact_comes_back_in_its_dialog(
    sales_client: Client, own_customer: Customer
) -> None:
    wrong = {"full_name": "", "phone": "12", "email": "x"}
    response = sales_client.post(url("contact_new", own_customer.pk), wrong, **HTMX)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"full_name", "phone", "email"}


def test_the_later_of_two_who_edit_a_contact_is_told(
    sales_client: Client, own_customer: Customer
) -> None:
    contact = factories.contact(own_customer)
    edit = url("contact_edit", own_customer.pk, contact.pk)
    typed = {"is_active": "on", "version": "1"}
    sales_client.post(edit, typed | {"full_name": "Tên một"}, **HTMX)
    response = sales_client.post(edit, typed | {"full_name": "Tên hai"}, **HTMX)
    assert response.status_code == 409
    (difference,) = response.context["conflict"].differences
    assert (difference.theirs, difference.yours) == ("Tên một", "Tên hai")


def test_a_contact_of_another_customer_is_not_found(
    sales_client: Client, own_customer: Customer, pool_customer: Customer
) -> None:
    contact = factories.contact(pool_customer)
    response = sales_client.get(url("contact_edit", own_customer.pk, contact.pk))
    assert response.status_code == 404
