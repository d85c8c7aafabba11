"""What a unit was known by before, and who carries on its work (D3)."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from capphep.crm.actions.codes import FormerInput, add_former_code, set_successor
from capphep.crm.actions.customers import create_customer
from capphep.crm.models import Customer, CustomerCode
from capphep.crm.queries.customers import search_customers
from capphep.platform.audit import entries_of
from capphep.platform.models import User
from capphep.platform.versions import Stale
from capphep.pure.errors import Forbidden, Invalid, Invalids
from tests.conftest import signed_in
from tests.crm.conftest import typed_customer
from tests.integration.apis import program
from tests.plumbing.races import losers, race, winners

JULY = datetime.date(2025, 7, 1)
OLD = FormerInput(
    kind="budget_code", value="1.999.999", last_day=JULY, reason="Nghị quyết 1656/NQ-UBTVQH15"
)


def test_a_former_code_is_kept_found_over_the_api_and_never_given_again(
    salesperson: User, own_customer: Customer
) -> None:
    made = add_former_code(actor=salesperson, customer_id=own_customer.pk, typed=OLD)
    assert (made.value, made.key) == ("1999999", "1999999")
    assert entries_of(own_customer)[0].verb == "former_code_added"
    api = program(salesperson)
    assert api.get("/customers/1999999").json()["budget_code"] == "1234567"
    [shown] = api.get("/customers/1234567/former-codes").json()
    assert (shown["value"], shown["last_day"]) == ("1999999", "2025-07-01")
    with pytest.raises(Invalids) as refused:
        create_customer(actor=salesperson, typed=typed_customer(budget_code="1999999"))
    assert refused.value.refusals[0].code == "budget_code_taken"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (FormerInput(kind="budget_code", value="12"), "budget_code_digits"),
        (FormerInput(kind="budget_code", value="1234567"), "former_code_taken"),
        (FormerInput(kind="tax_code", value="0100109107"), "tax_code_check"),
        (FormerInput(kind="name", value=" "), "required"),
        (FormerInput(kind="moon", value="x"), "required"),
        (
            FormerInput(kind="name", value="x", first_day=JULY, last_day=datetime.date(2025, 6, 1)),
            "former_code_backwards",
        ),
    ],
)
def test_what_is_no_former_code_is_refused(
    salesperson: User, own_customer: Customer, typed: FormerInput, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_former_code(actor=salesperson, customer_id=own_customer.pk, typed=typed)
    assert refused.value.code == code


def test_a_colleagues_unit_keeps_its_history(salesperson: User, team_customer: Customer) -> None:
    with pytest.raises(Forbidden):
        add_former_code(actor=salesperson, customer_id=team_customer.pk, typed=OLD)


def test_a_successor_is_named_with_its_day_and_never_in_a_circle(
    salesperson: User, own_customer: Customer, pool_customer: Customer
) -> None:
    def succeed(one: Customer, other: Customer, version: int = 1) -> Customer:
        return set_successor(
            actor=salesperson,
            customer_id=one.pk,
            seen_version=version,
            successor_id=other.pk,
            day=JULY,
        )

    succeed(own_customer, pool_customer)
    with pytest.raises(Stale):
        set_successor(
            actor=salesperson,
            customer_id=own_customer.pk,
            seen_version=1,
            successor_id=None,
            day=None,
        )
    with pytest.raises(Invalid) as refused:
        succeed(pool_customer, own_customer)
    assert refused.value.code == "successor_circle"
    shown = program(salesperson).get("/customers/1234567").json()
    assert (shown["successor"], shown["succeeded_on"]) == ("2222222", "2025-07-01")


def test_the_page_tells_the_history_and_its_dialogs_write_it(
    sales_client: Client, own_customer: Customer, pool_customer: Customer
) -> None:
    former = reverse("crm:former_code_new", args=[own_customer.pk])
    assert sales_client.get(former).status_code == 200
    typed = {"kind": "name", "value": "UBND Xã Đông Hà", "last_day": "30/06/2025"}
    assert sales_client.post(former, {**typed, "value": ""}).status_code == 422
    assert sales_client.post(former, typed).status_code in (200, 204, 302)
    successor = reverse("crm:customer_successor", args=[own_customer.pk])
    assert sales_client.get(successor).status_code == 200
    chosen = {"successor": str(pool_customer.pk), "version": "1"}
    assert sales_client.post(successor, chosen).status_code == 422
    chosen["succeeded_on"] = "01/07/2025"
    assert sales_client.post(successor, chosen).status_code in (200, 204, 302)
    page = sales_client.get(reverse("crm:customer", args=[own_customer.pk])).content.decode()
    assert "UBND Xã Đông Hà" in page
    assert "01/07/2025" in page
    carried = sales_client.get(reverse("crm:customer", args=[pool_customer.pk])).content.decode()
    assert str(own_customer) in carried


@pytest.mark.django_db(transaction=True)
def test_of_two_who_note_one_code_for_two_units_one_does(
    transactional_db: None, salesperson: User, own_customer: Customer, pool_customer: Customer
) -> None:
    outcomes = race(
        [
            lambda: add_former_code(actor=salesperson, customer_id=own_customer.pk, typed=OLD),
            lambda: add_former_code(actor=salesperson, customer_id=pool_customer.pk, typed=OLD),
        ]
    )
    assert (len(winners(outcomes)), len(losers(outcomes))) == (1, 1)
    assert CustomerCode.objects.count() == 1


# --- finding -------------------------------------------------------------------------------------


def _noted(actor: User, customer: Customer, kind: str, value: str) -> None:
    typed = FormerInput(kind=kind, value=value, last_day=JULY)
    add_former_code(actor=actor, customer_id=customer.pk, typed=typed)


def test_an_exact_former_code_or_name_finds_the_unit_of_today(
    sales_client: Client, salesperson: User, own_customer: Customer, pool_customer: Customer
) -> None:
    _noted(salesperson, own_customer, "budget_code", "1999999")
    _noted(salesperson, own_customer, "tax_code", "0100109106")
    _noted(salesperson, own_customer, "name", "UBND Xã Bãi Thơm")
    page = f"/crm/customers/{own_customer.pk}/"
    for text in ("1.999.999", "0100109106", "ubnd xa bai thom"):
        groups = sales_client.get("/search/suggestions", {"q": text}).json()["groups"]
        [hit] = [hit for group in groups for hit in group["hits"]]
        assert (hit["url"], hit["exact"]) == (page, True), text
        listed = sales_client.get("/crm/customers/", {"q": text}).content.decode()
        assert page in listed and f"/crm/customers/{pool_customer.pk}/" not in listed
        picked = sales_client.get("/crm/customers/picker", {"q": text}).json()["results"]
        assert [row["value"] for row in picked] == [own_customer.pk]
    # Half a former name is no former name, and what nobody may know of stays unknown.
    assert not list(search_customers(Customer.objects.all(), "bãi thơm"))


def test_a_former_code_of_somebody_elses_unit_is_not_found(
    salesperson: User, own_customer: Customer, other_salesperson: User
) -> None:
    _noted(salesperson, own_customer, "budget_code", "1999999")
    other = signed_in(other_salesperson)
    assert other.get("/search/suggestions", {"q": "1999999"}).json()["groups"] == []


def test_over_the_api_a_sale_names_the_unit_by_a_former_code(
    salesperson: User, own_customer: Customer
) -> None:
    _noted(salesperson, own_customer, "budget_code", "1999999")
    api = program(salesperson)
    made = api.post("/opportunities", {"name": "Mua thêm", "customer": "1999999"})
    assert made.json()["customer"] == "1234567"
