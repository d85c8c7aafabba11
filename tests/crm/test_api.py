"""Contacts, opportunities, projects and orders over the API."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from capphep.crm.models import Contact, Customer, Opportunity, Order, SalesProject
from capphep.platform import clock
from capphep.platform.models import User
from capphep.pure.folding import fold
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, program
from tests.integration.test_api_basics import assert_problem


@pytest.fixture
def crm(salesperson: User) -> Program:
    return program(salesperson)


@pytest.fixture
def unit(salesperson: User, catalogue: SmallCatalogue) -> Customer:
    """A unit that owns iGOV, with a person there."""
    made = factories.customer(owner=salesperson, team=salesperson.team)
    factories.contact(made, "Nguyễn Văn An", phone="0912345678", email="an@example.vn")
    stories.opened(made, catalogue)
    return made


def add_on(**changes: Any) -> dict[str, Any]:
    lines = [{"sku": "IGOV-VPS-50", "quantity": 2}, {"sku": "IGOV-KT-1", "quantity": 1}]
    return {"customer": "1234567", "lines": lines, **changes}


# --- contacts ------------------------------------------------------------------------------------


def test_a_person_is_entered_read_and_changed(crm: Program, unit: Customer) -> None:
    made = crm.post("/customers/1234567/contacts", {"full_name": " Trần  Thị Bình "})
    assert (made.status_code, made.json()["full_name"]) == (201, "Trần Thị Bình")
    path = made["Location"].removeprefix("/api/v1")
    assert crm.get(path).json() == made.json()
    changed = crm.patch(path, {"is_active": False}, if_match=made["ETag"])
    assert (changed.json()["is_active"], changed["ETag"]) == (False, '"2"')
    assert_problem(crm.patch(path, {"phone": "0"}, if_match='"2"'), 422, "phone_digits", "/phone")
    names = [each["full_name"] for each in crm.get("/customers/1234567/contacts").json()["items"]]
    assert names == ["Nguyễn Văn An", "Trần Thị Bình"]


def test_a_person_is_found_at_their_own_customer_only(crm: Program, unit: Customer) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng", owner=unit.owner, team=unit.team)
    person = Contact.objects.get(customer=unit)
    assert_problem(
        crm.get(f"/customers/{other.budget_code}/contacts/{person.pk}"), 404, "contact_not_found"
    )


def test_a_customer_is_no_longer_followed_and_followed_again(crm: Program, unit: Customer) -> None:
    assert crm.post("/customers/1234567/deactivate").json()["is_active"] is False
    assert_problem(crm.post("/orders", add_on()), 422, "customer_inactive", "/customer")
    assert crm.post("/customers/1234567/reactivate").json()["is_active"] is True


# --- opportunities -------------------------------------------------------------------------------


def test_an_opportunity_is_entered_changed_and_won(crm: Program, unit: Customer) -> None:
    SalesProject.objects.create(code="QUY4", name="Quý 4", search_key=fold("QUY4 Quý 4"))
    made = crm.post(
        "/opportunities",
        {
            "name": "Mua thêm VPS",
            "customer": "1234567",
            "project": "QUY4",
            "expected_amount": 5_000_000,
            "expected_on": "2026-12-01",
        },
    )
    assert (made.status_code, made.json()["stage"], made.json()["project"]) == (201, "open", "QUY4")
    path = made["Location"].removeprefix("/api/v1")
    changed = crm.patch(path, {"expected_on": None, "note": "Gọi lại"}, if_match=made["ETag"])
    assert (changed.json()["expected_on"], changed.json()["expected_amount"]) == (None, 5_000_000)
    assert crm.post(f"{path}/win").json()["stage"] == "won"
    assert_problem(crm.post(f"{path}/lose"), 409, "wrong_state")
    assert crm.post(f"{path}/reopen").json()["stage"] == "open"
    assert [each["name"] for each in crm.get("/opportunities?stage=open").json()["items"]] == [
        "Mua thêm VPS"
    ]
    assert crm.get("/opportunities?customer=7654321").json()["items"] == []
    assert crm.get("/sales-projects?q=quy").json()["items"][0]["code"] == "QUY4"


def test_what_an_opportunity_names_has_to_exist(crm: Program, unit: Customer) -> None:
    body = {"name": "Mua thêm", "customer": "9999999"}
    assert_problem(crm.post("/opportunities", body), 422, "customer_unknown", "/customer")
    body = {"name": "Mua thêm", "customer": "1234567", "project": "KHONG"}
    assert_problem(crm.post("/opportunities", body), 422, "project_unknown", "/project")
    assert not Opportunity.objects.exists()


# --- orders --------------------------------------------------------------------------------------


def test_an_order_is_entered_as_on_the_screen(crm: Program, unit: Customer) -> None:
    made = crm.post("/orders", add_on(contract_no="HD-01"))
    body = made.json()
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    assert made["Location"] == f"/api/v1/orders/{body['order_no']}"
    assert (body["total"], body["amount_in_words"]) == (13_000_000, "Mười ba triệu đồng")
    assert [(line["sku"], line["quantity"], line["total"]) for line in body["lines"]] == [
        ("IGOV-VPS-50", 2, 10_000_000),
        ("IGOV-KT-1", 1, 3_000_000),
    ]
    # What choosing the customer fills in, and what nobody said.
    assert body["contact_name"] == "Nguyễn Văn An"
    assert body["description"]
    assert (body["ordered_on"], body["licence_status"]) == (
        clock.today().isoformat(),
        "not_requested",
    )
    assert crm.get(f"/orders/{body['order_no']}").json() == body


@pytest.mark.parametrize(
    ("discount", "total"),
    [
        ({"kind": "percent", "percent": 12.5}, 11_375_000),
        ({"kind": "amount", "amount": 1_000_000}, 12_000_000),
        ({"kind": "line"}, 12_000_000),
        ({"kind": "none", "percent": 50}, 13_000_000),
    ],
)
def test_an_order_has_one_kind_of_discount(
    crm: Program, unit: Customer, discount: dict[str, Any], total: int
) -> None:
    body = add_on(discount=discount)
    body["lines"][0]["discount_percent"] = 10
    assert crm.post("/orders", body).json()["total"] == total


REFUSED = [
    ({"lines": [{"sku": "IGOV-VPS-50", "quantity": 0}]}, "quantity_too_small", "/lines/0/quantity"),
    ({"lines": []}, "lines_required", "/lines"),
    ({"lines": [{"sku": "NO", "quantity": 1}]}, "item_unknown", "/lines/0/sku"),
    ({"lines": [{"sku": "IGOV-BASE", "quantity": 1}]}, "not_eligible", "/lines/0/sku"),
    ({"lines": [{"sku": "IGOV-KT-1", "quantity": 10**30}]}, "quantity_too_large", ""),
    ({"discount": {"kind": "percent", "percent": 101}}, "", "/discount/percent"),
    ({"discount": {"kind": "amount", "amount": 10**12}}, "", "/discount/amount"),
    ({"customer": "9999999"}, "customer_unknown", "/customer"),
    ({"project": "KHONG"}, "project_unknown", "/project"),
    ({"opportunity": 77}, "opportunity_of_other_customer", "/opportunity"),
    ({"ordered_on": "1999-01-01"}, "order_day_out_of_range", "/ordered_on"),
    ({"contact_phone": "12"}, "phone_digits", "/contact_phone"),
    ({"purpose": "gift"}, "invalid_enum", "/purpose"),
    ({"contract_no": "x" * 61}, "too_long", "/contract_no"),
]


@pytest.mark.parametrize(("changes", "code", "pointer"), REFUSED, ids=range(len(REFUSED)))
def test_a_refusal_points_into_the_body(
    crm: Program, unit: Customer, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = crm.post("/orders", add_on(**changes))
    body = answer.json()
    assert answer.status_code == 422
    assert body["code"] == code or not code
    assert body["errors"][0]["pointer"] == pointer or not pointer
    assert not Order.objects.exists()


def test_every_wrong_row_is_told_at_once(crm: Program, unit: Customer) -> None:
    rows = [("IGOV-VPS-50", 1), ("IGOV-VPS-50", 2), ("NO", 1), ("NIX", 0), ("IHOS-BASE", 1)]
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in rows]
    errors = crm.post("/orders", add_on(lines=lines)).json()["errors"]
    assert {(each["pointer"], each["code"]) for each in errors} == {
        ("/lines/1/sku", "item_twice"),
        ("/lines/2/sku", "item_unknown"),
        ("/lines/3/sku", "item_unknown"),
        ("/lines/3/quantity", "quantity_too_small"),
        ("/lines/4/sku", "one_product"),
    }


def test_a_renewal_is_an_order_with_that_purpose(crm: Program, unit: Customer) -> None:
    lines = [{"sku": "IGOV-BASE", "quantity": 1}]
    body = crm.post("/orders", add_on(lines=lines, purpose="renewal")).json()
    assert body["purpose"] == "renewal"
    assert "iGOV" in body["description"]


def test_an_order_is_changed_in_part(crm: Program, unit: Customer) -> None:
    made = crm.post("/orders", add_on(discount={"kind": "percent", "percent": 10})).json()
    path = f"/orders/{made['order_no']}"
    lines = [{"sku": "IGOV-VPS-50", "quantity": 3}]
    changed = crm.patch(path, {"lines": lines}, if_match='"1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert changed.json()["total"] == 13_500_000
    assert changed.json()["discount"] == made["discount"]
    details = crm.patch(path, {"contract_no": "HD-9", "description": None}, if_match='"2"').json()
    assert (details["contract_no"], details["description"]) == ("HD-9", "")
    assert_problem(crm.patch(path, {"lines": lines}, if_match='"2"'), 412, "stale")
    nothing = crm.patch(path, {"opportunity": None, "ordered_on": None}, if_match='"3"').json()
    assert (nothing["opportunity"], nothing["ordered_on"]) == (None, clock.today().isoformat())
    assert crm.patch(path, {"lines": None}, if_match='"3"').status_code == 422
    wrong = crm.patch(path, {"lines": [{"sku": "NO", "quantity": 1}]}, if_match='"3"')
    assert_problem(wrong, 422, "item_unknown", "/lines/0/sku")


def test_a_frozen_order_changes_only_in_what_stays_open(
    crm: Program, unit: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    stories.sent(order, salesperson)
    path = f"/orders/{order.order_no}"
    seen = crm.get(path)
    assert (seen.json()["is_frozen"], seen.json()["licence_status"]) == (True, "pending")
    lines = {"lines": [{"sku": "IGOV-VPS-50", "quantity": 9}]}
    refused = assert_problem(crm.patch(path, lines, if_match=seen["ETag"]), 409, "order_frozen")
    assert refused["rule"] == "R12"
    changed = crm.patch(path, {"contract_no": "HD-77"}, if_match=seen["ETag"])
    assert changed.json()["contract_no"] == "HD-77"


def test_orders_are_found_by_words_customer_status_and_day(
    crm: Program, unit: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    first = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    second = stories.ordered(unit, salesperson, [(catalogue.books_1, 1)])
    day = datetime.date(2026, 1, 31)
    Order.objects.filter(pk=first.pk).update(ordered_on=day, licence_status="approved")

    def found(query: str) -> list[str]:
        return [each["order_no"] for each in crm.get(f"/orders?{query}").json()["items"]]

    assert found("q=dong+hai") == [second.order_no, first.order_no]
    assert found(f"q={first.order_no}") == [first.order_no]
    assert found("licence_status=approved") == [first.order_no]
    assert found("customer=7654321") == []
    assert found("to_day=2026-01-31") == [first.order_no]
    assert found("from_day=2026-02-01") == [second.order_no]


def test_an_order_is_no_longer_followed_and_followed_again(
    crm: Program, unit: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    path = f"/orders/{order.order_no}"
    gone = crm.post(f"{path}/deactivate")
    assert (gone.json()["is_active"], gone["ETag"]) == (False, '"2"')
    assert_problem(crm.patch(path, {"contract_no": "HD-1"}, if_match='"2"'), 409, "order_inactive")
    assert [one["is_active"] for one in crm.get("/orders").json()["items"]] == [False]
    assert crm.get("/orders?is_active=true").json()["items"] == []
    assert crm.post(f"{path}/reactivate").json()["is_active"] is True
    stories.sent(order, salesperson)
    assert_problem(crm.post(f"{path}/deactivate"), 409, "order_under_way")


def test_goods_tell_why_a_customer_may_not_order_them(crm: Program, unit: Customer) -> None:
    goods = {one["sku"]: one for one in crm.get("/customers/1234567/goods").json()["items"]}
    assert goods["IGOV-VPS-50"]["may_order"] is True
    assert goods["IGOV-BASE"]["reason"]["rule"] == "R8"
    renewal = crm.get("/customers/1234567/goods?purpose=renewal&q=base").json()["items"]
    assert {one["sku"]: one["may_order"] for one in renewal} == {
        "IGOV-BASE": True,
        "IHOS-BASE": False,
    }


def test_a_token_of_one_product_knows_no_other(
    salesperson: User, unit: Customer, catalogue: SmallCatalogue
) -> None:
    bound = program(salesperson, product=catalogue.ihos)
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    assert bound.get("/orders").json()["items"] == []
    assert_problem(bound.get(f"/orders/{order.order_no}"), 404, "order_not_found")
    assert_problem(bound.post("/orders", add_on()), 422, "item_unknown", "/lines/0/sku")
    assert [one["code"] for one in bound.get("/products").json()["items"]] == ["ihos"]
    assert {one["product"] for one in bound.get("/modules").json()["items"]} == {"ihos"}
    assert {one["product"] for one in bound.get("/items").json()["items"]} == {"ihos"}
    goods = bound.get("/customers/1234567/goods").json()["items"]
    assert {one["product"] for one in goods} == {"ihos"}


def test_the_catalogue_names_what_everything_else_refers_to(
    crm: Program, catalogue: SmallCatalogue
) -> None:
    item = crm.get("/items?q=vps-50").json()["items"][0]
    assert item["contents"] == [{"module": "office", "resource": "users", "units": 50}]
    assert (item["tax_rate"], item["package_kind"], item["is_sold"]) == ("KCT", "add_on", True)
    assert [one["code"] for one in crm.get("/resources").json()["items"]] == [
        "books",
        "storage",
        "users",
    ]
    assert crm.get("/products?limit=1").json()["next"]
