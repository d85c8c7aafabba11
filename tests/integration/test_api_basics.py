"""What holds for every address of the API: tokens, scopes, problems, keys, versions, pages."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from capphep.crm.models import Customer
from capphep.integration import limits
from capphep.integration.actions.tokens import rotate_token
from capphep.platform.api import Scope
from capphep.platform.models import AuditEntry, IdempotentAnswer, User
from tests import factories
from tests.integration.apis import Program, program, token

NEW: dict[str, Any] = {
    "budget_code": "2.345.678",
    "name": "UBND Xã Đông Hải",
    "org_type": "commune",
    "public_unit_kind": "committee",
}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    limits.LIMITER.forget()


@pytest.fixture
def crm(salesperson: User) -> Program:
    return program(salesperson)


def assert_problem(answer: Any, status: int, code: str, pointer: str | None = None) -> Any:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    if pointer is not None:
        assert body["errors"][0]["pointer"] == pointer
    return body


def test_a_program_enters_and_reads_a_customer(crm: Program, salesperson: User) -> None:
    made = crm.post("/customers", NEW)
    assert made.status_code == 201
    assert (made.json()["budget_code"], made["ETag"]) == ("2345678", '"1"')
    assert Customer.objects.get().owner == salesperson
    assert crm.get("/customers/2345678").json() == made.json()
    assert crm.get("/customers?q=dong hai").json() == {"items": [made.json()], "next": None}


def test_a_province_is_read_as_on_the_form(crm: Program) -> None:
    refused = crm.post("/customers", NEW | {"province": "Atlantis"})
    assert_problem(refused, 422, "province_unknown", "/province")
    made = crm.post("/customers", NEW | {"province": "TP. Huế"})
    assert made.json()["province"] == "Thành phố Huế"


def test_nonsense_is_not_answered_with_more_of_it(crm: Program) -> None:
    answer = crm.post("/customers", NEW | {f"x{number}": 1 for number in range(1500)})
    body = assert_problem(answer, 422, "invalid_extra_forbidden")
    assert len(body["errors"]) == 1000


def test_the_audit_trail_names_the_user_and_the_token(crm: Program, salesperson: User) -> None:
    crm.post("/customers", NEW)
    entry = AuditEntry.objects.get(subject_type="customer")
    assert entry.actor == salesperson
    assert entry.origin.startswith("127.0.0.1 capphep_")


def test_what_breaks_a_rule_is_told_at_its_member_with_the_rule(crm: Program) -> None:
    body = assert_problem(
        crm.post("/customers", NEW | {"budget_code": "12"}),
        422,
        "budget_code_digits",
        "/budget_code",
    )
    assert body["rule"] == "R11"
    assert "7" in body["detail"]
    assert not Customer.objects.exists()


def test_what_has_no_form_is_told_at_its_member(crm: Program) -> None:
    assert_problem(crm.post("/customers", {"name": 5}), 422, "invalid_string_type", "/name")
    assert_problem(crm.post("/customers", [1]), 422, "invalid_model_attributes_type")


def test_messages_come_in_the_language_asked_for(salesperson: User) -> None:
    details = {
        language: program(salesperson, language=language).get("/customers/9").json()["detail"]
        for language in ("vi", "en")
    }
    assert details["en"] == "There is no such customer."
    assert details["vi"] != details["en"]


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer x", "Basic Zm9v", "Bearer é"])
def test_without_a_valid_token_nothing_is_told(db: None, header: str) -> None:
    answer = Client(headers={"authorization": header}).get("/api/v1/customers")
    assert_problem(answer, 401, "token_invalid")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_token(sales_client: Client) -> None:
    assert_problem(sales_client.get("/api/v1/customers"), 401, "token_invalid")


@pytest.mark.parametrize(
    "ended",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - datetime.timedelta(seconds=1)},
    ],
)
def test_a_token_that_has_ended_is_unknown(salesperson: User, ended: dict[str, Any]) -> None:
    assert_problem(program(salesperson, **ended).get("/customers"), 401, "token_invalid")


def test_the_token_of_an_inactive_user_is_unknown(salesperson: User) -> None:
    crm = program(salesperson)
    User.objects.update(is_active=False)
    assert_problem(crm.get("/customers"), 401, "token_invalid")


def test_a_scope_that_is_missing_is_named(salesperson: User) -> None:
    reader = program(salesperson, Scope.CUSTOMERS_READ)
    assert (
        "customers:write"
        in assert_problem(reader.post("/customers", NEW), 403, "scope_missing")["detail"]
    )


def test_a_scope_gives_no_more_than_the_role(auditor: User) -> None:
    assert_problem(program(auditor).post("/customers", NEW), 403, "not_permitted")


def test_what_the_user_may_not_know_is_not_found(
    salesperson: User, other_salesperson: User
) -> None:
    factories.customer(owner=other_salesperson, team=other_salesperson.team)
    assert_problem(program(salesperson).get("/customers/1234567"), 404, "customer_not_found")


def test_a_token_of_one_customer_knows_no_other(salesperson: User) -> None:
    mine, other = factories.customer(), factories.customer("7654321", "Trường TH Kim Đồng")
    bound = program(salesperson, customer=mine)
    assert bound.get("/customers/1234567").status_code == 200
    assert_problem(bound.get(f"/customers/{other.budget_code}"), 404, "customer_not_found")
    assert [row["budget_code"] for row in bound.get("/customers").json()["items"]] == ["1234567"]
    assert_problem(bound.post("/customers", NEW), 403, "token_bound")


def test_a_change_needs_the_version_that_was_seen(crm: Program) -> None:
    crm.post("/customers", NEW)
    change = {"name": "UBND Phường Đông Hải"}
    assert_problem(crm.patch("/customers/2345678", change), 428, "if_match_missing")
    assert_problem(crm.patch("/customers/2345678", change, if_match='"7"'), 412, "stale")
    assert_problem(crm.patch("/customers/2345678", change, if_match="*"), 412, "stale")
    changed = crm.patch("/customers/2345678", change, if_match='"1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert changed.json()["name"] == "UBND Phường Đông Hải"


def test_a_post_that_is_sent_again_is_done_once(crm: Program) -> None:
    first = crm.post("/customers", NEW, idempotency_key="k-1")
    again = crm.post("/customers", NEW, idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert again["Idempotency-Replayed"] == "true"
    assert Customer.objects.count() == 1


def test_a_key_belongs_to_one_request(crm: Program) -> None:
    crm.post("/customers", NEW, idempotency_key="k-1")
    other = crm.post("/customers", NEW | {"name": "Khác"}, idempotency_key="k-1")
    assert_problem(other, 422, "idempotency_key_reused")


def test_a_key_belongs_to_one_token(crm: Program, other_salesperson: User) -> None:
    crm.post("/customers", NEW, idempotency_key="k-1")
    answer = program(other_salesperson).post("/customers", NEW, idempotency_key="k-1")
    assert_problem(answer, 422, "budget_code_taken", "/budget_code")


def test_the_successor_of_a_token_repeats_its_answers(
    salesperson: User, administrator: User
) -> None:
    made, text = token(salesperson)
    first = Program(text).post("/customers", NEW, idempotency_key="k-1")
    later = timezone.now() + datetime.timedelta(days=90)
    _, text = rotate_token(
        actor=administrator, token_id=made.pk, overlap=datetime.timedelta(), expires_at=later
    )
    again = Program(text).post("/customers", NEW, idempotency_key="k-1")
    assert (again.status_code, again.content) == (201, first.content)
    other = Program(text).post("/customers", NEW | {"name": "Khác"}, idempotency_key="k-1")
    assert_problem(other, 422, "idempotency_key_reused")
    assert Customer.objects.count() == 1


def test_a_refusal_is_repeated_too_and_leaves_nothing(crm: Program) -> None:
    wrong = NEW | {"phone": "12"}
    first = crm.post("/customers", wrong, idempotency_key="k-1")
    again = crm.post("/customers", wrong, idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.content == first.content
    assert not Customer.objects.exists()


def test_a_key_is_free_again_after_a_day(crm: Program) -> None:
    crm.post("/customers", NEW, idempotency_key="k-1")
    IdempotentAnswer.objects.update(at=timezone.now() - datetime.timedelta(hours=25))
    assert_problem(crm.post("/customers", NEW, idempotency_key="k-1"), 422, "budget_code_taken")


def test_a_key_has_a_form(crm: Program) -> None:
    answer = crm.post("/customers", NEW, idempotency_key="x" * 101)
    assert_problem(answer, 400, "idempotency_key_invalid")


def test_pages_follow_each_other_to_the_end(crm: Program) -> None:
    for number in range(5):
        factories.customer(f"777000{number}", f"Đơn vị {number}")
    codes, path = [], "/customers?limit=2"
    while path:
        page = crm.get(path).json()
        codes += [row["budget_code"] for row in page["items"]]
        path = page["next"] and f"/customers?limit=2&cursor={page['next']}"
    assert codes == [f"777000{number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("limit", ["0", "201", "x"])
def test_a_page_has_bounds(crm: Program, limit: str) -> None:
    answer = crm.get(f"/customers?limit={limit}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/limit")


def test_a_cursor_of_another_list_is_refused(crm: Program) -> None:
    assert_problem(crm.get("/customers?cursor=abc"), 422, "cursor_invalid", "/cursor")


def test_every_answer_tells_what_is_left_of_the_rate(salesperson: User) -> None:
    crm = program(salesperson, per_minute=2)
    first, second, third = (crm.get("/customers") for _ in range(3))
    assert (first["RateLimit"], first["RateLimit-Policy"]) == (
        '"token";r=1;t=0',
        '"token";q=2;w=60',
    )
    assert second.status_code == 200
    assert_problem(third, 429, "too_many_requests")
    assert 1 <= int(third["Retry-After"]) <= 30


def test_no_cache_on_the_way_keeps_an_answer(crm: Program) -> None:
    assert crm.get("/customers")["Cache-Control"] == "no-store"


def test_the_last_use_is_remembered(salesperson: User) -> None:
    made, text = token(salesperson)
    Program(text).get("/customers")
    made.refresh_from_db()
    assert made.last_used_at is not None


def test_addresses_and_methods_that_are_not_there(crm: Program) -> None:
    assert_problem(crm.get("/nothing"), 404, "not_found")
    assert crm.delete("/customers").status_code == 405


def test_the_documentation_names_scopes_and_problems(client: Client, db: None) -> None:
    document = json.loads(client.get("/api/v1/openapi.json").content)
    assert document["openapi"].startswith("3.1")
    post = document["paths"]["/api/v1/customers"]["post"]
    assert (post["security"], post["x-scope"]) == ([{"BearerToken": []}], "customers:write")
    assert {"201", "401", "403", "422", "429"} <= set(post["responses"])
