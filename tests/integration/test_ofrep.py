"""What products are told by OFREP, and what they are told instead."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from capphep.crm.models import Customer
from capphep.entitlements.models import CheckDocument
from capphep.integration import limits
from capphep.integration.ofrep import reader
from capphep.platform.api import Scope
from capphep.platform.models import User
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import token
from tests.integration.ofreps import FLAGS, Answer, Asking

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    limits.LIMITER.forget()


@pytest.fixture
def unit(catalogue: SmallCatalogue) -> Customer:
    customer = factories.customer()
    stories.opened(customer, catalogue)
    return customer


@pytest.fixture
def igov() -> User:
    return factories.user("igov", "program")


@pytest.fixture
def product(unit: Customer, igov: User) -> Asking:
    return Asking(token(igov, Scope.ENTITLEMENTS_READ)[1])


def refused(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json")
    body: dict[str, Any] = answer.body
    assert (body["errorCode"], type(body["errorDetails"])) == (code, str)
    return body


def test_a_module_is_true_while_something_of_it_is_in_force(product: Asking) -> None:
    answer = product.one("igov.office")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    until = CheckDocument.objects.get()
    assert answer.body == {
        "key": "igov.office",
        "value": True,
        "reason": "TARGETING_MATCH",
        "variant": "granted",
        "metadata": {
            "reason_code": "granted",
            "request_no": "YC-2026-000245",
            "valid_until": json.loads(until.document)["office"][0][2],
            "version": 1,
        },
    }


def test_a_resource_is_the_total_in_force(product: Asking) -> None:
    assert product.one("igov.office.users").body["value"] == 100
    books = product.one("igov.accounting.books").body["value"]
    assert (books, type(books)) == (1, int)


def test_a_check_is_one_statement(product: Asking) -> None:
    for flag in ("igov.office", "igov.office.users", "igov.accounting.books"):
        product.read.clear()
        assert product.one(flag).status == 200
        assert product.read == ["check"]


def test_what_was_not_bought_is_no_and_no_error(product: Asking, catalogue: SmallCatalogue) -> None:
    catalogue.suite()
    answer = product.one("igov.chat")
    assert (answer.status, answer.body["value"]) == (200, False)
    assert (answer.body["reason"], answer.body["variant"]) == ("DEFAULT", "not_bought")
    assert product.one("igov.chat.users").body["value"] == 0
    # The list of what can be bought is kept; the next such check reads one row again.
    product.read.clear()
    assert product.one("igov.chat.users").body["metadata"] == {
        "reason_code": "not_bought",
        "version": 1,
    }
    assert product.read == ["check"]


def test_a_customer_without_any_subscription_has_nothing(product: Asking) -> None:
    factories.customer("7654321", "Trường TH Kim Đồng")
    assert product.one("igov.office", "7654321").body["value"] is False


def test_a_module_that_was_bought_with_codes_in_capitals_has_a_flag_in_small_letters(
    product: Asking, unit: Customer, catalogue: SmallCatalogue
) -> None:
    catalogue.office.code = "VPS_Pro"
    catalogue.office.save()
    customer = factories.customer("7654321", "Trường TH Kim Đồng")
    stories.opened(customer, catalogue, request_no="YC-2026-000246")
    assert product.one("igov.vps_pro.users", "7654321").body["value"] == 100
    refused(product.one("igov.VPS_Pro.users", "7654321"), 404, "FLAG_NOT_FOUND")


@pytest.mark.parametrize(
    "flag", ["igov.offices", "igov.office.user", "office", "igov", "x.office", "igov..users", "a/b"]
)
def test_an_unknown_flag_is_not_found(product: Asking, flag: str) -> None:
    assert refused(product.one(flag), 404, "FLAG_NOT_FOUND")["key"] == flag


@pytest.mark.parametrize("body", [{"context": {}}, {}, {"context": {"targetingKey": ""}}])
def test_without_a_targeting_key_nothing_can_be_said(product: Asking, body: object) -> None:
    refused(product.post(f"{FLAGS}/igov.office", body), 400, "TARGETING_KEY_MISSING")
    assert "key" not in refused(product.post(FLAGS, body), 400, "TARGETING_KEY_MISSING")


@pytest.mark.parametrize("customer", ["7654321", "123456", 1234567, "１２３４５６７", ["1234567"]])
def test_a_mistyped_customer_never_reads_as_a_no(product: Asking, customer: object) -> None:
    refused(product.one("igov.office", customer), 400, "INVALID_CONTEXT")
    refused(product.all(customer), 400, "INVALID_CONTEXT")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 60_000, b'"1234567"'])
def test_what_is_no_json_object_cannot_be_read(product: Asking, body: bytes) -> None:
    refused(product.post(f"{FLAGS}/igov.office", body), 400, "PARSE_ERROR")


def test_a_context_of_another_kind_is_invalid(product: Asking) -> None:
    refused(product.post(FLAGS, {"context": ["1234567"]}), 400, "INVALID_CONTEXT")


def test_a_body_has_a_largest_size(product: Asking) -> None:
    refused(product.post(FLAGS, b" " * 70_000), 413, "PARSE_ERROR")


def test_a_body_that_does_not_arrive_is_no_failure(product: Asking, unit: Customer) -> None:
    class Cut:
        def read(self, _size: int) -> bytes:
            raise BlockingIOError

    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": FLAGS,
        "CONTENT_LENGTH": "100",
        "wsgi.input": Cut(),
        "HTTP_AUTHORIZATION": f"Bearer {product.text}",
    }
    told: list[str] = []
    product.handler(environ, lambda status, _headers: told.append(status))
    assert told == ["400 Bad Request"]


def test_a_body_may_come_in_chunks(product: Asking) -> None:
    chunks = {"content_length": "", "transfer_encoding": "chunked"}
    body = {"context": {"targetingKey": "1234567"}}
    assert product.post(f"{FLAGS}/igov.office", body, **chunks).body["value"] is True
    refused(product.post(FLAGS, b" " * 70_000, **chunks), 413, "PARSE_ERROR")


def test_only_post_evaluates(product: Asking) -> None:
    answer = product.post(f"{FLAGS}/igov.office", {}, method="GET")
    refused(answer, 405, "GENERAL")
    assert answer.headers["Allow"] == "POST"
    refused(product.post("/ofrep/v1/configuration", {}, method="GET"), 404, "GENERAL")


def test_without_a_running_token_nothing_is_told(
    product: Asking, unit: Customer, igov: User
) -> None:
    past = timezone.now() - datetime.timedelta(seconds=1)
    for text in (
        "",
        "x",
        "capphep_" + "x" * 43,
        token(igov, revoked_at=past)[1],
        token(igov, expires_at=past)[1],
    ):
        answer = Asking(text).one("igov.office")
        assert refused(answer, 401, "GENERAL")["key"] == "igov.office"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        # Nor what is wrong with the question.
        assert Asking(text).post(FLAGS, b"{").status == 401
    User.objects.filter(pk=igov.pk).update(is_active=False)
    assert product.one("igov.office").status == 401


def test_a_token_is_taken_from_the_header_of_api_keys_too(product: Asking) -> None:
    key = product.text
    product.text = ""
    assert product.one("igov.office", x_api_key=key, authorization="").status == 200


def test_a_token_needs_the_scope_and_a_user_who_sees_every_customer(
    unit: Customer, igov: User, salesperson: User
) -> None:
    for text in (token(igov, Scope.USAGE_WRITE)[1], token(salesperson)[1]):
        refused(Asking(text).one("igov.office"), 403, "GENERAL")
        refused(Asking(text).all(), 403, "GENERAL")


def test_a_token_of_one_customer_knows_no_other(
    unit: Customer, igov: User, catalogue: SmallCatalogue
) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng")
    stories.opened(other, catalogue, request_no="YC-2026-000246")
    bound = Asking(token(igov, customer=unit)[1])
    assert bound.one("igov.office").body["value"] is True
    nobody = refused(bound.one("igov.office", "9999999"), 400, "INVALID_CONTEXT")
    assert refused(bound.one("igov.office", "7654321"), 400, "INVALID_CONTEXT") == nobody
    assert bound.all("7654321").body == bound.all("9999999").body


def test_a_token_of_one_product_knows_no_other(
    unit: Customer, igov: User, catalogue: SmallCatalogue
) -> None:
    bound = Asking(token(igov, product=catalogue.ihos)[1])
    refused(bound.one("igov.office"), 404, "FLAG_NOT_FOUND")
    assert bound.one("ihos.accounting").body["value"] is False
    keys = [flag["key"] for flag in bound.all().body["flags"]]
    assert keys == ["ihos.accounting", "ihos.accounting.books"]


def test_too_many_requests_are_told_when_to_come_again(unit: Customer, igov: User) -> None:
    asking = Asking(token(igov, per_minute=2)[1])
    first = asking.one("igov.office")
    assert first.headers["RateLimit-Policy"] == '"token";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"token";r=1;')
    asking.one("igov.office")
    answer = asking.one("igov.office")
    refused(answer, 429, "GENERAL")
    assert int(answer.headers["Retry-After"]) >= 1


def test_all_flags_are_those_of_the_catalogue(product: Asking) -> None:
    answer = product.all()
    found = {flag["key"]: flag["value"] for flag in answer.body["flags"]}
    assert found == {
        "igov.accounting": True,
        "igov.accounting.books": 1,
        "igov.office": True,
        "igov.office.users": 100,
        "ihos.accounting": False,
        "ihos.accounting.books": 0,
    }
    for flag in answer.body["flags"]:
        assert product.one(flag["key"]).body == flag


def test_what_was_granted_without_being_sold_is_told_too(
    product: Asking, catalogue: SmallCatalogue
) -> None:
    catalogue.base.contents.all().delete()
    catalogue.users_50.contents.all().delete()
    catalogue.accounting.trial_defaults.all().delete()
    catalogue.office.trial_defaults.all().delete()
    assert product.one("igov.office.users").body["value"] == 100
    assert "igov.office.users" in [flag["key"] for flag in product.all().body["flags"]]


def test_all_flags_are_sent_again_only_when_something_changed(
    product: Asking, catalogue: SmallCatalogue
) -> None:
    etag = product.all().headers["ETag"]
    assert etag.startswith('"') and etag.endswith('"')
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = product.all(if_none_match=known)
        assert (again.status, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert "Content-Type" not in again.headers
    assert product.all(if_none_match='"x"').status == 200
    other = factories.customer("7654321", "Trường TH Kim Đồng")
    stories.opened(other, catalogue, request_no="YC-2026-000246")
    assert product.all("7654321", if_none_match=etag).status == 200


def test_another_token_has_other_tags(product: Asking, unit: Customer, igov: User) -> None:
    etag = product.all().headers["ETag"]
    assert Asking(token(igov)[1]).all(if_none_match=etag).status == 200


def test_the_tag_changes_on_the_day_on_which_a_term_begins_or_ends(product: Asking) -> None:
    first, *_ = json.loads(CheckDocument.objects.get().document)["office"]
    begins, ends = (datetime.date.fromisoformat(text) for text in (first[0], first[2]))
    tags = {}
    for day in (-1, 0, 1):
        for name, base in (("begin", begins), ("end", ends + datetime.timedelta(days=1))):
            with override_settings(CLOCK=base + datetime.timedelta(days=day)):
                answer = product.all()
                tags[name, day] = answer.headers["ETag"]
                value = next(f for f in answer.body["flags"] if f["key"] == "igov.office")["value"]
                assert value is ((name == "begin") == (day >= 0))
    assert tags["begin", 0] == tags["begin", 1] == tags["end", -1]
    assert len({tags["begin", -1], tags["begin", 0], tags["end", 0]}) == 3
    assert tags["end", 0] == tags["end", 1]


def test_the_answer_changes_with_the_day(product: Asking) -> None:
    steps = json.loads(CheckDocument.objects.get().document)["office.users"]
    with override_settings(CLOCK=datetime.date.fromisoformat(steps[0][0]) - DAY):
        assert product.one("igov.office.users").body["variant"] == "not_begun"
    with override_settings(CLOCK=datetime.date.fromisoformat(steps[1][0])):
        body = product.one("igov.office.users").body
    assert (body["value"], body["reason"], body["variant"]) == (0, "DEFAULT", "expired")


def test_what_was_granted_and_not_written_down_is_no_no(product: Asking) -> None:
    CheckDocument.objects.all().delete()
    for answer in (product.one("igov.office"), product.all()):
        refused(answer, 503, "GENERAL")
        assert int(answer.headers["Retry-After"]) >= 1


def test_a_database_that_does_not_answer_is_no_no(
    unit: Customer, igov: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = Asking(token(igov)[1])
    monkeypatch.setitem(reader.STATEMENTS, "check", "SELECT nothing")
    answer = product.one("igov.office")
    refused(answer, 503, "GENERAL")


def test_the_cache_answers_without_a_read_and_tells_its_age(unit: Customer, igov: User) -> None:
    asking = Asking(token(igov)[1], cache=True)
    first = asking.one("igov.office")
    assert 0 <= float(first.headers["Capphep-Age"]) < 1
    asking.read.clear()
    again = asking.one("igov.office")
    assert (again.body, asking.read) == (first.body, [])
    assert 0 <= float(again.headers["Capphep-Age"]) < 1
    etag = asking.all().headers["ETag"]
    asking.read.clear()
    assert asking.all(if_none_match=etag).status == 304
    assert asking.read == []


def test_the_cache_never_answers_after_a_second(
    unit: Customer, igov: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = Asking(token(igov)[1], cache=True)
    now = [100.0]
    monkeypatch.setattr("capphep.integration.ofrep.cache.time.monotonic", lambda: now[0])
    assert asking.one("igov.office").status == 200
    CheckDocument.objects.update(document="{}")
    now[0] = 100.99
    assert asking.one("igov.office").body["value"] is True
    now[0] = 101.0
    assert asking.one("igov.office").body["value"] is False


def test_the_cache_keeps_no_refusals_and_counts_the_rate(unit: Customer, igov: User) -> None:
    asking = Asking(token(igov, per_minute=4)[1], cache=True)
    assert [asking.one("igov.nothing").status for _ in range(2)] == [404, 404]
    assert [asking.one("igov.office").status for _ in range(3)] == [200, 200, 429]


def test_a_token_s_use_is_noted_beside_the_check(product: Asking) -> None:
    product.one("igov.office")
    assert len(product.handler._uses.tokens) == 1  # type: ignore[attr-defined]


def test_all_flags_offer_a_stream_with_a_permit(product: Asking) -> None:
    [stream] = product.all().body["eventStreams"]
    assert stream["type"] == "sse"
    assert stream["endpoint"]["requestUri"].startswith("/ofrep/v1/stream?permit=")


def test_a_stream_needs_its_permit(product: Asking) -> None:
    answer = product.post("/ofrep/v1/stream", b"", method="GET")
    refused(answer, 401, "GENERAL")
    refused(product.post("/ofrep/v1/stream", b""), 405, "GENERAL")
