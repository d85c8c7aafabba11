"""Every operation of the API: who may ask, and that nobody learns what they may not know."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from capphep.crm.models import Opportunity, Order
from capphep.entitlements.models import Licence
from capphep.platform.api import Scope
from capphep.platform.models import AuditEntry, OutboxEvent, User
from tests import factories, stories
from tests.factories import SmallCatalogue
from tests.integration.apis import Program, program
from tests.integration.operations import Operation, operations

OPERATIONS = operations()
MANY: dict[str, Any] = {"per_minute": 1_000_000}
# What no record of these names is called by.
NOTHING: dict[str, object] = {
    "budget_code": "7777777",
    "order_no": "DH-2026-999999",
    "request_no": "YC-2026-999999",
    "licence_no": "GP-2026-999999",
    "product": "nothing",
}
# Records of the whole house.
OPEN = {"project_id"}
# What these name belongs to no product.
OF_NO_PRODUCT = {"budget_code", "contact_id", "opportunity_id"}


class World:
    """A unit of the north with a record of every kind; ``names`` is what they are called by."""

    def __init__(self, salesperson: User, officer: User, catalogue: SmallCatalogue) -> None:
        unit = factories.customer(owner=salesperson, team=salesperson.team)
        contact = factories.contact(unit)
        stories.opened(unit, catalogue)
        opportunity = Opportunity.objects.create(
            name="Mua thêm",
            search_key="mua them",
            customer=unit,
            salesperson=salesperson,
            team=salesperson.team,
        )
        order = stories.ordered(unit, salesperson, [(catalogue.users_50, 1)])
        request = stories.sent(order, salesperson)
        approval = stories.approved(request, officer)
        self.names: dict[str, object] = {
            "budget_code": unit.budget_code,
            "contact_id": contact.pk,
            "opportunity_id": opportunity.pk,
            "order_no": Order.objects.get().order_no,
            "request_no": request.request_no,
            "evidence_id": request.evidence.first().pk,  # type: ignore[union-attr]
            "position": 1,
            "withdrawal_id": stories.proposed(request, officer).pk,
            "subscription_id": approval.subscription.pk,
            "licence_no": Licence.objects.get().licence_no,
            "product": catalogue.igov.code,
        }


@pytest.fixture
def world(salesperson: User, officer: User, catalogue: SmallCatalogue) -> World:
    return World(salesperson, officer, catalogue)


def nothing(operation: Operation) -> dict[str, object]:
    return {name: NOTHING.get(name, 999_999) for name in operation.names}


def about_records() -> list[Operation]:
    return [each for each in OPERATIONS if each.names and not OPEN & {*each.names}]


def test_the_walk_knows_every_name(world: World) -> None:
    named = {name for operation in OPERATIONS for name in operation.names}
    assert named <= world.names.keys() | OPEN


def test_without_a_token_every_operation_answers_401(db: None) -> None:
    stranger = Program("nothing")
    answers = {str(each): each.ask(stranger, nothing(each)).status_code for each in OPERATIONS}
    assert dict.fromkeys(answers, 401) == answers
    assert Client().get("/api/v1/openapi.json").status_code == 200


def test_without_its_scope_every_operation_answers_403(salesperson: User) -> None:
    answers = {}
    for scope in Scope:
        others = [other for other in Scope if other != scope]
        caller = program(salesperson, *others, **MANY)
        for operation in OPERATIONS:
            if operation.scope == scope:
                answer = operation.ask(caller, nothing(operation))
                answers[str(operation)] = (answer.status_code, answer.json()["code"])
    assert dict.fromkeys(answers, (403, "scope_missing")) == answers
    assert len(answers) == sum(bool(operation.scope) for operation in OPERATIONS)


@pytest.mark.parametrize(
    ("role", "own"),
    [
        ("auditor", None),
        ("admin", None),
        ("officer", Scope.REQUESTS_DECIDE),
        ("program", Scope.USAGE_WRITE),
    ],
)
def test_beside_their_own_work_nobody_but_a_salesperson_changes_anything(
    world: World, role: str, own: Scope | None
) -> None:
    scopes = [scope for scope in Scope if scope != own]
    reader = program(factories.user("reader", role), *scopes, **MANY)
    before = AuditEntry.objects.count(), OutboxEvent.objects.count()
    for operation in OPERATIONS:
        if operation.method != "GET":
            names = {name: world.names.get(name, 1) for name in operation.names}
            assert operation.ask(reader, names).status_code < 500
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == before


def assert_no_leak(caller: Program, operation: Operation, names: dict[str, object]) -> None:
    """What may not be known is answered as what is not there; nothing of it is told."""
    asked = operation.ask(caller, names)
    unknown = operation.ask(caller, nothing(operation))
    assert asked.status_code in (403, 404), f"{operation}: {asked.status_code}"
    assert told(asked) == told(unknown), operation


def told(answer: Any) -> Any:
    return answer.status_code, answer.json()


def test_officers_find_every_record_of_the_walk(world: World, officer: User) -> None:
    """Otherwise what follows would prove nothing."""
    desk = program(officer, **MANY)
    answers = {
        str(each): each.ask(desk, world.names).status_code
        for each in about_records()
        if each.method == "GET"
    }
    assert dict.fromkeys(answers, 200) == answers


def test_records_of_another_team_are_not_told_of(world: World, other_salesperson: User) -> None:
    stranger = program(other_salesperson, **MANY)
    for operation in about_records():
        assert_no_leak(stranger, operation, world.names)


def test_a_token_of_another_customer_is_told_of_nothing(
    world: World, salesperson: User, officer: User
) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng", owner=salesperson)
    for user in (salesperson, officer):
        bound = program(user, customer=other, **MANY)
        for operation in about_records():
            assert_no_leak(bound, operation, world.names)


def test_a_token_of_another_product_is_told_of_nothing(
    world: World, salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    for user in (salesperson, officer):
        bound = program(user, product=catalogue.ihos, **MANY)
        for operation in about_records():
            if not {*operation.names} <= OF_NO_PRODUCT:
                assert_no_leak(bound, operation, world.names)


def test_lists_hold_nothing_of_others(
    world: World, other_salesperson: User, officer: User, catalogue: SmallCatalogue
) -> None:
    other = factories.customer("7654321", "Trường TH Kim Đồng", owner=other_salesperson)
    secrets = ("1234567", "Đông Hải", "YC-2026-0000", "DH-2026-0000")
    lists = [each for each in OPERATIONS if each.method == "GET" and not each.names]
    for caller in (program(other_salesperson, **MANY), program(officer, customer=other, **MANY)):
        for operation in lists:
            text = operation.ask(caller, {}).content.decode()
            assert not [secret for secret in secrets if secret in text], operation
