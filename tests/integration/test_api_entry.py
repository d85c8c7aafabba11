"""How a request is read: what cannot be read is told, never a 500."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from capphep.platform.api import Scope
from capphep.platform.models import User
from tests.integration.apis import program, token
from tests.integration.test_api_basics import NEW, assert_problem

BROKEN = [
    b"",
    b"{",
    b"\xff",
    b'"\xed\xa0\x80"',
    b"[" * 100_000,
    b'{"a": NaN}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b'{"name": "a", "name": "b"}',
]
UNREADABLE = ["a\0b", "\ud800", "\udfff"]


@pytest.fixture
def raw(salesperson: User) -> Client:
    return Client(headers={"authorization": f"Bearer {token(salesperson)[1]}"})


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_json_is_a_bad_request(raw: Client, body: bytes) -> None:
    answer = raw.generic("POST", "/api/v1/customers", body, "application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


class Cut(io.BytesIO):
    """A body whose sender falls silent."""

    def read(self, _size: int | None = -1) -> bytes:
        raise BlockingIOError


def test_a_body_that_does_not_arrive_is_a_bad_request(raw: Client) -> None:
    cut: dict[str, Any] = {"wsgi.input": Cut(), "CONTENT_LENGTH": "100"}
    answer = raw.generic("POST", "/api/v1/customers", b"{", "application/json", **cut)
    assert_problem(answer, 400, "bad_request")


def test_a_body_in_chunks_is_told_to_come_whole(raw: Client) -> None:
    chunked = {"transfer-encoding": "chunked"}
    answer = raw.generic("POST", "/api/v1/customers", b"", "application/json", headers=chunked)
    assert_problem(answer, 411, "length_required")


@pytest.mark.parametrize("text", UNREADABLE)
@pytest.mark.parametrize("place", ["name", "note"])
def test_a_text_that_no_database_keeps_is_told_at_its_member(
    salesperson: User, text: str, place: str
) -> None:
    answer = program(salesperson).post("/customers", NEW | {place: text})
    assert_problem(answer, 422, "text_unreadable", f"/{place}")


@pytest.mark.parametrize("path", ["/customers/a%00b", "/orders/%00", "/requests/%00/approve"])
def test_a_nul_in_an_address_is_not_found(salesperson: User, path: str) -> None:
    caller = program(salesperson)
    answer = caller.post(path) if path.endswith("approve") else caller.get(path)
    assert answer.status_code == 404 or answer.json()["code"] == "scope_missing"


def test_a_nul_in_a_parameter_is_told(salesperson: User) -> None:
    answer = program(salesperson).get("/customers?q=a%00b")
    assert_problem(answer, 422, "text_unreadable", "/q")


def test_a_misspelt_parameter_is_told(salesperson: User) -> None:
    answer = program(salesperson).get("/orders?licence_state=pending")
    assert_problem(answer, 422, "unknown_parameter", "/licence_state")


def test_a_misspelt_member_is_told_in_the_language_asked_for(salesperson: User) -> None:
    for language, text in {"en": "There is no member", "vi": "Không có"}.items():
        answer = program(salesperson, language=language).post("/customers", NEW | {"nam": "x"})
        body = assert_problem(answer, 422, "invalid_extra_forbidden", "/nam")
        assert text in body["detail"]


def test_another_media_type_is_refused(raw: Client) -> None:
    answer = raw.generic("POST", "/api/v1/customers", "a=b", "application/x-www-form-urlencoded")
    assert_problem(answer, 415, "media_type")


def test_a_body_beyond_the_limit_is_refused(raw: Client) -> None:
    body = b'{"name": "' + b"x" * (6 * 1024 * 1024) + b'"}'
    for headers in ({}, {"idempotency-key": "k"}):
        answer = raw.generic("POST", "/api/v1/customers", body, "application/json", headers=headers)
        assert_problem(answer, 413, "too_large")


def test_the_scope_is_asked_before_the_body_is_read(salesperson: User) -> None:
    reader = program(salesperson, Scope.CUSTOMERS_READ)
    assert_problem(reader.post("/customers", {"nonsense": 1}), 403, "scope_missing")


def test_a_method_that_is_not_there_is_a_problem(salesperson: User) -> None:
    answer = program(salesperson).delete("/customers")
    assert_problem(answer, 405, "method_not_allowed")
    assert {each.strip() for each in answer["Allow"].split(",")} == {"GET", "POST"}


def test_null_empties_a_text_and_nothing_else(salesperson: User) -> None:
    caller: Any = program(salesperson)
    caller.post("/customers", NEW | {"address": "Số 1"})
    path = "/customers/2345678"
    assert caller.patch(path, {"address": None}, if_match='"1"').json()["address"] == ""
    answer = caller.patch(path, {"level": None}, if_match='"2"')
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/level")
