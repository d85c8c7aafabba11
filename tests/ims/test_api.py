"""Decisions, withdrawals and subscriptions over the API; and the whole way over it alone."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest

from capphep.crm.models import Customer, Order
from capphep.crm.states import LicenceStatus
from capphep.entitlements.models import Grant, GrantKind, Licence, Subscription
from capphep.platform import clock
from capphep.platform.api import Scope
from capphep.platform.models import User
from capphep.provisioning.models import LicenceRequest
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, product_program, program
from tests.integration.test_api_basics import assert_problem


@pytest.fixture
def unit(salesperson: User, catalogue: SmallCatalogue) -> Customer:
    made = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(made, catalogue)
    return made


@pytest.fixture
def waiting(unit: Customer, salesperson: User, catalogue: SmallCatalogue) -> LicenceRequest:
    order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
    return stories.sent(order, salesperson)


@pytest.fixture
def desk(officer: User) -> Program:
    return program(officer)


def path_of(request: LicenceRequest) -> str:
    return f"/requests/{request.request_no}"


def reviewed(desk: Program, request: LicenceRequest) -> dict[str, str]:
    """What the officer confirms after a look."""
    seen = desk.get(f"{path_of(request)}/review").json()
    return {"fingerprint": seen["fingerprint"]}


# --- decisions -----------------------------------------------------------------------------------


def test_a_review_shows_what_the_dialog_shows(desk: Program, waiting: LicenceRequest) -> None:
    body = desk.get(f"{path_of(waiting)}/review").json()
    assert body["fingerprint"] == stories.seen_by_officer(waiting)
    [line] = body["lines"]
    [quantity] = line["quantities"]
    assert (quantity["base"], quantity["added"], quantity["total"]) == (100, 50, 150)
    assert line["first_day"] == clock.today().isoformat()
    assert body["has_moved"] is False
    assert {check["outcome"] for check in body["checks"]} <= {"ok", "unknown", "warn"}
    assert all(check["title"] and check["explanation"] for check in body["checks"])


def test_an_approval_grants_what_was_reviewed(desk: Program, waiting: LicenceRequest) -> None:
    seen = reviewed(desk, waiting)
    answer = desk.post(f"{path_of(waiting)}/approve", seen)
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "approved")
    assert (
        Licence.objects.get(licence_no=body["licence_no"]).subscription_id == body["subscription"]
    )
    again = desk.post(f"{path_of(waiting)}/approve", seen)
    assert assert_problem(again, 409, "wrong_state")["rule"] == "R4"
    assert Grant.objects.filter(kind=GrantKind.APPROVAL).count() == 1


def test_an_approval_that_is_sent_again_with_its_key_gets_the_same_answer(
    desk: Program, waiting: LicenceRequest
) -> None:
    seen = reviewed(desk, waiting)
    answers = [
        desk.post(f"{path_of(waiting)}/approve", seen, idempotency_key="k") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert Grant.objects.filter(kind=GrantKind.APPROVAL).count() == 1


def test_a_base_that_moved_comes_back_with_the_new_review(
    desk: Program, waiting: LicenceRequest, salesperson: User, catalogue: SmallCatalogue
) -> None:
    seen = reviewed(desk, waiting)
    other = stories.ordered(waiting.customer, salesperson, [(catalogue.users_50, 2)])
    second = stories.sent(other, salesperson)
    desk.post(f"{path_of(second)}/approve", reviewed(desk, second))
    moved = assert_problem(desk.post(f"{path_of(waiting)}/approve", seen), 409, "base_moved")
    assert moved["rule"] == "R3"
    [quantity] = moved["review"]["lines"][0]["quantities"]
    assert (quantity["then"], quantity["base"], quantity["total"]) == (100, 200, 250)
    seen = {"fingerprint": moved["review"]["fingerprint"]}
    assert desk.post(f"{path_of(waiting)}/approve", seen).status_code == 200


def test_a_change_of_information_is_reviewed_by_field(
    desk: Program, unit: Customer, salesperson: User, catalogue: SmallCatalogue
) -> None:
    request = stories.info_change_sent(
        unit, salesperson, catalogue.igov, unit_name="UBND Phường Đông Hải"
    )
    changes = desk.get(f"{path_of(request)}/review").json()["changes"]
    assert [each["field"] for each in changes if each["is_changed"]] == ["unit_name"]
    assert desk.post(f"{path_of(request)}/approve", reviewed(desk, request)).status_code == 200
    assert desk.get("/customers/1234567").json()["name"] == "UBND Phường Đông Hải"


def test_a_token_of_one_customer_is_not_told_where_else_a_file_was_used(
    waiting: LicenceRequest, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng")
    elsewhere = stories.sent(
        stories.ordered(other, salesperson, [(catalogue.ihos_base, 1)]), salesperson
    )
    path = f"{path_of(waiting)}/review"
    assert elsewhere.request_no in program(officer).get(path).content.decode()
    bound = program(officer, customer=waiting.customer).get(path)
    assert bound.status_code == 200
    assert elsewhere.request_no not in bound.content.decode()


def test_a_request_is_rejected_with_a_reason(desk: Program, waiting: LicenceRequest) -> None:
    path = f"{path_of(waiting)}/reject"
    assert_problem(desk.post(path, {"reason": " "}), 422, "reason_required", "/reason")
    body = desk.post(path, {"reason": "Sai số tiền"}).json()
    assert (body["status"], body["reject_reason"]) == ("rejected", "Sai số tiền")
    assert Order.objects.get().licence_status == LicenceStatus.REJECTED


def test_a_request_is_returned_with_comments_by_field(
    desk: Program, waiting: LicenceRequest
) -> None:
    path = f"{path_of(waiting)}/return"
    assert_problem(desk.post(path, {}), 422, "comment_required", "/comment")
    wrong = desk.post(path, {"comments": {"nothing": "?"}})
    assert_problem(wrong, 422, "comment_field", "/comments/nothing")
    said = {"level": "Cấp xã?", "line-1": "Thiếu"}
    body = desk.post(path, {"comment": "Xem lại", "comments": said}).json()
    [first] = body["rounds"]
    assert (body["status"], first["outcome"], first["comments"]) == ("returned", "returned", said)


def test_who_made_a_request_cannot_decide_on_it(
    waiting: LicenceRequest, salesperson: User, officer: User, auditor: User
) -> None:
    path = f"{path_of(waiting)}/approve"
    seen = {"fingerprint": stories.seen_by_officer(waiting)}
    assert_problem(program(salesperson).post(path, seen), 403, "not_permitted")
    assert_problem(program(auditor).post(path, seen), 403, "not_permitted")
    machine = product_program(Scope.REQUESTS_DECIDE)
    assert_problem(machine.post(path, seen), 403, "not_permitted")
    LicenceRequest.objects.update(sent_by=officer)
    assert assert_problem(program(officer).post(path, seen), 403, "two_people")["rule"] == "R6"
    assert not Grant.objects.filter(kind=GrantKind.APPROVAL).exists()


def test_the_desk_is_not_a_salespersons_to_read(waiting: LicenceRequest, salesperson: User) -> None:
    sales = program(salesperson)
    assert_problem(sales.get(f"{path_of(waiting)}/review"), 403, "not_permitted")
    assert_problem(sales.get(f"{path_of(waiting)}/withdrawal-preview"), 403, "not_permitted")
    assert_problem(sales.get("/withdrawals"), 403, "not_permitted")
    assert_problem(sales.get("/withdrawals/1"), 403, "not_permitted")


# --- withdrawals ---------------------------------------------------------------------------------


def test_a_withdrawal_takes_two_officers(
    desk: Program, waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.approved(waiting, officer)
    preview = desk.get(f"{path_of(waiting)}/withdrawal-preview").json()
    [amount] = preview["amounts"]
    assert (amount["before"], amount["taken"], amount["after"]) == (150, 50, 100)
    body = {"from_day": clock.today().isoformat(), "reason": "Chưa thanh toán"}
    made = desk.post(f"{path_of(waiting)}/withdrawals", body)
    assert (made.status_code, made.json()["status"]) == (201, "proposed")
    path = made["Location"].removeprefix("/api/v1")
    seen = {"fingerprint": made.json()["preview"]["fingerprint"]}
    assert_problem(desk.post(f"{path}/confirm", seen), 403, "two_people")
    second = program(other_officer)
    assert [one["id"] for one in second.get("/withdrawals?status=proposed").json()["items"]] == [
        made.json()["id"]
    ]
    stale = assert_problem(
        second.post(f"{path}/confirm", {"fingerprint": "x"}), 409, "withdrawal_moved"
    )
    assert stale["preview"]["fingerprint"] == seen["fingerprint"]
    confirmed = second.post(f"{path}/confirm", seen).json()
    assert (confirmed["status"], confirmed["preview"]) == ("confirmed", None)
    assert desk.get(path_of(waiting)).json()["status"] == "withdrawn"
    assert_problem(second.post(f"{path}/confirm", seen), 409, "wrong_state")


def test_a_withdrawal_is_declined_with_a_reason(
    desk: Program, waiting: LicenceRequest, officer: User, other_officer: User
) -> None:
    stories.approved(waiting, officer)
    withdrawal = stories.proposed(waiting, officer)
    path = f"/withdrawals/{withdrawal.pk}/decline"
    assert_problem(program(other_officer).post(path, {}), 422, "reason_required", "/reason")
    assert desk.post(path, {}).json()["status"] == "declined"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_day_is_too_far(desk: Program, waiting: LicenceRequest, officer: User, day: str) -> None:
    subscription = stories.approved(waiting, officer).subscription
    assert desk.get(f"{path_of(waiting)}/withdrawal-preview?from_day={day}").status_code == 200
    body = {"from_day": day, "reason": "x"}
    assert desk.post(f"{path_of(waiting)}/withdrawals", body).status_code == 422
    assert desk.get(f"/subscriptions/{subscription.pk}?at={day}").json()["state"] in (
        "upcoming",
        "ended",
    )
    assert desk.get(f"/subscriptions?at={day}").status_code == 200


# --- subscriptions -------------------------------------------------------------------------------


def test_a_subscription_tells_what_is_in_force_on_a_day_and_why(
    desk: Program, waiting: LicenceRequest, officer: User
) -> None:
    subscription = stories.approved(waiting, officer).subscription
    path = f"/subscriptions/{subscription.pk}"
    today = clock.today()
    body = desk.get(path).json()
    assert (body["at"], body["state"]) == (today.isoformat(), "in_force")
    office = next(one for one in body["modules"] if one["module"] == "office")
    [users] = office["resources"]
    assert users["quantity"] == 150
    assert {(one["request_no"], one["quantity"]) for one in users["origins"]} == {
        ("YC-2026-000245", 100),
        (waiting.request_no, 50),
    }
    before = desk.get(f"{path}?at={today - datetime.timedelta(days=1)}").json()
    assert before["modules"][1]["resources"][0]["quantity"] == 100
    assert_problem(desk.get(f"{path}?at=31/01/2027"), 422, "invalid_date_parsing", "/at")
    grants = desk.get(f"{path}/grants").json()["items"]
    assert [one["kind"] for one in grants] == ["opening", "opening", "approval"]
    assert grants[2]["granted_on"] == today.isoformat()
    assert grants[2]["granted_at"].endswith("Z")


def test_subscriptions_are_found_by_words_customer_product_and_state(
    desk: Program, unit: Customer, catalogue: SmallCatalogue
) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng")
    stories.opened(other, catalogue, request_no="YC-2026-000246")

    def found(query: str) -> list[str]:
        return [one["customer"] for one in desk.get(f"/subscriptions?{query}").json()["items"]]

    assert found("") == ["7654321", "1234567"]
    assert found("q=kim") == ["7654321"]
    assert found("customer=1234567") == ["1234567"]
    assert found("product=ihos") == []
    assert found("state=ended") == []
    assert found("state=in_force&at=2099-01-01") == []


def test_a_token_of_one_customer_knows_no_other_subscription(
    unit: Customer, officer: User, catalogue: SmallCatalogue, waiting: LicenceRequest
) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng")
    bound = program(officer, customer=other)
    subscription = Subscription.objects.get()
    for path in (f"/subscriptions/{subscription.pk}", f"/subscriptions/{subscription.pk}/grants"):
        assert_problem(bound.get(path), 404, "subscription_not_found")
    assert bound.get("/subscriptions").json()["items"] == []
    assert_problem(bound.get(f"{path_of(waiting)}/review"), 404, "request_not_found")
    seen = {"fingerprint": stories.seen_by_officer(waiting)}
    assert_problem(bound.post(f"{path_of(waiting)}/approve", seen), 404, "request_not_found")
    stories.approved(waiting, officer)
    withdrawal = stories.proposed(waiting, officer)
    assert bound.get("/withdrawals").json()["items"] == []
    assert_problem(bound.get(f"/withdrawals/{withdrawal.pk}"), 404, "withdrawal_not_found")


# --- the whole way -------------------------------------------------------------------------------


def test_from_order_to_resources_over_the_api_alone(
    unit: Customer, salesperson: User, officer: User
) -> None:
    crm, desk = program(salesperson), program(officer)
    lines = [{"sku": "IGOV-VPS-50", "quantity": 1}]
    order = crm.post("/orders", {"customer": "1234567", "lines": lines}).json()
    opened = crm.post(f"/orders/{order['order_no']}/request")
    path = opened["Location"].removeprefix("/api/v1")
    fields: dict[str, Any] = {
        "level": 4,
        "sector": "UBND cấp xã",
        "admin_name": "Nguyễn Văn An",
        "admin_email": "an@example.vn",
    }
    changed = crm.patch(path, fields, if_match=opened["ETag"])
    for kind in ("funding_decision", "commitment"):
        file = io.BytesIO(stories.PDF)
        file.name = "quyết định.pdf"
        assert crm.upload(f"{path}/evidence", {"kind": kind, "file": file}).status_code == 201
    assert crm.post(f"{path}/send", if_match=changed["ETag"]).status_code == 200
    seen = desk.get(f"{path}/review").json()
    approved = desk.post(f"{path}/approve", {"fingerprint": seen["fingerprint"]}).json()
    assert crm.get(f"/orders/{order['order_no']}").json()["licence_status"] == "approved"
    held = crm.get(f"/subscriptions/{approved['subscription']}").json()
    users = {
        resource["resource"]: resource["quantity"]
        for module in held["modules"]
        for resource in module["resources"]
    }
    assert users == {"books": 1, "users": 150}
