from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.models import Contact, Customer
from capphep.platform.models import AuditEntry, User
from tests import factories, stories
from tests.conftest import signed_in
from tests.factories import SmallCatalogue
from tests.plumbing.sql_counts import Counter

HTMX = {"HTTP_HX_REQUEST": "true"}
TYPED = {
    "budget_code": "1234567",
    "name": "UBND Xã Đông Hải",
    "org_type": "commune",
    "public_unit_kind": "committee",
    "level": "4",
    "chapter_code": "805",
    "version": "1",
}


def url(name: str, *args: Any) -> str:
    return reverse(f"crm:{name}", args=args)


# --- the list ------------------------------------------------------------------------------------


def test_the_list_shows_what_a_salesperson_may_see(
    sales_client: Client,
    own_customer: Customer,
    pool_customer: Customer,
    team_customer: Customer,
    foreign_customer: Customer,
) -> None:
    text = sales_client.get(url("customer_list")).content.decode()
    for seen in (own_customer, pool_customer, team_customer):
        assert seen.name in text
    assert foreign_customer.name not in text


def test_the_list_is_searched_without_accents(
    sales_client: Client, own_customer: Customer, pool_customer: Customer
) -> None:
    text = sales_client.get(url("customer_list"), {"q": "dong hai"}).content.decode()
    assert own_customer.name in text
    assert pool_customer.name not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"active": "0"}, {"Trường THCS Mai Hạ"}),
        ({"active": "1"}, {"UBND Xã Đông Hải", "UBND Xã Yên Phong"}),
        ({"level": "2"}, {"UBND Xã Yên Phong"}),
        ({"kind": "education"}, {"Trường THCS Mai Hạ"}),
        ({"charge": "mine"}, {"UBND Xã Đông Hải"}),
        ({"charge": "pool"}, {"Trường THCS Mai Hạ"}),
        ({"charge": ["team", "pool"]}, None),
        ({"level": "9", "sort": "nothing", "after": "forged"}, None),
    ],
)
def test_the_list_is_filtered(
    sales_client: Client,
    own_customer: Customer,
    pool_customer: Customer,
    team_customer: Customer,
    query: dict[str, Any],
    found: set[str] | None,
) -> None:
    Customer.objects.filter(pk=pool_customer.pk).update(
        is_active=False, public_unit_kind="education"
    )
    Customer.objects.filter(pk=team_customer.pk).update(level=2)
    page = sales_client.get(url("customer_list"), query).context["page"]
    every = {own_customer.name, pool_customer.name, team_customer.name}
    assert {row.record.name for row in page.rows} == (every if found is None else found)


@pytest.mark.parametrize("sort", ["budget_code", "-name", "level", "-chapter_code", "province"])
def test_the_list_is_sorted_and_paged(sales_client: Client, db: None, sort: str) -> None:
    for number in range(60):
        factories.customer(f"1{number:06}", f"Xã {number:02}", chapter_code=f"8{number:02}")
    address, seen = f"{url('customer_list')}?sort={sort}", []
    while address:
        page = sales_client.get(address).context["page"]
        seen += [row.record.pk for row in page.rows]
        address = page.next_href
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.parametrize("rows", [1, 45])
def test_the_list_costs_the_same_whatever_its_length(
    salesperson: User, catalogue: SmallCatalogue, statements: Counter, rows: int
) -> None:
    for number in range(rows):
        customer = factories.customer(f"1{number:06}", f"Xã {number}", owner=salesperson)
        factories.owns(customer, catalogue.igov)
    client = signed_in(salesperson)
    with statements("crm.customers.list", at_most=8):
        assert "iGOV" in client.get(url("customer_list")).content.decode()


def test_the_list_as_a_fragment_is_the_table_alone(
    sales_client: Client, own_customer: Customer
) -> None:
    text = sales_client.get(url("customer_list"), **HTMX).content.decode()
    assert own_customer.name in text
    assert "<html" not in text


# --- a customer's page ---------------------------------------------------------------------------


def test_the_page_shows_data_people_products_orders_and_history(
    salesperson: User, sales_client: Client, own_customer: Customer, catalogue: SmallCatalogue
) -> None:
    factories.contact(own_customer, "Trần Thị Bình", position="Kế toán", phone="0912345678")
    factories.owns(own_customer, catalogue.igov)
    order = stories.ordered(own_customer, salesperson, [(catalogue.base, 1)])
    text = sales_client.get(url("customer", own_customer.pk)).content.decode()
    for shown in ("1234567", "Trần Thị Bình", "0912345678", "iGOV", order.order_no):
        assert shown in text
    assert f"{url('order_new')}?customer={own_customer.pk}" in text


def test_the_page_of_a_colleagues_customer_offers_no_change(
    sales_client: Client, team_customer: Customer
) -> None:
    response = sales_client.get(url("customer", team_customer.pk))
    assert all(item.disabled_reason for item in response.context["band"].actions)
    assert url("contact_new", team_customer.pk) not in response.content.decode()


def test_the_page_for_readers_has_no_function_menu(
    auditor_client: Client, own_customer: Customer
) -> None:
    response = auditor_client.get(url("customer", own_customer.pk))
    assert response.context["band"].actions == []


def test_the_page_links_the_governing_unit_only_for_who_may_see_it(
    sales_client: Client,
    officer_client: Client,
    own_customer: Customer,
    foreign_customer: Customer,
) -> None:
    Customer.objects.filter(pk=own_customer.pk).update(parent=foreign_customer)
    link = url("customer", foreign_customer.pk)
    assert link not in sales_client.get(url("customer", own_customer.pk)).content.decode()
    assert link in officer_client.get(url("customer", own_customer.pk)).content.decode()


def test_the_page_warns_of_an_unusual_budget_code(sales_client: Client, db: None) -> None:
    odd = factories.customer("9234567", "Đơn vị lạ")
    assert sales_client.get(url("customer", odd.pk)).context["is_unusual"]


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


# --- contacts ------------------------------------------------------------------------------------


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


# --- pickers -------------------------------------------------------------------------------------


def test_the_picker_says_what_a_customer_owns_and_why_one_cannot_be_chosen(
    sales_client: Client,
    own_customer: Customer,
    team_customer: Customer,
    foreign_customer: Customer,
    catalogue: SmallCatalogue,
) -> None:
    factories.owns(own_customer, catalogue.igov)
    rows = sales_client.get(url("customer_picker"), {"q": "ubnd"}).json()["results"]
    by_code = {row["code"]: row for row in rows}
    assert set(by_code) == {"1234567", "3333333"}
    assert "iGOV" in by_code["1234567"]["note"] and "31/12/2099" in by_code["1234567"]["note"]
    assert "reason" not in by_code["1234567"]
    assert "colleague" in by_code["3333333"]["reason"]


def test_the_picker_offers_twenty_with_the_exact_code_first(sales_client: Client, db: None) -> None:
    for number in range(30):
        factories.customer(f"1{number:06}", f"A 2222222 số {number}")
    factories.customer("2222222", "Z")
    rows = sales_client.get(url("customer_picker"), {"q": "2.222.222"}).json()["results"]
    assert len(rows) == 20
    assert rows[0]["code"] == "2222222"


def test_the_picker_leaves_out_who_is_no_longer_followed(
    sales_client: Client, own_customer: Customer
) -> None:
    Customer.objects.update(is_active=False)
    assert sales_client.get(url("customer_picker"), {"q": "ubnd"}).json() == {"results": []}


@pytest.mark.parametrize("asked", ["", "\x00", "%", "'", "x" * 1000, "🙂"])
def test_the_picker_reads_anything(sales_client: Client, db: None, asked: str) -> None:
    for picker in ("customer_picker", "parent_picker", "project_picker", "opportunity_picker"):
        assert sales_client.get(url(picker), {"q": asked}).status_code == 200


def test_governing_units_may_be_a_colleagues(sales_client: Client, team_customer: Customer) -> None:
    (row,) = sales_client.get(url("parent_picker"), {"q": "3333333"}).json()["results"]
    assert "reason" not in row


@pytest.mark.parametrize("rows", [1, 30])
def test_the_picker_costs_the_same_whatever_it_finds(
    sales_client: Client, catalogue: SmallCatalogue, statements: Counter, rows: int
) -> None:
    for number in range(rows):
        factories.owns(factories.customer(f"1{number:06}", f"Xã {number}"), catalogue.igov)
    sales_client.get(url("customer_picker"))
    with statements("crm.customers.picker", at_most=6):
        sales_client.get(url("customer_picker"), {"q": "xa"})
