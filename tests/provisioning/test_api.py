"""Licence requests and their evidence over the API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capphep.crm.models import Customer, Order
from capphep.platform.api import Scope
from capphep.platform.models import User
from capphep.provisioning.models import Evidence, LicenceRequest
from tests import factories, pdfs, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, product_program, program
from tests.integration.test_api_basics import assert_problem


@pytest.fixture
def crm(salesperson: User) -> Program:
    return program(salesperson)


@pytest.fixture
def order(salesperson: User, catalogue: SmallCatalogue) -> Order:
    unit = factories.customer(owner=salesperson, team=salesperson.team)
    stories.opened(unit, catalogue)
    return stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])


def upload(crm: Program, path: str, content: bytes, **fields: Any) -> Any:
    file = io.BytesIO(content)
    file.name = fields.pop("name", "quyết định.pdf")
    return crm.upload(f"{path}/evidence", {"kind": "commitment", **fields, "file": file})


def opened(crm: Program, order: Order) -> str:
    """The address of the order's request."""
    answer = crm.post(f"/orders/{order.order_no}/request")
    assert answer.status_code == 200, answer.content
    return str(answer["Location"]).removeprefix("/api/v1")


COMPLETE = {
    "level": 4,
    "sector": "UBND cấp xã",
    "unit_name": "UBND Xã Đông Hải",
    "admin_name": "Nguyễn Văn An",
    "admin_email": "an@example.vn",
    "admin_phone": "0912 345 678",
}


def test_a_request_comes_from_its_order_with_lines_that_explain_themselves(
    crm: Program, order: Order
) -> None:
    path = opened(crm, order)
    assert opened(crm, order) == path
    body = crm.get(path).json()
    assert (body["order"], body["kind"], body["status"]) == (order.order_no, "add_on", "draft")
    [line] = body["lines"]
    assert (line["module"], line["months"]) == ("office", 12)
    [quantity] = line["quantities"]
    assert (quantity["base"], quantity["added"], quantity["total"]) == (100, 50, 150)
    assert "YC-2026-000245" in quantity["explanation"]


def test_a_draft_is_changed_completed_and_sent(crm: Program, order: Order) -> None:
    path = opened(crm, order)
    changed = crm.patch(path, COMPLETE, if_match='"1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert changed.json()["admin_phone"] == "0912345678"
    refused = assert_problem(crm.post(f"{path}/send"), 422, "evidence_missing", "/evidence")
    assert refused["rule"] == "R7"
    for kind in ("funding_decision", "commitment"):
        assert upload(crm, path, stories.PDF, kind=kind).status_code == 201
    assert_problem(crm.post(f"{path}/send", if_match='"1"'), 412, "stale")
    sent = crm.post(f"{path}/send", if_match='"2"')
    assert (sent.status_code, sent.json()["status"]) == (200, "waiting")
    [first] = sent.json()["rounds"]
    assert (first["number"], first["outcome"]) == (1, None)
    recalled = crm.post(f"{path}/recall").json()
    assert (recalled["status"], recalled["rounds"][0]["outcome"]) == ("draft", "recalled")
    assert crm.post(f"{path}/discard").json()["status"] == "discarded"
    assert_problem(crm.post(f"{path}/send"), 409, "wrong_state")


def test_what_is_missing_is_told_at_once(crm: Program, order: Order) -> None:
    path = opened(crm, order)
    crm.patch(path, {"sector": None, "unit_name": None, "level": None}, if_match='"1"')
    errors = crm.post(f"{path}/send").json()["errors"]
    pointers = {each["pointer"] for each in errors}
    assert pointers == {"/level", "/sector", "/unit_name", "/evidence"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"admin_phone": "12"}, "/admin_phone"),
        ({"unit_email": "x"}, "/unit_email"),
        ({"unit_tax_code": "123"}, "/unit_tax_code"),
        ({"sector": "Không có"}, "/sector"),
        ({"level": 9}, "/level"),
        ({"level": 3}, "/level"),
        ({"level": True}, "/level"),
        ({"write_back": 1}, "/write_back"),
        ({"start_on": "31/01/2027"}, "/start_on"),
        ({"unit_name": "x" * 300}, "/unit_name"),
        ({"months": 24}, "/months"),
    ],
)
def test_a_wrong_field_is_told_at_its_member(
    crm: Program, order: Order, body: dict[str, Any], pointer: str
) -> None:
    answer = crm.patch(opened(crm, order), body, if_match='"1"')
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_later_first_day_plans_the_lines_anew(crm: Program, order: Order) -> None:
    path = opened(crm, order)
    changed = crm.patch(path, {"start_on": "2027-01-31"}, if_match='"1"').json()
    assert changed["start_on"] == "2027-01-31"
    assert changed["lines"][0]["quantities"][0]["total"] == 150
    assert crm.patch(path, {"start_on": None}, if_match='"2"').json()["start_on"] is None


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_first_day_is_too_far_to_be_refused(crm: Program, order: Order, day: str) -> None:
    path = opened(crm, order)
    assert crm.patch(path, {"start_on": day}, if_match='"1"').status_code in (200, 422)
    assert crm.post(f"{path}/send").status_code == 422


def test_the_modules_own_fields_are_filled_in(
    crm: Program, order: Order, catalogue: SmallCatalogue
) -> None:
    catalogue.office.extra_schema = {
        "type": "object",
        "properties": {
            "using_unit": {
                "type": "string",
                "format": "budget-code",
                "title": "Using unit",
                "x-vi": {"title": "Đơn vị sử dụng"},
            }
        },
        "required": ["using_unit"],
    }
    catalogue.office.save()
    path = opened(crm, order)
    assert crm.get(path).json()["lines"][0]["extra_missing"] == 1
    refused = crm.post(f"{path}/send").json()["errors"]
    assert "/lines/0/extra" in {each["pointer"] for each in refused}
    wrong = crm.post(f"{path}/lines/1/extra", {"values": {"using_unit": "12"}})
    assert_problem(wrong, 422, "budget_code_digits", "/values/using_unit")
    misspelt = crm.post(f"{path}/lines/1/extra", {"values": {"unit": "1234567"}})
    assert_problem(misspelt, 422, "extra_unknown", "/values/unit")
    right = crm.post(f"{path}/lines/1/extra", {"values": {"using_unit": "1.234.567"}}).json()
    assert right["lines"][0]["extra"] == {"using_unit": "1234567"}
    answer = crm.post(f"{path}/lines/9/extra", {"values": {}})
    assert_problem(answer, 404, "line_not_found")
    assert crm.post(f"{path}/refresh-lines").json()["lines"][0]["extra"]


# --- evidence ------------------------------------------------------------------------------------


def test_evidence_comes_with_what_its_decision_says(crm: Program, order: Order) -> None:
    path = opened(crm, order)
    made = upload(
        crm,
        path,
        stories.PDF,
        kind="funding_decision",
        number="12/QĐ-UBND",
        issued_on="2026-10-01",
        amount="5000000",
    )
    body = made.json()
    assert (made.status_code, body["number"], body["issued_on"]) == (
        201,
        "12/QĐ-UBND",
        "2026-10-01",
    )
    assert (body["content_type"], body["size"]) == ("application/pdf", len(stories.PDF))
    address = made["Location"].removeprefix("/api/v1")
    assert crm.get(address).json() == body
    assert crm.get(path).json()["evidence"] == [body]
    content = crm.get(f"{address}/content")
    assert b"".join(content.streaming_content) == stories.PDF
    assert content["Content-Type"] == "application/pdf"
    changed = crm.patch(address, {"issuer": "UBND tỉnh"}, if_match=made["ETag"])
    assert (changed.json()["issuer"], changed.json()["number"]) == ("UBND tỉnh", "12/QĐ-UBND")
    assert_problem(crm.patch(address, {"issuer": "X"}, if_match=made["ETag"]), 412, "stale")
    assert crm.delete(address).status_code == 204
    assert_problem(crm.get(address), 404, "file_not_found")


def test_the_same_upload_sent_again_is_attached_once(crm: Program, order: Order) -> None:
    path = opened(crm, order)
    answers = []
    for _ in range(2):
        file = io.BytesIO(stories.PDF)
        file.name = "a.pdf"
        fields = {"kind": "commitment", "file": file}
        answers.append(crm.upload(f"{path}/evidence", fields, idempotency_key="k"))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert Evidence.objects.count() == 1


def test_with_a_key_too_the_bytes_are_read_before_the_transaction_begins(
    crm: Program, order: Order
) -> None:
    path = opened(crm, order)
    file = io.BytesIO(b"<html>")
    file.name = "a.pdf"
    fields = {"kind": "commitment", "file": file}
    with CaptureQueriesContext(connection) as captured:
        answer = crm.upload(f"{path}/evidence", fields, idempotency_key="k")
    assert_problem(answer, 415, "file_type", "/file")
    assert not [one for one in captured.captured_queries if "idempotent" in one["sql"]]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file_empty"),
        (b"%PDF-1.4 cut off", 422, "file_broken"),
        (b"<html>", 415, "file_type"),
        (b"%PDF-" + b"x" * 3000, 413, "file_too_large"),
    ],
)
def test_bytes_that_are_no_evidence_are_refused(
    crm: Program,
    order: Order,
    settings: LazySettings,
    content: bytes,
    status: int,
    code: str,
) -> None:
    settings.EVIDENCE_MAX_BYTES = 2048
    assert_problem(upload(crm, opened(crm, order), content), status, code, "/file")


def test_an_upload_that_is_too_large_is_not_even_read(
    crm: Program, order: Order, settings: LazySettings
) -> None:
    settings.EVIDENCE_MAX_BYTES = 0
    answer = upload(crm, opened(crm, order), b"%PDF-" + b"x" * 2**20)
    assert_problem(answer, 413, "too_large")


def test_an_upload_has_a_form(crm: Program, order: Order) -> None:
    path = opened(crm, order)
    answer = crm.post(f"{path}/evidence", {"kind": "commitment"})
    assert_problem(answer, 415, "media_type")
    assert_problem(crm.upload(f"{path}/evidence", {"kind": "commitment"}), 422, "invalid_missing")
    wrong = upload(crm, path, stories.PDF, kind="other")
    assert_problem(wrong, 422, "invalid_enum", "/kind")
    future = upload(crm, path, stories.PDF, kind="funding_decision", issued_on="2099-01-01")
    assert_problem(future, 422, "decision_in_future", "/issued_on")
    none = upload(crm, path, stories.PDF, number="1/QĐ")
    assert_problem(none, 422, "no_decision", "/kind")
    nul = upload(crm, path, stories.PDF, kind="funding_decision", number="1\0")
    assert nul.status_code == 422
    assert not Evidence.objects.exists()


def test_a_member_of_a_form_that_does_not_exist_is_refused(crm: Program, order: Order) -> None:
    fields = {"kind": "funding_decision", "issued": "2026-10-01"}
    answer = upload(crm, opened(crm, order), stories.PDF, **fields)
    assert_problem(answer, 422, "unknown_member", "/issued")
    assert not Evidence.objects.exists()


def test_evidence_that_was_sent_stays(crm: Program, order: Order, salesperson: User) -> None:
    request = stories.sent(order, salesperson)
    path = f"/requests/{request.request_no}"
    [first, _] = crm.get(path).json()["evidence"]
    assert_problem(crm.delete(f"{path}/evidence/{first['id']}"), 409, "wrong_state")
    assert_problem(upload(crm, path, pdfs.empty()), 409, "wrong_state")


# --- without an order ----------------------------------------------------------------------------


def test_a_trial_and_a_change_of_information_begin_at_the_customer(
    crm: Program, order: Order, salesperson: User
) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng", owner=salesperson)
    trial = crm.post(f"/customers/{other.budget_code}/trial", {"product": "igov"})
    assert (trial.json()["kind"], trial.json()["order"]) == ("trial", None)
    change = crm.post("/customers/1234567/information-change", {"product": "igov"})
    path = change["Location"].removeprefix("/api/v1")
    renamed = crm.patch(path, {"unit_name": "UBND Phường Đông Hải"}, if_match=change["ETag"])
    assert renamed.json()["unit_name"] == "UBND Phường Đông Hải"
    refused = crm.patch(path, {"start_on": "2027-01-01"}, if_match=renamed["ETag"])
    assert_problem(refused, 422, "not_of_kind", "/start_on")
    unknown = crm.post("/customers/1234567/trial", {"product": "nope"})
    assert_problem(unknown, 422, "product_unknown", "/product")


# --- who may know --------------------------------------------------------------------------------


def test_a_draft_is_its_teams_and_what_was_sent_the_desks(
    crm: Program,
    order: Order,
    salesperson: User,
    other_salesperson: User,
    colleague: User,
    officer: User,
    auditor: User,
) -> None:
    path = opened(crm, order)
    for stranger in (other_salesperson, officer, auditor):
        assert_problem(program(stranger).get(path), 404, "request_not_found")
    assert program(colleague).get(path).status_code == 200
    assert_problem(program(colleague).post(f"{path}/discard"), 403, "not_own_request")
    request = LicenceRequest.objects.get()
    stories.sent(order, salesperson)
    file = Evidence.objects.filter(request=request)[0]
    content = f"{path}/evidence/{file.pk}/content"
    for reader in (colleague, officer, auditor):
        assert program(reader).get(content).status_code == 200
    assert product_program(Scope.REQUESTS_READ).get(content).status_code == 200
    assert_problem(program(other_salesperson).get(content), 404, "request_not_found")


def test_a_file_is_found_at_its_own_request_only(
    crm: Program, order: Order, salesperson: User, catalogue: SmallCatalogue
) -> None:
    path = opened(crm, order)
    upload(crm, path, stories.PDF)
    other = stories.ordered(order.customer, salesperson, [(catalogue.books_1, 1)])
    elsewhere, file = opened(crm, other), Evidence.objects.get()
    for ending in ("", "/content"):
        answer = crm.get(f"{elsewhere}/evidence/{file.pk}{ending}")
        assert_problem(answer, 404, "file_not_found")
    assert_problem(crm.delete(f"{elsewhere}/evidence/{file.pk}"), 404, "file_not_found")


def test_requests_are_found_by_words_state_kind_customer_and_order(
    crm: Program, order: Order, salesperson: User
) -> None:
    request = stories.sent(order, salesperson)
    other: Customer = factories.customer("7654321", "Trường TH Kim Đồng", owner=salesperson)
    crm.post(f"/customers/{other.budget_code}/trial", {"product": "igov"})

    def found(query: str) -> list[str]:
        return [each["kind"] for each in crm.get(f"/requests?{query}").json()["items"]]

    assert found("") == ["trial", "add_on"]
    assert found(f"q={request.request_no}") == ["add_on"]
    assert found("q=kim+dong") == ["trial"]
    assert found("status=waiting") == ["add_on"]
    assert found("kind=trial") == ["trial"]
    assert found("customer=7654321") == ["trial"]
    assert found(f"order={order.order_no}") == ["add_on"]
