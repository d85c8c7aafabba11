"""One unit is entered once (D1): the warning on the form, over the API, in files; pairs."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from capphep.crm.actions.customers import create_customer, edit_customer
from capphep.crm.actions.duplicates import PossibleDuplicates, dismiss_pair, find_pairs
from capphep.crm.duplicate_rules import Confirmed, name_key, place_key
from capphep.crm.imports.customers import import_customers
from capphep.crm.imports.rows import SheetRow
from capphep.crm.models import Customer, DuplicatePair
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.platform.roles import SYSTEM
from capphep.pure.errors import Forbidden, NotFound
from tests.conftest import signed_in
from tests.crm.conftest import typed_customer
from tests.integration.apis import program
from tests.integration.test_api_basics import assert_problem

TAX = "0100109106"
SCHOOL = {"name": "Trường Mầm non Hoa Sen", "province": "Tỉnh Nghệ An", "commune": "Xã Nghi Lộc"}
AGAIN = {"name": "TRƯỜNG MẦM NON  “HOA SEN”", "province": "Nghệ An", "commune": "Nghi Lộc"}


@pytest.fixture
def school(other_salesperson: User) -> Customer:
    """A customer of another team."""
    return create_customer(
        actor=other_salesperson, typed=typed_customer(budget_code="1111111", tax_code=TAX, **SCHOOL)
    )


def test_accents_punctuation_and_the_kind_of_place_make_no_other_unit() -> None:
    assert name_key(SCHOOL["name"], "TP. Huế") == name_key(AGAIN["name"], "Thành phố Huế")
    assert place_key("Xã Nghi Lộc") == place_key("nghi loc") == "nghi loc"
    assert name_key("Trường Mầm non Hoa Sen", "") == ""


def test_who_enters_a_unit_again_is_shown_it_whatever_team_has_it(
    salesperson: User, school: Customer
) -> None:
    with pytest.raises(PossibleDuplicates) as asked:
        create_customer(actor=salesperson, typed=typed_customer(**AGAIN))
    assert asked.value.codes == ["1111111"]
    elsewhere = typed_customer(**AGAIN | {"commune": "Xã Diễn Châu"})
    assert create_customer(actor=salesperson, typed=elsewhere).pk


def test_a_confirmed_unit_is_entered_and_the_pair_is_kept(
    salesperson: User, school: Customer
) -> None:
    seen = Confirmed(frozenset({"1111111"}))
    made = create_customer(actor=salesperson, typed=typed_customer(**AGAIN), confirmed=seen)
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.alike) == (school, made, "name")


def test_what_was_not_shown_is_not_confirmed(salesperson: User, school: Customer) -> None:
    other = Confirmed(frozenset({"2222222"}))
    with pytest.raises(PossibleDuplicates):
        create_customer(actor=salesperson, typed=typed_customer(**AGAIN), confirmed=other)


def test_the_same_tax_code_wants_a_reason(salesperson: User, school: Customer) -> None:
    typed = typed_customer(tax_code=TAX)
    with pytest.raises(PossibleDuplicates) as asked:
        create_customer(actor=salesperson, typed=typed, confirmed=Confirmed(frozenset({"1111111"})))
    assert asked.value.field == "duplicate_reason"
    said = Confirmed(frozenset({"1111111"}), "Dùng chung mã số thuế của xã")
    create_customer(actor=salesperson, typed=typed, confirmed=said)
    assert DuplicatePair.objects.get().reason == "Dùng chung mã số thuế của xã"


def test_one_that_is_no_longer_followed_is_no_duplicate(
    salesperson: User, school: Customer
) -> None:
    Customer.objects.update(is_active=False)
    assert create_customer(actor=salesperson, typed=typed_customer(**AGAIN)).pk


def test_an_edit_asks_only_where_it_makes_them_alike(salesperson: User, school: Customer) -> None:
    made = create_customer(actor=salesperson, typed=typed_customer(**AGAIN | {"commune": "Khác"}))
    with pytest.raises(PossibleDuplicates):
        edit_customer(
            actor=salesperson, customer_id=made.pk, seen_version=1, typed=typed_customer(**AGAIN)
        )
    seen = Confirmed(frozenset({"1111111"}))
    edit_customer(
        actor=salesperson,
        customer_id=made.pk,
        seen_version=1,
        typed=typed_customer(**AGAIN),
        confirmed=seen,
    )
    noted = typed_customer(**AGAIN, note="Gọi lại")
    assert (
        edit_customer(actor=salesperson, customer_id=made.pk, seen_version=2, typed=noted).version
        == 3
    )


# --- the form ------------------------------------------------------------------------------------


def _form(**changes: str) -> dict[str, str]:
    values = {
        "budget_code": "1234567",
        "org_type": "commune",
        "public_unit_kind": "education",
        "level": "4",
        **AGAIN,
    }
    return values | changes


def test_the_form_shows_who_it_may_be_and_saves_once_that_is_denied(
    sales_client: Client, school: Customer
) -> None:
    address = reverse("crm:customer_new")
    asked = sales_client.post(address, _form())
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "1111111 · Trường Mầm non Hoa Sen" in page
    # It is another team's: named, with who is in charge, and not opened.
    assert reverse("crm:customer", args=[school.pk]) not in page
    assert school.owner and school.owner.full_name in page
    assert TAX not in page
    saved = sales_client.post(address, _form(confirm="1111111", is_other_unit="on"))
    assert saved.status_code == 302
    assert Customer.objects.filter(budget_code="1234567").exists()


def test_the_form_keeps_the_question_until_a_reason_is_given(
    sales_client: Client, school: Customer
) -> None:
    typed = _form(name="Tên khác", tax_code=TAX, confirm="1111111", is_other_unit="on")
    asked = sales_client.post(reverse("crm:customer_new"), typed)
    assert asked.status_code == 409
    assert "id_duplicate_reason_error" in asked.content.decode()


def test_while_one_types_the_form_says_who_it_may_be(
    sales_client: Client, auditor_client: Client, school: Customer
) -> None:
    address = reverse("crm:customer_alike")
    shown = sales_client.get(address, {**AGAIN, "budget_code": "1.111.111"}).content.decode()
    assert shown.count("Trường Mầm non Hoa Sen") == 2
    assert "record-note" not in sales_client.get(address, {"name": "x"}).content.decode()
    assert (
        "record-note"
        not in sales_client.get(address, {**AGAIN, "apart_from": str(school.pk)}).content.decode()
    )
    assert auditor_client.get(address).status_code == 403


# --- over the API --------------------------------------------------------------------------------


def test_the_api_answers_409_with_what_to_confirm(salesperson: User, school: Customer) -> None:
    api = program(salesperson)
    body = {
        "budget_code": "1234567",
        "org_type": "commune",
        "public_unit_kind": "education",
        "tax_code": TAX,
        **AGAIN,
    }
    asked = api.post("/customers", body)
    assert_problem(asked, 409, "possible_duplicate", "/confirm")
    assert asked.json()["confirm"] == ["1111111"]
    assert asked.json()["customers"][0]["alike"] == "tax_code"
    body["confirm"] = asked.json()["confirm"]
    assert_problem(api.post("/customers", body), 409, "possible_duplicate", "/confirm_reason")
    made = api.post("/customers", {**body, "confirm_reason": "Đơn vị hạch toán phụ thuộc"})
    assert made.status_code == 201
    changed = api.patch("/customers/1234567", {"tax_code": ""}, if_match=made["ETag"])
    assert_problem(changed, 409, "possible_duplicate", "/confirm")


# --- files ---------------------------------------------------------------------------------------


def _row(number: int, **cells: str) -> SheetRow:
    said = {"org_type": "Đơn vị HCSN cấp Xã/Phường", "public_unit_kind": "Các đơn vị khác"}
    return SheetRow(number, {**said, **cells})


def test_a_row_that_may_be_a_unit_that_is_there_enters_and_the_pair_is_noted(
    school: Customer,
) -> None:
    rows = [
        _row(2, budget_code="2000001", **AGAIN),
        _row(3, budget_code="2000002", **AGAIN, not_same_as="1111111"),
        _row(4, budget_code="2000003", **AGAIN, not_same_as="1111111"),
        _row(5, budget_code="1111111", **SCHOOL),
        _row(6, budget_code="2000004", name="Khác", tax_code=TAX),
        _row(7, budget_code="2000005", name="Khác", tax_code=TAX, not_same_as="1111111"),
    ]
    outcome = import_customers(actor=SYSTEM, rows=rows)
    assert (len(outcome.rejected), outcome.created) == (0, 5)
    pairs = DuplicatePair.objects.values_list("first__budget_code", "second__budget_code")
    assert sorted(pairs) == [
        ("1111111", "2000001"),
        ("1111111", "2000004"),
        ("2000001", "2000002"),
        ("2000001", "2000003"),
        ("2000002", "2000003"),
        ("2000004", "2000005"),
    ]


# --- pairs ---------------------------------------------------------------------------------------


@pytest.fixture
def pair(salesperson: User, school: Customer) -> DuplicatePair:
    seen = Confirmed(frozenset({"1111111"}))
    create_customer(actor=salesperson, typed=typed_customer(**AGAIN), confirmed=seen)
    return DuplicatePair.objects.get()


def test_who_may_merge_sees_the_pairs_and_dismisses_one(
    manager: User, administrator: User, pair: DuplicatePair
) -> None:
    for user in (manager, administrator):
        page = signed_in(user).get(reverse("crm:duplicate_list"))
        assert page.status_code == 200
        assert "1111111" in page.content.decode()
    client = signed_in(manager)
    address = reverse("crm:duplicate_dismiss", args=[pair.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "Hai cơ sở"}).status_code in (200, 302)
    pair.refresh_from_db()
    assert (pair.is_open, pair.dismiss_reason) == (False, "Hai cơ sở")
    assert entries_of(pair.first)[0].verb == entries_of(pair.second)[0].verb
    assert client.get(address).status_code == 404


def test_pairs_are_for_who_may_merge_and_knows_both(
    salesperson: User, officer: User, team_manager: User, pair: DuplicatePair
) -> None:
    for user in (salesperson, officer):
        assert signed_in(user).get(reverse("crm:duplicate_list")).status_code == 403
        with pytest.raises(Forbidden):
            dismiss_pair(actor=user, pair_id=pair.pk, reason="x")
    with pytest.raises(NotFound):
        dismiss_pair(actor=team_manager, pair_id=pair.pk, reason="x")


def test_pairs_from_before_are_found_once(pair: DuplicatePair) -> None:
    DuplicatePair.objects.all().delete()
    assert find_pairs() == 1
    call_command("find_duplicates")
    assert DuplicatePair.objects.count() == 1
