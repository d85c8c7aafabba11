"""The published clients of OpenFeature, unchanged, against the production server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

from capphep.entitlements.models import GrantKind
from capphep.platform import clock
from tests import factories, stories
from tests.entitlements.conftest import Ledger
from tests.factories import SmallCatalogue
from tests.integration.apis import token
from tests.plumbing.node import run_node
from tests.plumbing.server import served

pytestmark = pytest.mark.django_db(transaction=True)
UNIT = EvaluationContext("1234567")


@pytest.fixture
def ledger(transactional_db: None) -> Ledger:
    factories.reference_data()
    catalogue = SmallCatalogue()
    catalogue.suite()
    customer = factories.customer()
    stories.opened(customer, catalogue)
    return Ledger(customer, catalogue, clock.today())


def made_token(**fields: Any) -> str:
    return token(factories.user(f"igov{time.monotonic_ns()}", "program"), **fields)[1]


@pytest.fixture
def product(server: str, ledger: Ledger) -> Iterator[OpenFeatureClient]:
    yield python_client(server, made_token())
    api.shutdown()


def python_client(address: str, text: str) -> OpenFeatureClient:
    provider = OFREPProvider(
        address, headers_factory=lambda: {"Authorization": f"Bearer {text}"}, timeout=20
    )
    domain = f"test-{time.monotonic_ns()}"
    api.set_provider(provider, domain)
    return api.get_client(domain)


def test_python_is_told_what_is_in_force(product: OpenFeatureClient) -> None:
    office = product.get_boolean_details("igov.office", False, UNIT)
    assert (office.value, office.reason, office.variant) == (
        True,
        Reason.TARGETING_MATCH,
        "granted",
    )
    assert office.flag_metadata["request_no"] == "YC-2026-000245"
    users = product.get_integer_details("igov.office.users", 7, UNIT)
    assert (users.value, users.error_code) == (100, None)


def test_python_is_told_no_without_an_error(product: OpenFeatureClient) -> None:
    chat = product.get_boolean_details("igov.chat", True, UNIT)
    assert (chat.value, chat.reason, chat.error_code) == (False, Reason.DEFAULT, None)
    assert product.get_integer_value("igov.chat.users", 7, UNIT) == 0


@pytest.mark.parametrize(
    ("flag", "context", "code"),
    [
        ("igov.nothing", UNIT, ErrorCode.FLAG_NOT_FOUND),
        ("igov.office", EvaluationContext(), ErrorCode.TARGETING_KEY_MISSING),
        ("igov.office", EvaluationContext("7654321"), ErrorCode.INVALID_CONTEXT),
    ],
)
def test_python_is_told_what_is_wrong(
    product: OpenFeatureClient, flag: str, context: EvaluationContext, code: ErrorCode
) -> None:
    found = product.get_boolean_details(flag, True, context)
    assert (found.value, found.error_code) == (True, code)
    assert found.error_message and not found.error_message.startswith("'")


def test_python_without_a_token_gets_its_own_default(server: str, ledger: Ledger) -> None:
    found = python_client(server, "capphep_nobody").get_boolean_details("igov.office", False, UNIT)
    assert (found.value, found.error_code) == (False, ErrorCode.GENERAL)
    assert found.error_message == "unauthorized"


def test_python_waits_as_long_as_it_is_told(server: str, ledger: Ledger) -> None:
    client = python_client(server, made_token(per_minute=1))
    assert client.get_boolean_value("igov.office", False, UNIT) is True
    limited = client.get_boolean_details("igov.office", False, UNIT)
    assert "Rate limited, retry after: " in str(limited.error_message)
    paused = client.get_boolean_details("igov.office", False, UNIT)
    assert "paused due to TooManyRequests" in str(paused.error_message)


def test_the_next_check_after_a_commit_is_told_of_it(
    product: OpenFeatureClient, ledger: Ledger
) -> None:
    for number in range(5):
        assert product.get_integer_value("igov.office.users", 0, UNIT) == 100 + 10 * number
        ledger.grant(f"YC-2026-00030{number}", 10)
    ledger.withdraw("YC-2026-000300", ledger.today)
    assert product.get_integer_value("igov.office.users", 0, UNIT) == 140


def test_node_is_told_the_same(server: str, ledger: Ledger) -> None:
    ledger.grant("YC-2026-000300", 10, kind=GrantKind.TRIAL, months=1)
    unit, nobody = {"targetingKey": "1234567"}, {"targetingKey": "7654321"}
    found = run_node(
        "ofrep.mjs",
        address=server,
        token=made_token(),
        checks=[
            ["boolean", "igov.office", unit, False],
            ["number", "igov.office.users", unit, 0],
            ["boolean", "igov.chat", unit, True],
            ["number", "igov.chat.users", unit, 7],
            ["boolean", "igov.nothing", unit, True],
            ["boolean", "igov.office", {}, True],
            ["boolean", "igov.office", nobody, True],
        ],
    )
    assert [(one["value"], one.get("errorCode")) for one in found] == [
        (True, None),
        (110, None),
        (False, None),
        (0, None),
        (True, "FLAG_NOT_FOUND"),
        (True, "TARGETING_KEY_MISSING"),
        (True, "INVALID_CONTEXT"),
    ]
    office = found[1]
    assert (office["reason"], office["variant"]) == ("TARGETING_MATCH", "trial")
    assert office["flagMetadata"]["request_no"] == "YC-2026-000300"


def test_node_that_may_not_or_not_so_often_gets_its_own_default(
    server: str, ledger: Ledger
) -> None:
    checks = [["boolean", "igov.office", {"targetingKey": "1234567"}, False]] * 3
    nobody = run_node("ofrep.mjs", address=server, token="capphep_nobody", checks=checks[:1])
    assert (nobody[0]["value"], nobody[0]["errorCode"]) == (False, "GENERAL")
    found = run_node("ofrep.mjs", address=server, token=made_token(per_minute=1), checks=checks)
    assert [one["value"] for one in found] == [True, False, False]
    assert "paused due to TooManyRequests" in found[2]["errorMessage"]


@pytest.mark.once
def test_without_a_database_both_get_their_own_default(ledger: Ledger) -> None:
    settings = {"CAPPHEP_DATABASE_URL": "sqlite:////nowhere/capphep.sqlite3"}
    with served(**settings, CAPPHEP_CHECK_CACHE="yes") as address:
        text = made_token()
        sent = {"Authorization": f"Bearer {text}"}
        answer = requests.post(
            f"{address}/ofrep/v1/evaluate/flags/igov.office",
            json={"context": {"targetingKey": "1234567"}},
            headers=sent,
            timeout=20,
        )
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert "nothing is known" in answer.json()["errorDetails"]
        found = python_client(address, text).get_boolean_details("igov.office", True, UNIT)
        assert (found.value, found.error_code) == (True, ErrorCode.GENERAL)
        checks = [["boolean", "igov.office", {"targetingKey": "1234567"}, True]]
        [there] = run_node("ofrep.mjs", address=address, token=text, checks=checks)
        assert (there["value"], there["errorCode"]) == (True, "GENERAL")
