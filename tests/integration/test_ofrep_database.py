"""Checks go on beside imports and migrations, and never guess when the database does not answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from capphep.integration.ofrep.handler import Handler
from capphep.integration.ofrep.reader import Reader
from capphep.integration.ofrep.uses import Uses
from tests import factories, stories
from tests.entitlements.conftest import Ledger
from tests.integration.apis import token
from tests.integration.ofreps import Asking, NoUses, ledger

__all__ = ["ledger"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product(ledger: Ledger) -> Iterator[Asking]:
    """Over the handler's own connection, as in production."""
    reader = Reader()
    text = token(factories.user("igov", "program"))[1]
    yield Asking(text, Handler(reader, uses=NoUses()))
    reader.close()


def users(product: Asking) -> Any:
    return product.one("igov.office.users").body.get("value")


def test_a_commit_is_seen_by_the_next_check_and_nothing_before_it(
    product: Asking, ledger: Ledger
) -> None:
    assert users(product) == 100
    with transaction.atomic():
        ledger.grant("YC-2026-000300", 50)
        assert users(product) == 100
    assert users(product) == 150


def test_an_approval_is_in_the_answer_to_the_next_check(product: Asking, ledger: Ledger) -> None:
    people = [factories.user("sales", "sales"), factories.user("officer", "officer")]
    bought = [(ledger.catalogue.users_50, 1)]
    request = stories.sent(stories.ordered(ledger.customer, people[0], bought), people[0])
    assert users(product) == 100
    stories.approved(request, people[1])
    told = product.one("igov.office.users").body
    assert (told["value"], told["metadata"]["request_no"]) == (150, request.request_no)


@pytest.mark.postgresql
def test_checks_go_on_while_a_migration_holds_other_tables(product: Asking) -> None:
    assert product.all().status == 200
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("crm_customer", "entitlements_subscription", "entitlements_grant"):
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN more integer")
        cursor.execute("LOCK TABLE catalog_module IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        assert users(product) == 100
        assert product.one("igov.office").status == 200
        assert time.monotonic() - began < 10
        transaction.set_rollback(True)


@pytest.mark.sqlite
def test_checks_go_on_while_an_import_or_a_migration_writes(
    product: Asking, ledger: Ledger
) -> None:
    with transaction.atomic():
        ledger.grant("YC-2026-000300", 50)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE crm_customer ADD COLUMN more integer")
        began = time.monotonic()
        assert users(product) == 100
        assert product.all().status == 200
        assert time.monotonic() - began < 10
        transaction.set_rollback(True)


@pytest.mark.postgresql
def test_a_row_that_cannot_be_read_in_time_is_no_no(product: Asking) -> None:
    assert users(product) == 100
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE entitlements_checkdocument IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        answer = product.one("igov.office.users")
        assert time.monotonic() - began < 15
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert users(product) == 100


@pytest.mark.postgresql
def test_a_connection_that_broke_is_renewed_within_the_check(product: Asking) -> None:
    assert users(product) == 100
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert users(product) == 100


@contextmanager
def database_elsewhere(**values: Any) -> Iterator[None]:
    shared = connections["default"].settings_dict
    before = dict(shared)
    shared.update(values)
    try:
        yield
    finally:
        shared.update(before)


def test_a_database_that_is_not_there_is_no_no(ledger: Ledger) -> None:
    asking = Asking(token(factories.user("igov", "program"))[1], Handler(Reader(), uses=NoUses()))
    with database_elsewhere(NAME="/nowhere/capphep", HOST="127.0.0.1", PORT="1"):
        for _ in range(3):
            answer = asking.one("igov.office")
            assert (answer.status, answer.body["errorCode"]) == (503, "GENERAL")
            assert answer.body["key"] == "igov.office"
            assert asking.all().status == 503
    # It is left alone for a second, then asked again.
    time.sleep(1.05)
    assert users(asking) == 100
    asking.handler.reader.close()


@pytest.mark.postgresql
def test_a_database_that_takes_connections_and_says_nothing_is_no_no(ledger: Ledger) -> None:
    asking = Asking(token(factories.user("igov", "program"))[1], Handler(Reader(), uses=NoUses()))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        began = time.monotonic()
        with database_elsewhere(HOST="127.0.0.1", PORT=port):
            assert asking.one("igov.office").status == 503
        assert time.monotonic() - began < 15


def test_the_use_of_a_token_is_noted_once_and_beside_the_checks(
    product: Asking, ledger: Ledger
) -> None:
    made, _ = token(factories.user("chat", "program"))
    uses = Uses()
    for _ in range(3):
        uses.note(made.pk)
    for _ in range(100):
        made.refresh_from_db()
        if made.last_used_at:
            break
        time.sleep(0.05)
    assert made.last_used_at
