"""Many checks at once over the API, and whether more would be allowed."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from capphep.entitlements.models import Usage
from capphep.integration import limits
from capphep.platform.api import Scope
from capphep.platform.models import User
from tests import factories, stories
from tests.entitlements.conftest import DAY, Ledger
from tests.integration.apis import Program, product_program, program

pytestmark = pytest.mark.django_db
PATH = "/entitlements/check"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    limits.LIMITER.forget()


@pytest.fixture
def igov(ledger: Ledger) -> Program:
    return product_program(Scope.ENTITLEMENTS_READ)


def check(caller: Program, *checks: dict[str, object], at: str = "") -> list[dict[str, Any]]:
    answer = caller.post(PATH + (f"?at={at}" if at else ""), {"checks": list(checks)})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def asked(flag: str, customer: str = "1234567", **more: object) -> dict[str, object]:
    return {"customer": customer, "flag": flag, **more}


def test_each_check_has_its_answer_in_order(igov: Program, ledger: Ledger) -> None:
    ledger.grant("YC-2026-000300", 50)
    users, office, hospital = check(
        igov, asked("igov.office.users"), asked("igov.office"), asked("ihos.accounting.books")
    )
    assert users == {
        "customer": "1234567",
        "flag": "igov.office.users",
        "unknown": "",
        "granted": True,
        "in_force": 150,
        "reason": "granted",
        "request_no": "YC-2026-000300",
        "valid_until": users["valid_until"],
        "in_use": None,
        "allowed": None,
    }
    assert datetime.date.fromisoformat(users["valid_until"]) > ledger.today
    assert (office["granted"], office["in_force"]) == (True, 1)
    assert (hospital["granted"], hospital["reason"]) == (False, "not_bought")


def test_any_day_can_be_asked_for(igov: Program, ledger: Ledger) -> None:
    first = min(grant.first_day for grant in ledger.subscription.grants.all())
    last = max(grant.last_day for grant in ledger.subscription.grants.all())
    days = {first - DAY: "not_begun", first: "granted", last: "granted", last + DAY: "expired"}
    for day, reason in days.items():
        [found] = check(igov, asked("igov.office.users"), at=day.isoformat())
        assert found["reason"] == reason
    assert igov.post(f"{PATH}?at=26/11/2026", {"checks": [asked("igov.office")]}).status_code == 422


def test_more_is_allowed_up_to_what_is_in_force(igov: Program, ledger: Ledger) -> None:
    own = ledger.catalogue
    Usage.objects.create(
        subscription=ledger.subscription,
        module=own.office,
        resource=own.users,
        in_use=97,
        measured_at=timezone.now(),
    )
    found = check(
        igov,
        asked("igov.office.users", more=3),
        asked("igov.office.users", more=4),
        asked("igov.accounting.books", more=1),
        asked("igov.office", more=1),
    )
    assert [(one["in_use"], one["allowed"]) for one in found] == [
        (97, True),
        (97, False),
        (None, True),
        (None, None),
    ]


def test_what_there_is_not_is_told_at_each_check(igov: Program) -> None:
    found = check(
        igov,
        asked("igov.office", "7654321"),
        asked("igov.office", "nobody"),
        asked("igov.nothing"),
        asked("igov.office.books"),
        asked(""),
    )
    assert [one["unknown"] for one in found] == ["customer_unknown"] * 2 + ["flag_unknown"] * 3
    assert not any(one["granted"] or one["reason"] or one["in_force"] for one in found)


def test_a_token_knows_nothing_beyond_its_bounds(
    ledger: Ledger, igov: Program, other_salesperson: User, salesperson: User
) -> None:
    own = ledger.catalogue
    other = factories.customer("7654321", "Trường TH Kim Đồng", owner=other_salesperson)
    stories.opened(other, own, request_no="YC-2026-000246")
    user = factories.user("more", "program")
    for caller in (program(user, customer=ledger.customer), program(salesperson)):
        found = check(caller, asked("igov.office"), asked("igov.office", "7654321"))
        assert [one["unknown"] for one in found] == ["", "customer_unknown"]
    [found_one] = check(program(user, product=own.ihos), asked("igov.office"))
    assert found_one["unknown"] == "flag_unknown"


def test_a_thousand_checks_cost_what_one_does(igov: Program, ledger: Ledger) -> None:
    costs = []
    for many in (1, 1000):
        with CaptureQueriesContext(connection) as captured:
            check(igov, *[asked("igov.office.users", more=1)] * many)
        costs.append(len(captured))
    # The token, its last use with the first of them, and what is read.
    assert costs == [8, 7]
    assert igov.post(PATH, {"checks": [asked("igov.office")] * 1001}).status_code == 422
    for refused in ([], [asked("igov.office.users", more=True)], [asked("igov.office", more="1")]):
        assert igov.post(PATH, {"checks": refused}).status_code == 422
