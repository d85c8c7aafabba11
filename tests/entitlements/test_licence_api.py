"""A product fetches its licence over the API, renews it, and verifies it by itself."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from capphep.crm.models import Customer
from capphep.entitlements.actions import current_licence, issue_licence, lock_subscription
from capphep.entitlements.actions.keys import rotate_key
from capphep.entitlements.models import Licence, LicenceCause
from capphep.entitlements.queries import published_keys
from capphep.platform.api import Scope
from capphep.platform.models import AuditEntry, OutboxEvent, User
from capphep.platform.roles import SYSTEM
from capphep.pure.errors import NotFound
from capphep_licence import Verifier
from tests import factories
from tests.entitlements.conftest import DAY, Ledger
from tests.integration.apis import Program, token
from tests.plumbing.races import race, winners
from tests.plumbing.sql_counts import Counter

YC = "YC-2026-000001"
CURRENT = "/customers/1234567/licences/igov/current"
JOSE = {"accept": "application/jose"}


@pytest.fixture
def product(salesperson: User) -> Program:
    """iGOV itself, with a token that may read licences."""
    return Program(token(salesperson, Scope.LICENCES_READ)[1])


def issued(ledger: Ledger, number: str = YC, cause: str = LicenceCause.APPROVAL) -> Licence:
    with transaction.atomic():
        return issue_licence(
            subscription=ledger.locked(), request_no=number, day=ledger.today, cause=cause
        )


def verified(file: str) -> Any:
    keys = {"keys": published_keys()}
    return Verifier(keys, product="igov", customer="1234567").verify(file)


def test_the_newest_licence_is_told_with_its_file(ledger: Ledger, product: Program) -> None:
    ledger.grant(YC, 50)
    licence = issued(ledger)
    answer = product.get(CURRENT)
    assert answer.status_code == 200
    found = answer.json()
    assert found["file"] == licence.file
    assert {name: found[name] for name in ("licence_no", "customer", "product", "version")} == {
        "licence_no": licence.licence_no,
        "customer": "1234567",
        "product": "igov",
        "version": licence.version,
    }
    assert (found["cause"], found["request_no"]) == ("approval", YC)
    assert (found["state"], found["superseded_by"]) == ("valid", "")


def test_the_file_alone_is_what_a_product_verifies(ledger: Ledger, product: Program) -> None:
    ledger.grant(YC, 50)
    issued(ledger)
    answer = product.get(CURRENT, **JOSE)
    assert answer["Content-Type"] == "application/jose"
    licence = verified(answer.content.decode("ascii"))
    assert licence.limit("igov.office.users") == 150
    assert licence.check("igov.office.users").requests == ("YC-2026-000245", YC)


def test_the_answer_stays_the_same_until_something_changes(
    ledger: Ledger, product: Program
) -> None:
    issued(ledger)
    for headers in (JOSE, {"accept": "application/json"}):
        answer = product.get(CURRENT, **headers)
        again = product.get(CURRENT, **headers, if_none_match=answer["ETag"])
        assert again.status_code == 304
        assert not again.content
    tag = product.get(CURRENT, **JOSE)["ETag"]
    assert product.get(CURRENT, **JOSE, if_none_match=f'"x", W/{tag}').status_code == 304
    rotate_key(days=0)
    renewed = product.get(CURRENT, **JOSE, if_none_match=tag)
    assert renewed.status_code == 200
    tag = renewed["ETag"]
    ledger.grant("YC-2026-000002", 20)
    issued(ledger, "YC-2026-000002")
    assert product.get(CURRENT, **JOSE, if_none_match=tag).status_code == 200


def test_a_licence_is_renewed_when_a_third_of_its_life_has_passed(
    ledger: Ledger, product: Program
) -> None:
    licence = issued(ledger)
    before = product.get(CURRENT, **JOSE)
    Licence.objects.update(issued_at=timezone.now() - datetime.timedelta(days=45))
    renewed = product.get(CURRENT, **JOSE, if_none_match=before["ETag"])
    claims = verified(renewed.content.decode()).claims
    assert claims.number == licence.licence_no
    assert timezone.now().timestamp() - claims.issued_at < 10 * 86_400
    assert claims.expires_at - timezone.now().timestamp() > 20 * 86_400


def test_a_superseded_licence_is_told_and_not_renewed(ledger: Ledger, product: Program) -> None:
    first = issued(ledger)
    ledger.grant("YC-2026-000002", 20)
    second = issued(ledger, "YC-2026-000002")
    found = product.get(f"/licences/{first.licence_no}").json()
    assert (found["state"], found["superseded_by"]) == ("superseded", second.licence_no)
    assert found["file"] == first.file
    assert product.get(CURRENT).json()["licence_no"] == second.licence_no


# --- what was in force before capphep ------------------------------------------------------------


def test_what_was_in_force_before_is_certified_when_it_is_asked_for(
    ledger: Ledger, product: Program
) -> None:
    assert not Licence.objects.exists()
    found = product.get(CURRENT).json()
    assert (found["cause"], found["request_no"]) == ("opening", "")
    assert verified(found["file"]).limit("igov.office.users") == 100
    assert product.get(CURRENT).json() == found
    assert Licence.objects.count() == 1
    assert AuditEntry.objects.filter(verb="licence_issued").count() == 1
    assert OutboxEvent.objects.filter(type="licence.issued").count() == 1


def test_of_several_who_ask_at_once_one_licence_comes(
    transactional_db: None, ledger: Ledger
) -> None:
    subscription = ledger.subscription
    outcomes = race(lambda: current_licence(actor=SYSTEM, subscription=subscription), 4)
    assert len({licence.licence_no for licence in winners(outcomes)}) == 1
    assert Licence.objects.count() == 1


def test_what_was_granted_nothing_has_no_licence(ledger: Ledger) -> None:
    with transaction.atomic():
        empty = lock_subscription(ledger.customer, ledger.catalogue.ihos)
    with pytest.raises(NotFound):
        current_licence(actor=SYSTEM, subscription=empty)


# --- who may -------------------------------------------------------------------------------------


def test_a_token_without_the_scope_is_told_so(ledger: Ledger, salesperson: User) -> None:
    other = Program(token(salesperson, Scope.CUSTOMERS_READ)[1])
    answer = other.get(CURRENT)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_what_a_token_may_not_know_of_is_not_found(
    ledger: Ledger, salesperson: User, other_salesperson: User
) -> None:
    licence = issued(ledger)
    own = ledger.catalogue
    Customer.objects.update(owner=salesperson, team=salesperson.team)
    elsewhere = factories.customer(budget_code="7654321", name="Trường Mầm non")
    programs = [
        Program(token(salesperson, product=own.ihos)[1]),
        Program(token(salesperson, customer=elsewhere)[1]),
        Program(token(other_salesperson)[1]),
    ]
    for program in programs:
        for path in (CURRENT, f"/licences/{licence.licence_no}"):
            answer = program.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "licence_not_found")
    bound = Program(token(salesperson, product=own.igov, customer=ledger.customer)[1])
    assert bound.get(CURRENT).status_code == 200
    assert bound.get(f"/licences/{licence.licence_no}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/customers/1234567/licences/ihos/current",
        "/customers/7654321/licences/igov/current",
        "/licences/GP-2026-999999",
    ],
)
def test_what_is_not_there_is_not_found(ledger: Ledger, product: Program, path: str) -> None:
    answer = product.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "licence_not_found")


def test_a_fetch_reads_and_writes_nothing(
    ledger: Ledger, product: Program, statements: Counter
) -> None:
    issued(ledger)
    product.get(CURRENT, **JOSE)
    with statements("api.licence_file", at_most=10):
        product.get(CURRENT, **JOSE)


def test_days_are_those_of_the_ledger(ledger: Ledger, product: Program) -> None:
    ledger.grant(YC, 50, first=ledger.today + 10 * DAY)
    issued(ledger)
    licence = verified(product.get(CURRENT, **JOSE).content.decode())
    for day in (ledger.today, ledger.today + 9 * DAY, ledger.today + 10 * DAY):
        assert licence.limit("igov.office.users", day) == ledger.users(day)
