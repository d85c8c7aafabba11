"""Usage over the API: reported by the product, read by others."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from capphep.entitlements.models import DailyUsage, Usage
from capphep.platform import clock
from capphep.platform.api import Scope
from capphep.platform.models import User
from tests import factories, stories
from tests.entitlements.conftest import Ledger
from tests.integration.apis import Program, product_program, program
from tests.integration.test_api_basics import assert_problem
from tests.plumbing.sql_counts import Counter

MOMENT = timezone.now() - datetime.timedelta(hours=1)


@pytest.fixture
def igov(ledger: Ledger) -> Program:
    """The product's own program, bound to it."""
    return product_program(Scope.USAGE_WRITE, Scope.USAGE_READ, product=ledger.catalogue.igov)


def row(**changes: Any) -> dict[str, Any]:
    return {
        "customer": "1234567",
        "product": "igov",
        "module": "office",
        "resource": "users",
        "in_use": 85,
        "measured_at": MOMENT.isoformat(),
    } | changes


def read_at(ledger: Ledger) -> str:
    return f"/subscriptions/{ledger.subscription.pk}/usage"


def report(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"rows": list(rows)}


def test_what_is_reported_is_read_beside_what_is_in_force(igov: Program, ledger: Ledger) -> None:
    books = row(module="accounting", resource="books", in_use=1)
    answer = igov.post("/usage", report(row(), books))
    assert answer.status_code == 200
    assert answer.json() == {"kept": 2, "refused": [], "rows": ["current", "current"]}
    found = igov.get(read_at(ledger)).json()
    assert (found["customer"], found["product"]) == ("1234567", "igov")
    accounting, users = found["gauges"]
    assert [accounting[name] for name in ("in_use", "in_force", "percent")] == [1, 1, 100]
    assert (users["in_use"], users["in_force"], users["percent"]) == (85, 100, 85)
    assert users["is_stale"] is False
    day = timezone.localtime(MOMENT).date().isoformat()
    assert users["days"] == [{"day": day, "last": 85, "peak": 85}]


def test_rows_are_answered_one_by_one(igov: Program) -> None:
    late = row(in_use=3, measured_at=(MOMENT - datetime.timedelta(hours=1)).isoformat())
    answer = igov.post("/usage", report(row(), row(customer="7654321"), late, row(in_use=-1)))
    found = answer.json()
    assert (found["kept"], found["rows"]) == (2, ["current", "refused", "late", "refused"])
    assert [(each["row"], each["code"], each["pointer"]) for each in found["refused"]] == [
        (1, "customer_unknown", "/rows/1/customer"),
        (3, "in_use_out_of_range", "/rows/3/in_use"),
    ]
    assert found["refused"][0]["detail"] == "Không có khách hàng này."


def test_the_same_key_gets_the_same_answer(igov: Program) -> None:
    first = igov.post("/usage", report(row()), idempotency_key="a")
    again = igov.post("/usage", report(row()), idempotency_key="a")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert Usage.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"rows": []}, "/rows"),
        ({"rows": [{}]}, "/rows/0/customer"),
        (report(row(in_use="many")), "/rows/0/in_use"),
        (report(row(in_use="85")), "/rows/0/in_use"),
        (report(row(in_use=True)), "/rows/0/in_use"),
        (report(row(measured_at="2026-11-25T10:00:00")), "/rows/0/measured_at"),
        (report(row(measured_at="yesterday")), "/rows/0/measured_at"),
        (report(row(more=1)), "/rows/0/more"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused_whole(
    igov: Program, body: dict[str, Any], pointer: str
) -> None:
    answer = igov.post("/usage", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert not Usage.objects.exists()


def test_ten_thousand_rows_and_no_more(igov: Program) -> None:
    answer = igov.post("/usage", report(*[row()] * 10_000))
    assert answer.json()["kept"] == 10_000
    assert igov.post("/usage", report(*[row()] * 10_001)).status_code == 422


def test_a_token_reports_within_its_bounds(ledger: Ledger) -> None:
    other = factories.customer("7654321")
    stories.opened(other, ledger.catalogue, request_no="YC-2026-000900")
    for bounds, code in [
        ({"product": ledger.catalogue.ihos}, "module_unknown"),
        ({"customer": other}, "customer_unknown"),
    ]:
        bound = product_program(Scope.USAGE_WRITE, Scope.USAGE_READ, **bounds)
        (refused,) = bound.post("/usage", report(row())).json()["refused"]
        assert refused["code"] == code
        assert_problem(bound.get(read_at(ledger)), 404, "subscription_not_found")
        User.objects.filter(username="igov").update(username=f"igov{code}")


def test_a_scope_and_the_role_are_both_needed(ledger: Ledger, officer: User) -> None:
    assert_problem(program(officer).post("/usage", report(row())), 403, "not_permitted")
    reader = product_program(Scope.USAGE_READ)
    assert_problem(reader.post("/usage", report(row())), 403, "scope_missing")
    User.objects.filter(username="igov").update(username="igov2")
    assert_problem(product_program(Scope.USAGE_WRITE).get(read_at(ledger)), 403, "scope_missing")


def test_another_teams_customer_is_not_found(
    ledger: Ledger, salesperson: User, other_salesperson: User
) -> None:
    ledger.customer.owner, ledger.customer.team = salesperson, salesperson.team
    ledger.customer.save()
    assert program(salesperson).get(read_at(ledger)).status_code == 200
    assert_problem(program(other_salesperson).get(read_at(ledger)), 404, "subscription_not_found")
    unknown = program(salesperson).get("/subscriptions/999999/usage")
    assert_problem(unknown, 404, "subscription_not_found")


def test_reading_costs_the_same_for_a_day_and_for_a_year(
    igov: Program, ledger: Ledger, statements: Counter
) -> None:
    stories.in_use(ledger.customer, ledger.catalogue, 85)
    address = read_at(ledger)
    igov.get(address)  # notes that the token is used
    with statements("entitlements.api.usage", at_most=10):
        igov.get(f"{address}?days=1")
    own, today = ledger.catalogue, clock.today()
    DailyUsage.objects.bulk_create(
        DailyUsage(
            subscription=ledger.subscription,
            module=own.office,
            resource=own.users,
            day=today - datetime.timedelta(days=n),
            last=n,
            last_at=MOMENT,
            peak=n,
        )
        for n in range(1, 450)
    )
    with statements("entitlements.api.usage", at_most=10):
        found = igov.get(f"{address}?days=400")
    assert len(found.json()["gauges"][0]["days"]) == 400
    assert_problem(igov.get(f"{address}?days=401"), 422, "invalid_less_than_equal", "/days")
