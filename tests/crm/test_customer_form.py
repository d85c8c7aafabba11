"""A customer entered and edited on its form."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client

from capphep.crm.models import Contact, Customer
from capphep.platform.models import AuditEntry, User
from tests.crm.posted import HTMX, TYPED, url

# --- entering ------------------------------------------------------------------------------------


def test_a_customer_is_entered_with_a_first_contact(
    sales_client: Client, salesperson: User
) -> None:
    typed = TYPED | {
        "budget_code": "1.234.567",
        "contact_name": "Nguyễn Văn An",
        "contact_phone": "+84 912 345 678",
    }
    response = sales_client.post(url("customer_new"), typed)
    customer = Customer.objects.get()
    assert response.headers["Location"] == url("customer", customer.pk)
    assert customer.owner == salesperson
    contact = customer.contacts.get()
    assert (contact.full_name, contact.phone) == ("Nguyễn Văn An", "0912345678")


def test_a_contact_without_a_name_is_told_at_its_field(sales_client: Client, db: None) -> None:
    response = sales_client.post(url("customer_new"), TYPED | {"contact_phone": "0912345678"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"contact_name"}
    assert not Customer.objects.exists()


def test_a_wrong_form_comes_back_with_everything_typed_and_each_error(
    sales_client: Client, db: None
) -> None:
    wrong = TYPED | {"budget_code": "123", "name": "", "tax_code": "1", "address": "Số 5"}
    response = sales_client.post(url("customer_new"), wrong)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"budget_code", "name", "tax_code"}
    text = response.content.decode()
    assert 'value="Số 5"' in text
    assert "data-errors" in text


def test_a_province_that_does_not_exist_is_told_with_the_one_that_is_near(
    sales_client: Client, db: None
) -> None:
    typed = TYPED | {"province": "Hà Tĩn", "name": ""}
    response = sales_client.post(url("customer_new"), typed)
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {"name", "province"} and "“Hà Tĩnh”" in errors["province"][0]
    assert '<option value="Hà Tĩnh">' in response.content.decode()


def test_a_province_from_before_it_was_checked_may_stay(
    sales_client: Client, own_customer: Customer
) -> None:
    Customer.objects.update(province="Sài Gòn")
    typed = TYPED | {"province": "Sài Gòn", "address": "Số 1"}
    assert sales_client.post(url("customer_edit", own_customer.pk), typed).status_code == 302
    own_customer.refresh_from_db()
    assert (own_customer.province, own_customer.address) == ("Sài Gòn", "Số 1")


def test_a_chapter_of_another_level_is_told_at_its_field(sales_client: Client, db: None) -> None:
    response = sales_client.post(url("customer_new"), TYPED | {"chapter_code": "412"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"chapter_code"}
    assert "Tỉnh" in response.context["form"].errors["chapter_code"][0]


def test_a_taken_budget_code_is_told_at_its_field(
    sales_client: Client, team_customer: Customer
) -> None:
    response = sales_client.post(url("customer_new"), TYPED | {"budget_code": "3333333"})
    assert response.status_code == 422
    assert "UBND Xã Yên Phong" in response.context["form"].errors["budget_code"][0]


def test_an_unusual_first_digit_is_saved_with_a_warning(sales_client: Client, db: None) -> None:
    typed = TYPED | {"budget_code": "9234567"}
    response = sales_client.post(url("customer_new"), typed, follow=True)
    assert response.status_code == 200
    (message,) = response.context["messages"]
    assert message.level_tag == "warning"


def test_a_double_click_enters_one_customer(sales_client: Client, db: None) -> None:
    typed = TYPED | {"token": str(uuid4()), "contact_name": "Nguyễn Văn An"}
    answers = [sales_client.post(url("customer_new"), typed) for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Customer.objects.count() == Contact.objects.count() == 1


def test_the_abolished_level_is_not_offered(sales_client: Client, db: None) -> None:
    choices = sales_client.get(url("customer_new")).context["form"].fields["level"].choices
    assert [value for value, _ in choices] == [1, 2, 4]


# --- editing -------------------------------------------------------------------------------------


def test_an_edit_is_saved_and_told(sales_client: Client, own_customer: Customer) -> None:
    response = sales_client.post(
        url("customer_edit", own_customer.pk), TYPED | {"name": "Tên mới"}, follow=True
    )
    assert response.redirect_chain[0][0] == url("customer", own_customer.pk)
    assert "Tên mới" in response.content.decode()
    assert AuditEntry.objects.get().verb == "edited"


def test_the_later_of_two_editors_sees_the_difference_and_keeps_what_was_typed(
    sales_client: Client, own_customer: Customer, salesperson: User
) -> None:
    page = url("customer_edit", own_customer.pk)
    sales_client.post(page, TYPED | {"name": "Tên của người kia"})
    mine = TYPED | {"address": "Số 7", "sector": ""}
    response = sales_client.post(page, mine)
    assert response.status_code == 409
    conflict = response.context["conflict"]
    assert conflict.who == salesperson.full_name
    told = {str(each.label): (each.theirs, each.yours) for each in conflict.differences}
    assert told == {
        "Tên khách hàng": ("Tên của người kia", "UBND Xã Đông Hải"),
        "Địa chỉ": ("", "Số 7"),
    }
    assert 'value="Số 7"' in response.content.decode()
    assert response.context["form"]["version"].value() == "2"
    again = sales_client.post(page, mine | {"version": "2"})
    assert again.status_code == 302
    own_customer.refresh_from_db()
    assert (own_customer.name, own_customer.address) == ("UBND Xã Đông Hải", "Số 7")


def test_the_budget_code_is_read_only_on_the_form_and_guarded(
    sales_client: Client, own_customer: Customer
) -> None:
    page = url("customer_edit", own_customer.pk)
    assert "readonly" in str(sales_client.get(page).context["form"]["budget_code"])
    response = sales_client.post(page, TYPED | {"budget_code": "1234568"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"budget_code"}


def test_a_form_typed_while_the_session_ended_comes_back_after_signing_in(
    sales_client: Client, own_customer: Customer, salesperson: User
) -> None:
    page = url("customer_edit", own_customer.pk)
    sales_client.get(page)
    del sales_client.cookies["sessionid"]
    sales_client.post(page, TYPED | {"name": "Gõ dở", "version": "1"})
    sales_client.force_login(salesperson, backend="capphep.platform.backends.People")
    response = sales_client.get(page)
    assert response.context["was_kept"]
    assert response.context["form"]["name"].value() == "Gõ dở"
    assert not sales_client.get(page).context["was_kept"]


def test_following_stops_after_a_question_and_begins_again(
    sales_client: Client, own_customer: Customer
) -> None:
    stop = url("customer_deactivate", own_customer.pk)
    assert "UBND Xã Đông Hải" in sales_client.get(stop, **HTMX).content.decode()
    own_customer.refresh_from_db()
    assert own_customer.is_active
    response = sales_client.post(stop, **HTMX)
    assert response.status_code == 204
    assert "record-changed" in response.headers["HX-Trigger"]
    own_customer.refresh_from_db()
    assert not own_customer.is_active
    again = url("customer_reactivate", own_customer.pk)
    assert sales_client.get(again).status_code == 302
    assert sales_client.post(again).status_code == 302
    own_customer.refresh_from_db()
    assert own_customer.is_active
